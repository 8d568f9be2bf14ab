using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pki.Migration.Xml;
using Pki.Protocols.Trust;

namespace Pki.Migration.Users;

/// <summary>UserData.extendedInformationData (CA_CORE §7.1): known keys become fields, the others are kept as JSON.</summary>
internal sealed record ExtendedInformation
{
    private const string Custom = "customdata_";
    private static readonly string[] Meaningless = ["version", "type"];

    public string? StartTime { get; private init; }

    public string? EndTime { get; private init; }

    public int IssuanceRevocationReason { get; private init; } = -1;

    public int RequestsLeft { get; private init; } = 1;

    public int MaxFailedLogins { get; private init; } = -1;

    public int LoginsLeft { get; private init; } = -1;

    /// <summary>JSON of what has no field here; null: nothing.</summary>
    public string? Rest { get; private init; }

    public static Outcome<ExtendedInformation> Read(string? document)
    {
        if (document is null)
        {
            return new ExtendedInformation();
        }

        if (!XmlEncoderDocument.ReadMap(document).Succeeded(out IReadOnlyDictionary<string, object?>? map, out Refusal? refusal))
        {
            return refusal;
        }

        var left = map.Where(pair => !Meaningless.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal);
        int most = Number(left, "maxfailedloginattempts", -1);
        if (!int.TryParse(Text(left, Custom + "REVOCATIONREASON") ?? "-1", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int reason) || reason is not (-1 or (>= 0 and <= 6) or 9 or 10))
        {
            return new Refusal(RefusalCode.Malformed, "the reason to issue revoked is none of RFC 5280 §5.3.1 that a certificate can begin with.");
        }

        return new ExtendedInformation
        {
            StartTime = Text(left, Custom + "STARTTIME"),
            EndTime = Text(left, Custom + "ENDTIME"),
            IssuanceRevocationReason = reason,
            RequestsLeft = Math.Max(0, Number(left, Custom + "REQUESTCOUNTER", 1)),
            MaxFailedLogins = Math.Max(-1, most),
            LoginsLeft = Math.Clamp(Number(left, "remainingloginattempts", most), -1, Math.Max(-1, most)),
            Rest = left.Count == 0 ? null : new JsonObject(left.Select(pair => KeyValuePair.Create(pair.Key, Json(pair.Value)))).ToJsonString(),
        };
    }

    private static string? Text(Dictionary<string, object?> left, string key) => left.Remove(key, out object? value) ? Plain(value) : null;

    private static int Number(Dictionary<string, object?> left, string key, int otherwise) =>
        int.TryParse(Text(left, key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : otherwise;

    private static string? Plain(object? value) => value switch
    {
        null => null,
        JavaLong number => number.Value.ToString(CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        string text => text.Length == 0 ? null : text,
        _ => JsonSerializer.Serialize(value),
    };

    private static JsonNode? Json(object? value) => value switch
    {
        Dictionary<string, object?> map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, Json(pair.Value)))),
        List<object?> list => new JsonArray([.. list.Select(Json)]),
        bool flag => JsonValue.Create(flag),
        long number => JsonValue.Create(number),
        null => null,
        _ => JsonValue.Create(Plain(value)),
    };
}
