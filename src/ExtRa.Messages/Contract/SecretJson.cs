using System.Text.Json;
using System.Text.Json.Serialization;
using Pki.Protocols.Trust;

namespace ExtRa.Messages.Contract;

/// <summary>A password is a JSON string inside the sealed message and a <see cref="Secret"/> outside, so no log or exception can print it.</summary>
internal sealed class SecretJson : JsonConverter<Secret>
{
    public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Secret.FromText(reader.GetString() ?? throw new JsonException("A password is null."));

    public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue(value.LendText(text => text));
}
