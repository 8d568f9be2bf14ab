using Ca.Core.Roles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>The key to be certified, how its holder showed to have it, and what came with it (CA_CORE §8 step 4).</summary>
public sealed record RequestedKey
{
    private enum Possession
    {
        Refuted,
        Proven,
        Unproven,
    }

    private readonly SubjectPublicKey? publicKey;
    private readonly Possession possession;

    private RequestedKey(SubjectPublicKey? publicKey, Possession possession, ReadOnlyMemory<byte> encoded)
    {
        this.publicKey = publicKey;
        this.possession = possession;
        Encoded = encoded;
    }

    /// <summary>The CA makes it: such a request is for <see cref="ServerKeyIssuer"/>.</summary>
    public static RequestedKey MadeHere { get; } = new(null, Possession.Refuted, default);

    /// <summary>The key itself.</summary>
    public SubjectPublicKey PublicKey => publicKey ?? throw new InvalidOperationException("The key is still to be made.");

    /// <summary>The request as received; the plan is bound to it.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The name asked for; empty where the form of request has none.</summary>
    public DistinguishedName Subject { get; private init; } = DistinguishedName.Empty;

    /// <summary>The extensions asked for.</summary>
    public IReadOnlyList<CertificateExtension> RequestedExtensions { get; private init; } = [];

    /// <summary>
    /// The key is, or will be, made here to this specification. People approve that and not its digest: each look makes
    /// another key until they have.
    /// </summary>
    internal string? MadeAs { get; init; }

    /// <summary>The private half of a key made here, encrypted; kept in the plan until the certificate is stored.</summary>
    internal byte[]? SealedKey { get; private init; }

    /// <summary>A PKCS#10: its own signature is the proof.</summary>
    public static RequestedKey Of(CertificationRequest request) =>
        new(request.PublicKey, Tried(request.VerifySignature()), request.Encoded) { Subject = request.Subject, RequestedExtensions = request.RequestedExtensions };

    /// <summary>An SPKAC. Its challenge is not compared: nobody here gave one out.</summary>
    public static RequestedKey Of(SignedPublicKeyAndChallenge request) => new(request.PublicKey, Tried(request.VerifySignature()), request.Encoded);

    /// <summary>A CRMF request whose proof is a signature (RFC 4211 §4.1); it is verified here, over the octets as received.</summary>
    /// <param name="message">The request.</param>
    /// <param name="sender">The sender that the protection of the message around it has proven.</param>
    /// <param name="secret">The secret shared with the sender; null when there is none.</param>
    /// <param name="policy">Which algorithms are believed.</param>
    /// <returns>What <see cref="PossessionCheck.VerifySignature"/> refuses.</returns>
    public static Outcome<RequestedKey> Of(CertReqMsg message, GeneralName sender, Secret? secret, CmpAlgorithmPolicy policy) =>
        PossessionCheck.VerifySignature(message, sender, secret, policy).Succeeded(out SubjectPublicKey? key, out Refusal? refusal)
            ? OfTemplate(message, key, Possession.Proven)
            : refusal;

    /// <summary>A CRMF request with raVerified: whoever asks must have the right to vouch for the key (CMP-C-22).</summary>
    public static RequestedKey Vouched(CertReqMsg message, SubjectPublicKey key) => OfTemplate(message, key, Possession.Unproven);

    /// <summary>A bare key without any proof: whoever asks must have the right to vouch for it.</summary>
    public static RequestedKey Unproved(SubjectPublicKey key) => new(key, Possession.Unproven, key.Encoded);

    /// <summary>
    /// The same without the names that came with it: for requesters whose names are registered, whatever they ask for
    /// (CMP-M-1), and whose request may hold a password among them (CMP_PEERS V28).
    /// </summary>
    public RequestedKey Nameless() => this with
    {
        Subject = DistinguishedName.Empty,
        RequestedExtensions = [.. RequestedExtensions.Where(e => e.Oid != Oids.SubjectAltName)],
    };

    /// <summary>A PKCS#10.</summary>
    public static implicit operator RequestedKey(CertificationRequest request) => Of(request);

    /// <summary>A key whose private half is here.</summary>
    /// <param name="key">The key.</param>
    /// <param name="sealedKey">Its private half encrypted, where nothing else keeps it.</param>
    internal static RequestedKey Held(KeyPair key, byte[]? sealedKey) => new(key.Public, Possession.Proven, key.Public.Encoded) { SealedKey = sealedKey };

    /// <summary>Why the key is not taken for the requester's; null when it is.</summary>
    internal Refusal? CheckPossession(Actor actor) => possession switch
    {
        Possession.Proven => null,
        Possession.Unproven when actor.May(AccessResources.VouchForKey) => null,
        Possession.Unproven => new(RefusalCode.NotAuthorized, $"'{actor.Name}' may not vouch for a key without a proof of possession."),
        _ => new(RefusalCode.BadSignature, "Proof of possession: the signature of the request does not verify."),
    };

    private static RequestedKey OfTemplate(CertReqMsg message, SubjectPublicKey key, Possession possession) => new(key, possession, Der.Encode(message))
    {
        Subject = message.Request.Template.Subject ?? DistinguishedName.Empty,
        RequestedExtensions = message.Request.Template.Extensions,
    };

    private static Possession Tried(bool verified) => verified ? Possession.Proven : Possession.Refuted;
}
