namespace ScepRaServer.Configuration;

/// <summary>How the end entity is named, and which names may be asked for (SCEP.md, EXTERNAL_RA.md X-32).</summary>
internal sealed class EntityNameOptions
{
    /// <summary>Where the user name comes from.</summary>
    public UserNameScheme Scheme { get; set; } = UserNameScheme.Dn;

    /// <summary>Subject attributes to take the name from, the first present wins; empty for CN, SN, unstructuredName.</summary>
    public IList<string> Parts { get; set; } = [];

    /// <summary>The name of scheme Fixed.</summary>
    public string? Fixed { get; set; }

    /// <summary>Put before the name; <c>${RANDOM}</c> stands for random digits.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Put after the name; <c>${RANDOM}</c> stands for random digits.</summary>
    public string Postfix { get; set; } = "";

    /// <summary>Names the user after the transaction where the subject has none of the parts.</summary>
    public bool UseTransactionId { get; set; }

    /// <summary>
    /// Subject attributes that may be asked for, each with the regular expression its whole value must match. Empty
    /// for no rule. Keyed by keyword as in names: CN, O, SN ...
    /// </summary>
    public IDictionary<string, string> Subject { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Alternative names that may be asked for, likewise: dNSName, iPAddress ...</summary>
    public IDictionary<string, string> AltName { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>Sources of user names, as the legacy product calls them.</summary>
internal enum UserNameScheme
{
    /// <summary>A part of the subject.</summary>
    Dn,

    /// <summary>Random digits and letters: each request a user of its own.</summary>
    Random,

    /// <summary>Always the same, told apart by prefix and postfix.</summary>
    Fixed,
}
