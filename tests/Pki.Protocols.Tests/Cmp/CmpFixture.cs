using System.Reflection;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Cmp;

/// <summary>The recorded messages of Fixtures/cmp and the credentials they were made with.</summary>
internal static class CmpFixture
{
    private static readonly Lazy<KeyPair> LazyServerKey = new(() => KeyPair.FromPem(Text("cmpserver.key")));
    private static readonly Lazy<KeyPair> LazyClientKey = new(() => KeyPair.FromPem(Text("ee.key")));

    public static readonly string[] Names =
    [
        "ir", "ip", "cc", "pc", "r1", "s1", "r2", "s2", "p1", "p2", "p3", "p4", "k1", "k2", "k3", "k4", "v1", "v2", "g1", "g2",
        "q1", "q2", "q3", "q4", "w1", "w2", "w3", "w4", "ir-raverified", "ip-rejected", "ir-keyencipherment", "ip-badpop",
        "cr-rich", "kur-oldcert", "kup-oldcert", "rr-mac", "rp-mac", "error", "ip-failurebits", "genm-currentcrl",
    ];

    public static Certificate Ca { get; } = Certificate.FromPem(Text("ca.crt")).OrThrow();

    public static Certificate Server { get; } = Certificate.FromPem(Text("cmpserver.crt")).OrThrow();

    public static Certificate Client { get; } = Certificate.FromPem(Text("ee.crt")).OrThrow();

    public static KeyPair ServerKey => LazyServerKey.Value;

    public static KeyPair ClientKey => LazyClientKey.Value;

    public static Secret Secret => Secret.FromText("insta");

    public static byte[] Bytes(string name)
    {
        using Stream stream = Open(name + ".der");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    public static PkiMessage Message(string name) => PkiMessage.Read(Bytes(name)).OrThrow();

    public static string Text(string file)
    {
        using var reader = new StreamReader(Open(file));
        return reader.ReadToEnd();
    }

    private static Stream Open(string file) => Assembly.GetExecutingAssembly().GetManifestResourceStream($"cmp/{file}")
        ?? throw new InvalidOperationException($"There is no fixture '{file}'.");
}
