using CaServiceWorker;

namespace Pki.Cli.Configuration;

/// <summary>A worker as the configuration describes it.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Options">Its rules.</param>
internal sealed record WorkerEntry(string Name, WorkerOptions Options)
{
    public const string Section = "Workers";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<WorkerEntry> All(ConfigurationFile configuration) => [.. Sections(configuration).Select(Read)];

    /// <summary>Their sections, unread.</summary>
    public static IEnumerable<IConfigurationSection> Sections(ConfigurationFile configuration) => configuration.Root.GetSection(Section).GetChildren();

    /// <summary>One of them.</summary>
    public static WorkerEntry Read(IConfigurationSection section)
    {
        WorkerOptions? options = null;
        StrictSection.Read(section, () => options = WorkerOptions.Read(section));
        return new(section.Key, options!);
    }
}
