using ExtRa.Messages.Store;

namespace Pki.Cli.Configuration;

/// <summary>A message database that the configuration names under <c>DataSources</c>.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Options">How it is reached.</param>
internal sealed record MessageSource(string Name, MessageStoreOptions Options)
{
    public const string Section = "DataSources";

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<MessageSource> All(ConfigurationFile configuration) =>
        [.. Sections(configuration).Select(Read)];

    /// <summary>Their sections, unread.</summary>
    public static IEnumerable<IConfigurationSection> Sections(ConfigurationFile configuration) => configuration.Root.GetSection(Section).GetChildren();

    /// <summary>One of them.</summary>
    public static MessageSource Read(IConfigurationSection section) => new(section.Key, Bind(section));

    /// <summary>The named one, or the only one.</summary>
    public static MessageSource Choose(ConfigurationFile configuration, string? name)
    {
        IReadOnlyList<MessageSource> all = All(configuration);
        string names = string.Join(", ", all.Select(source => source.Name));
        return (all.Count, name) switch
        {
            (0, _) => throw new CliException($"'{configuration.Path}' names no message database.", $"Add one under {Section}."),
            (1, null) => all[0],
            (_, null) => throw CliException.Usage($"There are several message databases: {names}.", "Choose one with --data-source NAME."),
            _ => all.FirstOrDefault(source => source.Name == name)
                ?? throw new CliException($"There is no message database '{name}'.", $"Known are: {names}."),
        };
    }

    /// <summary>Opens it; nothing is connected yet.</summary>
    public MessageDatabase Open(TimeProvider clock)
    {
        try
        {
            return MessageDatabase.Open(Options, clock);
        }
        catch (ArgumentException fault)
        {
            throw new CliException($"{Section}:{Name}: {fault.Message}", "Correct its ConnectionString.", inner: fault);
        }
    }

    private static MessageStoreOptions Bind(IConfigurationSection section)
    {
        var options = new MessageStoreOptions();
        StrictSection.Fill(section, options);
        // A command looks once and goes; it waits for no bell.
        options.UseDoorbell = false;
        return options;
    }
}
