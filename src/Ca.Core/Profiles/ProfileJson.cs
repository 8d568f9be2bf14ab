using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pki.Protocols.Trust;

namespace Ca.Core.Profiles;

/// <summary>Profiles and settings as JSON: strict when read, complete when written.</summary>
internal static class ProfileJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>What we wrote ourselves.</summary>
    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("null where a definition should be.");

    /// <summary>What a person wrote; the refusal names the member.</summary>
    public static Outcome<T> TryRead<T>(string json)
        where T : class
    {
        try
        {
            return Read<T>(json);
        }
        catch (JsonException e)
        {
            return new Refusal(RefusalCode.Malformed, e.Message);
        }
    }
}
