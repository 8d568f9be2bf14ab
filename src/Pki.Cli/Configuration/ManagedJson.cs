using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pki.Cli.Configuration;

/// <summary>
/// A configuration file of which a program sets some members and a person may add or change others: what the program
/// manages is written anew, everything else stays.
/// </summary>
internal static class ManagedJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Writes a file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="managed">Members that are always set.</param>
    /// <param name="initial">Members that are set only while the file does not have them.</param>
    public static void Write(string path, JsonObject managed, JsonObject initial)
    {
        JsonObject there = Read(path);
        Lay(initial, there, overwrite: false);
        Lay(managed, there, overwrite: true);
        string text = there.ToJsonString(Indented) + "\n";
        if (!File.Exists(path) || !string.Equals(File.ReadAllText(path), text, StringComparison.Ordinal))
        {
            PrivateFile.Write(path, text);
        }
    }

    private static JsonObject Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            return JsonNode.Parse(File.ReadAllText(path), documentOptions: Lenient) as JsonObject
                ?? throw new CliException($"'{path}' is no JSON object.", "Correct it, or remove it to have it written anew.");
        }
        catch (JsonException fault)
        {
            throw new CliException($"'{path}' is not readable: {fault.Message}", "Correct it, or remove it to have it written anew.", inner: fault);
        }
    }

    private static void Lay(JsonObject from, JsonObject onto, bool overwrite)
    {
        foreach ((string name, JsonNode? value) in from)
        {
            if (value is JsonObject inner && onto[name] is JsonObject there)
            {
                Lay(inner, there, overwrite);
            }
            else if (overwrite || !onto.ContainsKey(name))
            {
                onto[name] = value?.DeepClone();
            }
        }
    }
}
