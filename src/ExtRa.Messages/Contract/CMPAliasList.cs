namespace ExtRa.Messages.Contract;

/// <summary>
/// The CMP aliases that the CA has: what a proxy needs of them and nothing more, no secret above all (CMP-A-41). The CA
/// decides everything again; a proxy that knows the list keeps away what the CA would refuse (CMP-T-11).
/// </summary>
public sealed record CMPAliasList : Notice
{
    /// <summary>Its name in the table <c>publication</c>.</summary>
    public const string PublicationName = "cmp/aliases";

    /// <summary>All aliases.</summary>
    public required IReadOnlyList<CMPAliasEntry> Aliases { get; init; }
}

/// <summary>One alias.</summary>
public sealed record CMPAliasEntry
{
    /// <summary>Its name, 1 to 32 characters (CMP-T-10).</summary>
    public required string Name { get; init; }

    /// <summary>Names in <c>/.well-known/cmp/p/(name)</c> that lead here, each with the certificate profile it asks for; empty for none (CMP-T-8).</summary>
    public IReadOnlyDictionary<string, string> Paths { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Most octets of a message (CMP-T-12).</summary>
    public required int MaxMessageBytes { get; init; }

    /// <summary>What may begin a transaction: ir, cr, p10cr, kur, rr, genm, nested (CMP-O-1). What goes on with one always may.</summary>
    public required IReadOnlyList<string> Operations { get; init; }
}
