using System.Globalization;
using System.Text.Json;
using Pki.Protocols.Trust;

namespace Pki.Migration.Import;

/// <summary>
/// What the numbers of the old system are called here: a JSON file with the objects <c>cas</c>, <c>certificateProfiles</c>
/// and <c>endEntityProfiles</c>, each from old id to name; the id <c>*</c> stands for all that are not named.
/// </summary>
public sealed record ImportMap
{
    private const string Rest = "*";

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private static readonly JsonSerializerOptions Indented = new(Strict) { WriteIndented = true };

    /// <summary>Old CA id → name of the CA here.</summary>
    public IReadOnlyDictionary<string, string> Cas { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Old certificate profile id → name here.</summary>
    public IReadOnlyDictionary<string, string> CertificateProfiles { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Old end entity profile id → name here.</summary>
    public IReadOnlyDictionary<string, string> EndEntityProfiles { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Reads the file's text; the refusal names what is wrong.</summary>
    public static Outcome<ImportMap> Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<ImportMap>(json, Strict) is { } map ? map : new Refusal(RefusalCode.Malformed, "The map is null.");
        }
        catch (JsonException e)
        {
            return new Refusal(RefusalCode.Malformed, $"The map is not readable: {e.Message}");
        }
    }

    /// <summary>Without what stands for all others: rights must go to nobody who was not named.</summary>
    public ImportMap NamedOnly() => new() { Cas = Named(Cas), CertificateProfiles = Named(CertificateProfiles), EndEntityProfiles = Named(EndEntityProfiles) };

    private static Dictionary<string, string> Named(IReadOnlyDictionary<string, string> names) => names.Where(pair => pair.Key != Rest).ToDictionary(StringComparer.Ordinal);

    /// <summary>The map as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Indented);

    /// <summary>The name of an old id; null when the map has none.</summary>
    internal static string? Name(IReadOnlyDictionary<string, string> names, int id) =>
        names.GetValueOrDefault(id.ToString(CultureInfo.InvariantCulture)) ?? names.GetValueOrDefault(Rest);
}
