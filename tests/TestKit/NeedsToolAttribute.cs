namespace TestKit;

/// <summary>
/// The test needs programs of others. Where one is absent it is skipped and says why; with the environment variable
/// <c>INTEROP=required</c> (as in CI) it fails instead.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = false)]
public sealed class NeedsToolAttribute : ConditionBaseAttribute
{
    private static readonly string[] Folders =
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries),
        "/usr/sbin",
        "/usr/lib/certmonger",
        .. Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")) : [],
    ];

    /// <summary>Names the programs, all of which are needed.</summary>
    public NeedsToolAttribute(params string[] tools)
        : base(ConditionMode.Include)
    {
        Tools = tools;
        IgnoreMessage = $"Not on this machine: {string.Join(", ", Missing)}.";
    }

    /// <summary>The programs.</summary>
    public IReadOnlyList<string> Tools { get; }

    /// <inheritdoc />
    public override string GroupName => string.Join(' ', Tools);

    /// <inheritdoc />
    public override bool IsConditionMet => !Missing.Any()
        || (Environment.GetEnvironmentVariable("INTEROP") == "required"
            ? throw new InvalidOperationException($"INTEROP=required, but not on this machine: {string.Join(", ", Missing)}.")
            : false);

    private IEnumerable<string> Missing => Tools.Where(tool => !Array.Exists(Folders, folder => File.Exists(Path.Combine(folder, tool))));
}
