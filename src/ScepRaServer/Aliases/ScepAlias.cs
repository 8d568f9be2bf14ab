using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using ScepRaServer.Configuration;
using ScepRaServer.Policies;
using ScepRaServer.Publications;

namespace ScepRaServer.Aliases;

/// <summary>One alias ready for work: keys loaded, fixed answers written, rules prepared.</summary>
internal sealed class ScepAlias
{
    private const string ListType = "application/x-x509-ca-ra-cert";
    private const string OldListType = "application/x-x509-ca-ra-cert-chain";
    private const string SingleType = "application/x-x509-ca-cert";

    private readonly List<Certificate> authorities;

    public ScepAlias(string name, AliasOptions options, IReadOnlyList<RaKey> raKeys, ChallengeGate challenge, PublishedCrls crls, TimeProvider clock)
    {
        Name = name;
        Options = options;
        RaKeys = raKeys;
        Challenge = challenge;
        Algorithms = AlgorithmPolicies.Of(options);
        Capabilities = new(options, Algorithms);
        Keys = new(options);
        UserNames = new(options.Names);
        Names = new(options);
        Renewals = new(this, crls, clock);
        Identities = [.. raKeys.Select(key => key.Identity)];
        authorities = [.. raKeys.Select(key => key.Authority).DistinctBy(ca => Convert.ToHexString(ca.Sha256Fingerprint()), StringComparer.Ordinal)];
        CaCertificates = MakeCaCertificates(ListType);
        OldCaCertificates = MakeCaCertificates(OldListType);
    }

    /// <summary>The name in paths, and in the identity of transactions.</summary>
    public string Name { get; }

    public AliasOptions Options { get; }

    public string CaName => Options.CaName!;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RaKey> RaKeys { get; }

    /// <summary>The CA certificates that this alias' certificates may come from, newest first.</summary>
    public IReadOnlyList<Certificate> Authorities => authorities;

    /// <summary>The same keys as the message codec takes them.</summary>
    public IReadOnlyList<ScepRaIdentity> Identities { get; }

    public ChallengeGate Challenge { get; }

    public Capabilities Capabilities { get; }

    public ScepAlgorithmPolicy Algorithms { get; }

    public KeyPolicy Keys { get; }

    public NamePolicy Names { get; }

    public UserNaming UserNames { get; }

    public RenewalPolicy Renewals { get; }

    /// <summary>The answer to GetCACert: the newest RA certificates only (SCEP.md G-01, G-08).</summary>
    public ScepReply.Document CaCertificates { get; }

    /// <summary>The answer to GetCACertChain of the older drafts (SCEP.md G-09).</summary>
    public ScepReply.Document OldCaCertificates { get; }

    /// <summary>The CA certificate whose key signed this certificate, or null when it is not from this alias' CA.</summary>
    public Certificate? AuthorityOf(Certificate certificate) =>
        authorities.Find(ca => ca.Subject.EncodedEquals(certificate.Issuer) && certificate.IsSignedBy(ca.PublicKey));

    /// <summary>What goes along with an issued certificate (SCEP.md B-12).</summary>
    /// <param name="authority">The CA that issued it.</param>
    /// <param name="leafOnly">The client asked for the certificate alone, by its path.</param>
    public IEnumerable<Certificate> ChainFor(Certificate authority, bool leafOnly) =>
        (leafOnly ? ChainLength.None : Options.Chain) switch
        {
            ChainLength.None => [],
            ChainLength.Ca => [authority],
            _ => RaKeys.First(key => ReferenceEquals(key.Authority, authority)).Chain,
        };

    /// <summary>True for a CA identifier that means this alias (SCEP.md U-04).</summary>
    public bool IsCalled(string identifier) =>
        Options.Identifiers.Prepend(CaName).Prepend(Name).Any(name => name.Equals(identifier, StringComparison.OrdinalIgnoreCase));

    private ScepReply.Document MakeCaCertificates(string listType)
    {
        RaKey newest = RaKeys[0];
        return newest.IsAuthorityItself && listType == ListType
            ? new(newest.Authority.Encoded, SingleType)
            : new(CertsOnly.Encode(newest.Certificates.Concat(Listed(newest)).DistinctBy(c => Convert.ToHexString(c.Sha256Fingerprint()), StringComparer.Ordinal)), listType);
    }

    private IEnumerable<Certificate> Listed(RaKey key) => Options.Chain == ChainLength.Full ? key.Chain : [key.Authority];
}
