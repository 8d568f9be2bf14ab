
namespace Pki.Cli.Configuration;

/// <summary>Reads sections in which a misspelt key is an error and not silently nothing.</summary>
internal static class StrictSection
{
    /// <summary>Fills the options from the section.</summary>
    public static void Fill(IConfigurationSection section, object options) =>
        Read(section, () => section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true));

    /// <summary>Reads something from the section; what is wrong with it ends the command.</summary>
    public static void Read(IConfigurationSection section, Action read)
    {
        try
        {
            read();
        }
        catch (InvalidOperationException fault)
        {
            throw new CliException($"{section.Path} is wrong: {fault.InnerException?.Message ?? fault.Message}", "Correct it in the configuration file.", inner: fault);
        }
    }
}
