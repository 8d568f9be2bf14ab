namespace AdminWeb.Configuration;

/// <summary>The parts of the CA side's configuration file that this host shares with the worker.</summary>
internal static class StrictSections
{
    /// <summary>The section of the CA core.</summary>
    public const string Ca = "Ca";

    /// <summary>The message databases by name.</summary>
    public const string DataSources = "DataSources";

    /// <summary>Fills options from a section. A key nobody knows, or a value that is none, is an error that names where it stands.</summary>
    /// <exception cref="InvalidOperationException">Names the section and the key.</exception>
    public static void Fill(IConfigurationSection section, object options)
    {
        try
        {
            section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException wrong)
        {
            throw new InvalidOperationException($"{section.Path}: {wrong.Message}", wrong);
        }
    }
}
