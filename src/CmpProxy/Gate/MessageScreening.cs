using CmpProxy.Aliases;
using CmpProxy.Configuration;
using CmpProxy.Http;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CmpProxy.Gate;

/// <summary>
/// The checks that need no secrets, before anything is stored (CMP-P-6): version, kinds of bodies, known protection, cost
/// of a MAC. The number of extraCerts and the depth of nesting are limits of the codec, checked while it reads.
/// </summary>
internal sealed class MessageScreening(AliasOptions options)
{
    private readonly MacLimits macs = LimitsOf(options);

    /// <summary>
    /// What a MAC may cost here. Whether SHA-1 is believed is the engine's to say: refusing it saves nothing.
    /// </summary>
    public static MacLimits LimitsOf(AliasOptions options) => MacLimits.Default with
    {
        MaxPbmIterations = options.MaxPbmIterations,
        MaxPbkdf2Iterations = options.MaxPbkdf2Iterations,
        AllowSha1OneWayFunction = true,
    };

    /// <summary>Null for a message that may go on.</summary>
    public Objection? ObjectionTo(PkiMessage message, CmpTarget target) =>
        ObjectionTo(message, target.Alias)
        ?? ObjectionToLabel(message, target)
        ?? ObjectionToProfile(message.Header, target.CertificateProfile);

    /// <summary>What the MACs of a message that may go on cost whoever verifies them; zero without one.</summary>
    public long IterationsOf(PkiMessage message)
    {
        long own = MessageProtection.Claim(message).OrThrow() is { Kind: ProtectionKind.Mac, Algorithm: { } mac } ? MacAlgorithm.From(mac, macs).OrThrow().Iterations : 0;
        return own + ((message.Body as PkiBody.Nested)?.Messages ?? []).Sum(IterationsOf);
    }

    private Objection? ObjectionTo(PkiMessage message, CmpAlias alias)
    {
        if (message.Header.Version is < PkiHeader.Cmp1999 or > PkiHeader.Cmp2021)
        {
            return new(PkiFailureInfo.UnsupportedVersion, "CMP-P-6", $"pvno is {message.Header.Version}.");
        }

        if (!alias.Takes(message.Body.Kind))
        {
            return new(PkiFailureInfo.BadRequest, "CMP-P-6", $"The alias takes no message of kind {(int)message.Body.Kind}.");
        }

        if (!alias.Offers(message.Body.Kind))
        {
            return new(PkiFailureInfo.NotAuthorized, "CMP-O-1", "The CA does not offer this operation here."); // its own word for it
        }

        return ObjectionToProtection(message)
            ?? ((message.Body as PkiBody.Nested)?.Messages ?? []).Select(inner => ObjectionTo(inner, alias)).FirstOrDefault(objection => objection is not null);
    }

    private Objection? ObjectionToProtection(PkiMessage message)
    {
        if (!MessageProtection.Claim(message).Succeeded(out MessageProtectionClaim? claim, out Refusal? refusal))
        {
            return new(PkiFailureInfo.BadMessageCheck, "CMP-H-5", refusal.Detail);
        }

        return claim switch
        {
            { Kind: ProtectionKind.Mac, Algorithm: { } mac } when !MacAlgorithm.From(mac, macs).Succeeded(out _, out refusal) => new(FailureOf(refusal.Code), "CMP-P-6", refusal.Detail),
            { Kind: ProtectionKind.Signature, Algorithm: { } signature } when !IsKnown(signature) => new(PkiFailureInfo.BadAlg, "CMP-P-6", $"The protection {signature.Oid} is not known."),
            _ => null,
        };
    }

    private static PkiFailureInfo FailureOf(RefusalCode code) => code switch
    {
        RefusalCode.UnsupportedAlgorithm => PkiFailureInfo.BadAlg,
        RefusalCode.Malformed => PkiFailureInfo.BadMessageCheck,
        _ => PkiFailureInfo.BadRequest,
    };

    // EdDSA cannot be verified here and need not be: an upstream may. Parameters are a stranger's octets, hence the door.
    private static bool IsKnown(AlgorithmIdentifier identifier) => identifier.Oid is Oids.Ed25519 or Oids.Ed448
        || (Der.DecodeBer<SignatureAlgorithm>(Der.Encode(identifier)).Succeeded(out SignatureAlgorithm? algorithm, out _) && algorithm.IsKnown);

    private static Objection? ObjectionToLabel(PkiMessage message, CmpTarget target) =>
        target.Label is { } label && target.Alias.Options.RefusesOtherOperations && !label.Fits(message.Body)
            ? new(PkiFailureInfo.BadRequest, "CMP-T-7", $"The path says {label.Name}, the body is of kind {(int)message.Body.Kind}.")
            : null;

    private static Objection? ObjectionToProfile(PkiHeader header, string? profile)
    {
        if (profile is null || header.Info(Oids.CertProfile) is not { } info)
        {
            return null;
        }

        if (!info.Read<PkiFreeText>().Succeeded(out PkiFreeText? names, out Refusal? refusal))
        {
            return new(PkiFailureInfo.BadRequest, "CMP-T-8", refusal.Detail); // its type is that of PKIFreeText: SEQUENCE OF UTF8String
        }

        // An empty name is no choice (CMP-H-16).
        return names.Texts.All(name => name.Length == 0 || name == profile)
            ? null
            : new(PkiFailureInfo.NotAuthorized, "CMP-T-8", "The header asks for another certificate profile than the path.");
    }
}
