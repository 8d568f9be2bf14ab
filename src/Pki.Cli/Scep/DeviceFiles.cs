using System.Security.Cryptography;
using Pki.Cli.Configuration;
using Pki.Protocols.Scep;
using Pki.Protocols.X509;

namespace Pki.Cli.Scep;

/// <summary>The files of a device: its key and, once it has one, its certificate.</summary>
/// <param name="Key">PKCS#8 in PEM, for the owner alone.</param>
/// <param name="Certificate">PEM.</param>
internal sealed record DeviceFiles(string Key, string Certificate)
{
    public static DeviceFiles At(string prefix) => new(prefix + ".key", prefix + ".pem");

    /// <summary>For a device that has no certificate yet.</summary>
    /// <exception cref="CliException">It has one.</exception>
    public static DeviceFiles ForNew(string prefix)
    {
        DeviceFiles device = At(prefix);
        return !File.Exists(device.Certificate)
            ? device
            : throw new CliException($"'{device.Certificate}' is there already.", $"Choose another --out; --renew {prefix} renews it.");
    }

    /// <summary>The key of an enrolment that was begun before, or a new one, on disk before anybody hears of it.</summary>
    public KeyPair KeptOrNewKey(string keySpec)
    {
        if (File.Exists(Key))
        {
            return KeyPair.FromPem(File.ReadAllText(Key));
        }

        KeyPair key = KeyPair.Generate(keySpec);
        PrivateFile.Write(Key, PemEncoding.WriteString("PRIVATE KEY", key.ExportPkcs8()) + "\n");
        return key;
    }

    public void Keep(Certificate certificate) => PrivateFile.WritePublic(Certificate, certificate.ToPem() + "\n");

    /// <summary>Key and certificate of an enrolled device.</summary>
    public Renewed Load() => new(new(
        KeyPair.FromPem(File.ReadAllText(Key)),
        Pki.Protocols.X509.Certificate.FromPem(File.ReadAllText(Certificate)).OrFail("It must hold the certificate to renew.")));
}

/// <summary>The device whose certificate is renewed.</summary>
/// <param name="Sender">Signs the request with the old key.</param>
internal sealed record Renewed(ScepSender Sender) : IDisposable
{
    public void Dispose() => Sender.Key.Dispose();
}
