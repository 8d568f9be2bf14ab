namespace Ca.Core.Roles;

/// <summary>Who asks for something, and what they may do: the union over their roles, nothing by default.</summary>
public sealed class Actor
{
    private readonly IReadOnlyList<AccessRules> rules;

    internal Actor(string name, IReadOnlyList<string> roles, IReadOnlyList<AccessRules> rules)
    {
        Name = name;
        Roles = roles;
        this.rules = rules;
    }

    /// <summary>Subject DN of the certificate, or the name of the component, for the audit log.</summary>
    public string Name { get; }

    /// <summary>The certificate that vouches for the actor; null: a program, or a message nobody signed.</summary>
    public CertificateIdentity? Certificate { get; internal init; }

    /// <summary>What must still be true of that certificate when something is done in its name; null where nothing vouches for the actor.</summary>
    internal Standing? Standing { get; init; }

    /// <summary>
    /// The person behind the actor, as 64 hex digits. A renewed certificate of the same issuer and subject is the same
    /// person; without a certificate the name counts, which for the command line is the account.
    /// </summary>
    public string PersonKey
    {
        get
        {
            using var digest = new CanonicalDigest();
            return Convert.ToHexStringLower(digest.Add(Certificate?.IssuerDn).Add(Name).Finish());
        }
    }

    /// <summary>Names of the roles.</summary>
    public IReadOnlyList<string> Roles { get; }

    /// <summary>This program acting for its operator: everything is allowed.</summary>
    public static Actor Internal(string name) => new(name, ["internal"], [new([new(AccessResources.Root, AccessDecision.AcceptRecursive)])]);

    /// <summary>Somebody who has exactly these rights.</summary>
    public static Actor With(string name, IEnumerable<AccessRule> rules) => new(name, [], [new(rules)]);

    /// <summary>Has the right.</summary>
    public bool May(string resource) => rules.Any(r => r.Allow(resource));

    /// <summary>Has a right on end entities, both in general and under this profile.</summary>
    public bool May(string resource, int endEntityProfileId) =>
        May(resource) && May(AccessResources.EndEntityProfile(endEntityProfileId, AccessResources.VerbOf(resource)));
}

/// <summary>Names one certificate.</summary>
/// <param name="IssuerDn">Subject of the CA that issued it.</param>
/// <param name="Serial">Lower-case hex.</param>
public sealed record CertificateIdentity(string IssuerDn, string Serial);

/// <summary>What must still be true of an actor's certificate in the transaction that does something in its name.</summary>
/// <param name="Fingerprint">Its key in the certificate store.</param>
/// <param name="NotAfter">Its end.</param>
internal sealed record Standing(string Fingerprint, DateTimeOffset NotAfter);
