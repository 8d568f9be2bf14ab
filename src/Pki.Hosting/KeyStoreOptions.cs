namespace Pki.Hosting;

/// <summary>Where a PKCS#12 keystore lies and how it opens. Passwords come from a file or the environment only.</summary>
public sealed class KeyStoreOptions
{
    /// <summary>Path of the PKCS#12 file.</summary>
    public string? Path { get; set; }

    /// <summary>Path of a file whose first line is the password.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Name of an environment variable that holds the password.</summary>
    public string? PasswordVariable { get; set; }

    /// <summary>Accepts the password that legacy installations ship with (EXTERNAL_RA.md X-06). Logged when used.</summary>
    public bool AllowDefaultPassword { get; set; }

    /// <summary>True when nothing is configured.</summary>
    public bool IsAbsent => string.IsNullOrEmpty(Path);
}
