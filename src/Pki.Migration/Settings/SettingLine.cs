namespace Pki.Migration.Settings;

/// <summary>What became of a legacy setting.</summary>
public enum SettingFate
{
    /// <summary>It stands in the new configuration with the same meaning.</summary>
    TakenOver,

    /// <summary>It stands there with another value or meaning; the note says why.</summary>
    Changed,

    /// <summary>Nothing needs it any more.</summary>
    NotNeeded,

    /// <summary>A person must decide or add something.</summary>
    Attention,
}

/// <summary>One line of the report: every key of every file has exactly one. No value of a secret is ever in it.</summary>
/// <param name="File">Name of the legacy file.</param>
/// <param name="Line">Its line, from 1; 0 for a setting that the file lacks.</param>
/// <param name="Key">The legacy key.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Note">Where it went, or why not, or what to do.</param>
public sealed record SettingLine(string File, int Line, string Key, SettingFate Fate, string Note);

/// <summary>A file to be written.</summary>
/// <param name="Path">Relative to the output folder.</param>
/// <param name="Content">Its octets.</param>
/// <param name="IsSecret">Only its owner may read it.</param>
public sealed record SettingsFile(string Path, byte[] Content, bool IsSecret);

/// <summary>The native configuration and what became of each legacy setting.</summary>
/// <param name="Files">What to write.</param>
/// <param name="Lines">The report, in the order of the files.</param>
public sealed record SettingsResult(IReadOnlyList<SettingsFile> Files, IReadOnlyList<SettingLine> Lines);

/// <summary>A legacy file.</summary>
/// <param name="Name">Its name without folders.</param>
/// <param name="Folder">Where it was; relative paths in it are tried from here.</param>
/// <param name="Content">Its octets.</param>
public sealed record LegacyFile(string Name, string Folder, byte[] Content);

/// <summary>What the operator decides about a settings import.</summary>
public sealed record SettingsOptions
{
    /// <summary>Absolute path of the folder the files will be written to; paths in the configuration are under it.</summary>
    public required string Out { get; init; }

    /// <summary>Takes over keystores that still have the password every legacy installation was shipped with.</summary>
    public bool AllowDefaultPassword { get; init; }

    /// <summary>Keeps signatures optional where they were, unsigned requests acting with this role. Null: they become required.</summary>
    public string? UnsignedActsAs { get; init; }

    /// <summary>Legacy RA programs go on beside the workers; with <see cref="UnsignedActsAs"/> their unsigned requests count, and no native ones.</summary>
    public bool LegacyClients { get; init; }

    /// <summary>Accepts database servers on other hosts whose certificate is not verified.</summary>
    public bool AllowUnverifiedDatabase { get; init; }

    /// <summary>CA name → subject DN, for CMP secrets that name their CA.</summary>
    public IReadOnlyDictionary<string, string> CaSubjects { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
