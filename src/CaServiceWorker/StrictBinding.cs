namespace CaServiceWorker;

/// <summary>Configuration to options. A key nobody knows, or a value that is none, is an error that names where it stands.</summary>
internal static class StrictBinding
{
    /// <exception cref="InvalidOperationException">Names the section and the key.</exception>
    public static void Bind(string path, IConfiguration section, object options)
    {
        try
        {
            section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException wrong)
        {
            throw new InvalidOperationException($"{path}: {wrong.Message}", wrong);
        }
    }
}
