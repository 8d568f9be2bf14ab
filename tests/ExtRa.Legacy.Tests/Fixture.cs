using System.Text.Json;
using ExtRa.Legacy.Sealing;
using ExtRa.Legacy.SubMessages;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace ExtRa.Legacy.Tests;

/// <summary>A recorded message and what is known of it.</summary>
internal sealed class Fixture
{
    public const string MessageId = "a transaction";

    /// <summary>When the fixtures were made; most of their certificates are valid then.</summary>
    public static readonly DateTimeOffset Then = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Fixtures");
    private static readonly Dictionary<string, KeyStore> Keys = Directory.EnumerateFiles(Path.Combine(Folder, "keys"), "*.p12").ToDictionary(
        file => Path.GetFileName(file),
        file =>
        {
            using Secret password = Secret.FromText("foo123");
            return Pkcs12.Load(File.ReadAllBytes(file), password).OrThrow();
        });

    private Fixture(string path)
    {
        Name = Path.GetRelativePath(Folder, path)[..^".xml".Length];
        Column = File.ReadAllText(path); // drops a byte order mark
        if (File.ReadAllBytes(path) is [0xEF, 0xBB, 0xBF, ..])
        {
            Column = '\uFEFF' + Column;
        }

        Sidecar = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(path, ".json"))).RootElement;
    }

    public string Name { get; }

    public string Column { get; }

    public JsonElement Sidecar { get; }

    public bool IsResponse => Name.Contains("Response", StringComparison.Ordinal) || Name.Contains("-resp", StringComparison.Ordinal);

    public static IEnumerable<Fixture> In(params string[] folders) => folders
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Folder, folder), "*.xml").Order(StringComparer.Ordinal))
        .Select(file => new Fixture(file));

    public static Fixture Named(string name) => new(Path.Combine(Folder, name + ".xml"));

    public static string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>A key of the fixtures: <c>ra.p12</c>.</summary>
    public static KeyStore Key(string file) => Keys[file];

    public static Certificate Certificate(string file) => Pki.Protocols.X509.Certificate.FromPem(File.ReadAllText(Path.Combine(Folder, "keys", file))).OrThrow();

    /// <summary>The row it would lie in.</summary>
    public static RowIdentity Row(MessageKind kind) =>
        new(LegacyIds.UniqueId(MessageType.ExtRa, MessageId), MessageId, MessageType.ExtRa, kind, Then);

    /// <summary>Opens it as the receiver that the sidecar names.</summary>
    public Outcome<OpenedMessage> Open(B64Values b64 = B64Values.ByMapClass, string? keyStore = null)
    {
        string? key = keyStore ?? Text("recipientKeystore") ?? Text("loadKeystore");
        var format = new LegacyFormat(string.IsNullOrEmpty(key) ? null : Key(key), new(b64), new ManualClock(Then));
        return format.Open(Row(IsResponse ? MessageKind.Response : MessageKind.Request), Column);
    }

    /// <summary>A yes or no of the sidecar; no where it says nothing.</summary>
    public bool Is(string property) => Sidecar.TryGetProperty(property, out JsonElement value) && value.GetBoolean();

    private string? Text(string property) => Sidecar.TryGetProperty(property, out JsonElement value) ? value.GetString() : null;
}
