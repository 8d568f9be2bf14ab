using System.Reflection;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>The recorded files of Vectors/, by name.</summary>
internal static class Vector
{
    public static readonly string[] Clients = ["certmonger", "jscep", "micromdm", "sscep", "strongswan", "strongswan-pss"];

    public static string Text(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"X509/{name}")
            ?? throw new InvalidOperationException($"There is no vector '{name}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public static CertificationRequest Request(string client) => CertificationRequest.FromText(Text($"{client}.csr.pem")).OrThrow();

    public static Certificate Signer(string client) => Certificate.FromPem(Text($"{client}.signer.pem")).OrThrow();

    public static Certificate Ca() => Certificate.FromPem(Text("scep-ca.pem")).OrThrow();

    /// <summary>Hexadecimal with spaces for the reader's eye.</summary>
    public static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));
}
