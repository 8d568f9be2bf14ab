using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;

namespace ExtRa.Messages.Contract;

/// <summary>Content ↔ JSON, version 2 of the native format (ARCHITECTURE.md 4).</summary>
public sealed class MessageJson(SubMessageCatalog catalog)
{
    /// <summary>Parts in one message.</summary>
    public const int MaxSubMessages = 100;

    private const int Version = 2;
    private const int MaxDepth = 32;
    private const int MaxClassNameLength = 200;

    private static readonly Dictionary<string, MessageKind> KindNames = new(StringComparer.Ordinal)
    {
        ["request"] = MessageKind.Request,
        ["response"] = MessageKind.Response,
        ["notice"] = MessageKind.Notice,
    };

    private static readonly JsonSerializerOptions Fields = new(JsonSerializerDefaults.Web)
    {
        MaxDepth = MaxDepth,
        AllowDuplicateProperties = false,
        NumberHandling = JsonNumberHandling.Strict,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false), new SecretJson() },
    };

    /// <summary>The UTF-8 JSON of a message.</summary>
    public static byte[] Write(MessageContent content)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("v", Version);
            writer.WriteString("kind", KindNames.Single(pair => pair.Value == content.Kind).Key);
            writer.WriteString("uniqueId", content.UniqueId);
            writer.WriteString("messageId", content.MessageId);
            writer.WriteNumber("type", (int)content.Type);
            writer.WriteString("created", content.Created.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            if (content.InReplyTo is { } hash)
            {
                writer.WriteBase64String("inReplyTo", hash);
            }

            if (content.Trace is { } trace)
            {
                writer.WriteString("trace", trace);
            }

            writer.WriteStartArray("subMessages");
            foreach (SubMessage part in content.SubMessages)
            {
                JsonSerializer.Serialize(writer, part, part.GetType(), Fields);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a message; unknown fields are ignored, unknown classes kept as <see cref="UnknownSubMessage"/>.</summary>
    public Outcome<MessageContent> Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                utf8, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return ReadMessage(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return new Refusal(RefusalCode.Malformed, $"The message is not valid JSON of version {Version}: {e.Message}");
        }
    }

    /// <summary>One submessage as an object of its own: what the inbox keeps.</summary>
    public static byte[] WriteOne(SubMessage part) => JsonSerializer.SerializeToUtf8Bytes(part, part.GetType(), Fields);

    /// <summary>Reads what <see cref="WriteOne"/> wrote.</summary>
    public SubMessage ReadOne(ReadOnlyMemory<byte> utf8)
    {
        using JsonDocument document = JsonDocument.Parse(utf8);
        return ReadPart(document.RootElement);
    }

    private Outcome<MessageContent> ReadMessage(JsonElement root)
    {
        if (root.GetProperty("v").GetInt32() != Version)
        {
            return new Refusal(RefusalCode.Malformed, "The message is of an unknown version.");
        }

        JsonElement parts = root.GetProperty("subMessages");
        if (parts.GetArrayLength() is 0 or > MaxSubMessages)
        {
            return new Refusal(RefusalCode.TooLarge, $"A message holds 1 to {MaxSubMessages} submessages, not {parts.GetArrayLength()}.");
        }

        if (!KindNames.TryGetValue(Text(root, "kind"), out MessageKind kind))
        {
            return new Refusal(RefusalCode.Malformed, "The message is neither request nor response nor notice.");
        }

        return new MessageContent
        {
            Kind = kind,
            UniqueId = Text(root, "uniqueId"),
            MessageId = Text(root, "messageId"),
            Type = (MessageType)root.GetProperty("type").GetInt32(),
            Created = root.GetProperty("created").GetDateTimeOffset(),
            InReplyTo = root.TryGetProperty("inReplyTo", out JsonElement hash) ? hash.GetBytesFromBase64() : null,
            Trace = root.TryGetProperty("trace", out JsonElement trace) ? trace.GetString() : null,
            SubMessages = [.. parts.EnumerateArray().Select(ReadPart)],
        };
    }

    private SubMessage ReadPart(JsonElement part)
    {
        string name = Text(part, "class");
        if (catalog.Find(name) is { } type)
        {
            return (SubMessage)(part.Deserialize(type, Fields) ?? throw new JsonException($"{name} is null."));
        }

        long requestId = part.TryGetProperty("requestId", out JsonElement id) && id.TryGetInt64(out long value) ? value : 0;
        return new UnknownSubMessage { RequestId = requestId, ClassName = name.Length > MaxClassNameLength ? name[..MaxClassNameLength] : name };
    }

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() ?? throw new JsonException($"'{name}' is null.");
}
