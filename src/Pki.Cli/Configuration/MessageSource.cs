using ExtRa.Messages.Store;
using Microsoft.Extensions.Configuration;

namespace Pki.Cli.Configuration;

/// <summary>A message database that the configuration names under <c>DataSources</c>.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Options">How it is reached.</param>
internal sealed record MessageSource(string Name, MessageStoreOptions Options)
{
    public const string Section = "DataSources";

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<MessageSource> All(ConfigurationFile configuration) =>
        [.. configuration.Root.GetSection(Section).GetChildren().Select(section => new MessageSource(section.Key, Bind(section, configuration.Path)))];

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

    private static MessageStoreOptions Bind(IConfigurationSection section, string file)
    {
        var options = new MessageStoreOptions();
        try
        {
            section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException fault)
        {
            throw new CliException($"{section.Path} in '{file}' is wrong: {fault.InnerException?.Message ?? fault.Message}", "Correct it.", inner: fault);
        }

        // A command looks once and goes; it waits for no bell.
        options.UseDoorbell = false;
        return options;
    }
}
