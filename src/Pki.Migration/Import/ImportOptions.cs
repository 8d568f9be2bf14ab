using Ca.Core.Roles;
using Pki.Migration.Sources;
using Pki.Protocols.X509;

namespace Pki.Migration.Import;

/// <summary>What the operator decides about an import.</summary>
public sealed record ImportOptions
{
    /// <summary>Who imports.</summary>
    public required Actor Actor { get; init; }

    /// <summary>The time.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>What old ids are called here.</summary>
    public ImportMap Map { get; init; } = new();

    /// <summary>Reads and checks everything and stores nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Goes on with a run of the same source that was stopped; without it such a run is refused.</summary>
    public bool Resume { get; init; }

    /// <summary>Takes over clear passwords of users that wait for a key store, as hashes.</summary>
    public bool WithClearPasswords { get; init; }

    /// <summary>
    /// Verifies the signatures of the first 100 000 certificates and then of one in fifty, which nobody can foretell, instead of
    /// all (MIGRATION §9 check 2). What was not verified is counted.
    /// </summary>
    public bool SamplesSignatures { get; init; }

    /// <summary>The keys that kept keys were encrypted to in the old system; without any, kept keys are left behind.</summary>
    public IReadOnlyList<KeyPair> KeyEncryptionKeys { get; init; } = [];

    /// <summary>Numbers left free between the old CRLs and ours.</summary>
    public int CrlNumberGap { get; init; } = 10;

    /// <summary>Rows taken over together.</summary>
    public int BatchSize { get; init; } = 5000;

    /// <summary>Characters that the rows taken over together have at most, unless it is one row.</summary>
    public int BatchCharacters { get; init; } = RowLimits.Batch;

    /// <summary>Certificates of older keys of the CAs here.</summary>
    public IReadOnlyList<Certificate> OlderCaCertificates { get; init; } = [];
}

/// <summary>How an import goes, told after each batch.</summary>
/// <param name="Table">The table being read.</param>
/// <param name="Rows">Rows of it that are done with.</param>
/// <param name="Share">How much of it has been read, 0 to 1; null: nobody knows.</param>
public sealed record ImportProgress(string Table, long Rows, double? Share);
