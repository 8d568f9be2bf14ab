using ExtRa.Messages.Store;
using Pki.Hosting;

namespace Pki.Cli.Configuration;

/// <summary>
/// What the CA's operator must know of a SCEP RA's configuration: its databases, keys and the names it uses. Everything
/// else in the file is the RA's own affair and is checked by it at its start.
/// </summary>
internal sealed class ScepRaSide
{
    public const string Section = "ScepRa";

    public MessageStoreOptions Database { get; set; } = new();

    public LinkSide Link { get; set; } = new();

    public IDictionary<string, AliasSide> Aliases { get; } = new Dictionary<string, AliasSide>(StringComparer.OrdinalIgnoreCase);

    public static ScepRaSide Read(ConfigurationFile file)
    {
        var side = new ScepRaSide();
        IConfigurationSection section = file.Root.GetSection(Section);
        StrictSection.Read(section, () => section.Bind(side));
        side.Database.UseDoorbell = false; // a look waits for no bell
        return side;
    }
}

/// <summary>The link to the workers.</summary>
internal sealed class LinkSide
{
    public KeyStoreOptions KeyStore { get; set; } = new();

    public IList<string> WorkerCertificates { get; } = [];

    public bool SignatureRequired { get; set; } = true;

    public bool EncryptionRequired { get; set; } = true;
}

/// <summary>One CA as SCEP clients meet it.</summary>
internal sealed class AliasSide
{
    public string? CaName { get; set; }

    public string? EndEntityProfile { get; set; }

    public string? CertificateProfile { get; set; }

    public IList<RaKeySide> RaKeyStores { get; } = [];

    public ChallengeSide Challenge { get; set; } = new();
}

/// <summary>One generation of the RA's SCEP keys: a keystore, or two.</summary>
internal sealed class RaKeySide
{
    public string? Path { get; set; }

    public string? PasswordFile { get; set; }

    public string? PasswordVariable { get; set; }

    public bool AllowDefaultPassword { get; set; }

    public KeyStoreOptions? SigningKeyStore { get; set; }

    public KeyStoreOptions? EncryptionKeyStore { get; set; }

    /// <summary>The one keystore that does both.</summary>
    public KeyStoreOptions Single => new() { Path = Path, PasswordFile = PasswordFile, PasswordVariable = PasswordVariable, AllowDefaultPassword = AllowDefaultPassword };
}

/// <summary>The files of an alias's challenge.</summary>
internal sealed class ChallengeSide
{
    public string? SecretFile { get; set; }

    public string? MacKeyFile { get; set; }
}
