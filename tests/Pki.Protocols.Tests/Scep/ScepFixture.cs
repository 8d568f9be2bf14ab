using System.Reflection;
using Pki.Protocols.Scep;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Scep;

/// <summary>The recorded messages of Fixtures/scep and the keys that open them.</summary>
internal static class ScepFixture
{
    private static readonly Lazy<KeyPair> LazyRaKey = new(() => KeyPair.FromPem(Text("ra.key.pem")));
    private static readonly Lazy<KeyPair> LazySscepKey = new(() => KeyPair.FromPem(Text("sscep-client.key.pem")));

    public static readonly string[] Requests =
    [
        "certmonger-pkcsreq-aes256-sha256", "jscep-pkcsreq-ber-aes128-sha512", "jscep-poll-ber",
        "micromdm-debian-pkcsreq-des-sha1-2recipients", "micromdm-debian-renewalreq17",
        "micromdm-head-pkcsreq-des-sha1-2recipients", "micromdm-head-renewalreq17",
        "sscep-getcert", "sscep-getcrl", "sscep-pkcsreq-3des-sha1", "sscep-pkcsreq-aes128-sha512", "sscep-pkcsreq-aes256-sha256",
        "sscep-pkcsreq-des-md5", "sscep-poll-aes128-sha512", "sscep-renew19-aes128-sha512",
        "strongswan-pkcsreq-aes128-sha256", "strongswan-pkcsreq-pss", "strongswan-poll", "strongswan-renewalreq17",
    ];

    public static Certificate Ra { get; } = Certificate.FromPem(Text("ra.pem")).OrThrow();

    public static Certificate Ca { get; } = Certificate.FromPem(Text("ca.pem")).OrThrow();

    public static KeyPair RaKey => LazyRaKey.Value;

    public static KeyPair SscepKey => LazySscepKey.Value;

    public static ScepRaIdentity Identity => new(RaKey, Ra);

    public static byte[] Message(string name)
    {
        using Stream stream = Open(name + ".der");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static string Text(string file)
    {
        using var reader = new StreamReader(Open(file));
        return reader.ReadToEnd();
    }

    private static Stream Open(string file) => Assembly.GetExecutingAssembly().GetManifestResourceStream($"scep/{file}")
        ?? throw new InvalidOperationException($"There is no fixture '{file}'.");
}
