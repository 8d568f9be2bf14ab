using System.Globalization;
using System.Text;
using System.Xml;
using Pki.Protocols.Trust;

namespace Pki.Migration.Xml;

/// <summary>
/// A document of java.beans.XMLEncoder, read as data (MIGRATION §2.3, §10 trap 8): maps, lists, arrays, texts, numbers and
/// booleans from a closed list of classes. Nothing is ever created or called by a name in it (FLAWS A1, A3, A4).
/// </summary>
public static class XmlEncoderDocument
{
    private const int MaxCharacters = 4 * 1024 * 1024;
    private const int MaxDepth = 32;
    private const int MaxItems = 100_000;
    private const string Wrapped = "B64:";

    private static readonly HashSet<string> Maps = new(StringComparer.Ordinal)
    {
        "java.util.HashMap", "java.util.LinkedHashMap", "java.util.TreeMap", "java.util.Hashtable",
        "org.cesecore.util.Base64PutHashMap", "org.cesecore.util.Base64GetHashMap", "org.ejbca.util.Base64PutHashMap", "org.ejbca.util.Base64GetHashMap",
    };

    /// <summary>Objects with named texts, read as maps of these.</summary>
    private static readonly HashSet<string> Beans = new(StringComparer.Ordinal)
    {
        "org.cesecore.certificates.certificateprofile.CertificatePolicy", "org.ejbca.core.model.ca.certificateprofiles.CertificatePolicy",
    };

    private static readonly HashSet<string> Lists = new(StringComparer.Ordinal)
    {
        "java.util.ArrayList", "java.util.LinkedList", "java.util.Vector", "java.util.HashSet", "java.util.LinkedHashSet", "java.util.TreeSet",
    };

    private static readonly HashSet<string> Elements = new(StringComparer.Ordinal) { "boolean", "byte", "short", "int", "long", "float", "double", "java.lang.String", "java.lang.Object", "java.lang.Integer" };

    /// <summary>Reads a document whose one object is a map. Keys are texts: numbers as decimal digits.</summary>
    public static Outcome<IReadOnlyDictionary<string, object?>> ReadMap(string document)
    {
        if (document.Length > MaxCharacters)
        {
            return new Refusal(RefusalCode.TooLarge, $"The document has more than {MaxCharacters} characters.");
        }

        try
        {
            using var xml = XmlReader.Create(new StringReader(document), new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                IgnoreComments = true,
                IgnoreWhitespace = true,
                IgnoreProcessingInstructions = true,
                MaxCharactersInDocument = MaxCharacters,
            });
            return new Reader(xml).ReadDocument() is Dictionary<string, object?> map
                ? map
                : new Refusal(RefusalCode.Malformed, "The document holds no map.");
        }
        catch (Exception e) when (e is XmlException or FormatException or OverflowException)
        {
            return new Refusal(RefusalCode.Malformed, $"It is no document of an XMLEncoder: {e.Message}");
        }
    }

    private sealed class Reader(XmlReader xml)
    {
        private readonly Dictionary<string, Finished> named = new(StringComparer.Ordinal);
        private int items; // with those of each reference once more: what the document means, not what it takes to write
        private int characters;
        private int deepest;

        public object? ReadDocument()
        {
            xml.MoveToContent();
            Require(xml is { NodeType: XmlNodeType.Element, Name: "java" } && xml.GetAttribute("class") is null or "java.beans.XMLDecoder", "no java element of an XMLDecoder");
            Require(!xml.IsEmptyElement, "nothing in the java element");
            xml.ReadStartElement();
            object? value = ReadValue(1);
            Require(xml.MoveToContent() == XmlNodeType.EndElement, "more than one object");
            xml.ReadEndElement();
            Require(xml.MoveToContent() == XmlNodeType.None, "something after the end");
            return value;
        }

        private object? ReadValue(int depth)
        {
            Require(xml.MoveToContent() == XmlNodeType.Element, "no value where one should be");
            Count(depth, 1, 0);
            switch (xml.Name)
            {
                case "null":
                    xml.Skip();
                    return null;
                case "string":
                    return ReadString();
                case "boolean":
                    return ReadText() switch { "true" => true, "false" => false, _ => throw new XmlException("a boolean that is neither true nor false") };
                case "byte" or "short" or "int":
                    return (long)int.Parse(ReadText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                case "long":
                    return new JavaLong(long.Parse(ReadText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
                case "float" or "double":
                    return double.Parse(ReadText(), NumberStyles.Float, CultureInfo.InvariantCulture);
                case "object" when xml.GetAttribute("idref") is { } reference:
                    return ReadReference(reference, depth);
                case "object" or "array":
                    return ReadContainer(depth);
                default:
                    throw new XmlException($"the element '{Shown(xml.Name)}', which is not allowed");
            }
        }

        /// <summary>To a finished object only: none is inside itself, and each reference costs what it stands for.</summary>
        private object ReadReference(string reference, int depth)
        {
            Require(named.TryGetValue(reference, out Finished? known), "a reference to nothing, or to what it is itself in");
            Count(depth + known.Height, known.Items, known.Characters);
            xml.Skip();
            return known.Value;
        }

        private object ReadContainer(int depth)
        {
            (string? id, int itemsBefore, int charactersBefore, int deepestBefore) = (xml.GetAttribute("id"), items, characters, deepest);
            deepest = depth;
            object value = xml.Name == "array" ? ReadArray(depth) : ReadObject(depth);
            if (id is not null)
            {
                Require(named.TryAdd(id, new(value, items - itemsBefore, characters - charactersBefore, deepest - depth)), "an id twice");
            }

            deepest = Math.Max(deepest, deepestBefore);
            return value;
        }

        private void Count(int depth, int values, int texts)
        {
            Require(depth <= MaxDepth, "too many levels");
            Require((items += values) <= MaxItems && (characters += texts) <= MaxCharacters, "too many values");
            deepest = Math.Max(deepest, depth);
        }

        private object ReadObject(int depth)
        {
            string type = xml.GetAttribute("class") ?? "";
            Require(xml.GetAttribute("method") is null && xml.GetAttribute("field") is null && xml.GetAttribute("property") is null, "a call");
            if (Maps.Contains(type))
            {
                var map = new Dictionary<string, object?>(StringComparer.Ordinal);
                ReadCalls("put", 2, depth, arguments => map[KeyText(arguments[0])] = arguments[1]);
                return map;
            }

            if (Beans.Contains(type))
            {
                return ReadProperties(depth);
            }

            Require(Lists.Contains(type), $"the class '{Shown(type)}', which is not allowed");
            var list = new List<object?>();
            ReadCalls("add", 1, depth, arguments => list.Add(arguments[0]));
            return list;
        }

        private void ReadCalls(string method, int count, int depth, Action<object?[]> call)
        {
            if (xml.IsEmptyElement)
            {
                xml.Read();
                return;
            }

            xml.ReadStartElement();
            while (xml.MoveToContent() == XmlNodeType.Element)
            {
                Require(xml.Name == "void" && xml.GetAttribute("method") == method && xml.AttributeCount == 1 && !xml.IsEmptyElement, $"something other than calls of {method}");
                xml.ReadStartElement();
                object?[] arguments = new object?[count];
                for (int i = 0; i < count; i++)
                {
                    arguments[i] = ReadValue(depth + 1);
                }

                xml.ReadEndElement();
                call(arguments);
            }

            xml.ReadEndElement();
        }

        private Dictionary<string, object?> ReadProperties(int depth)
        {
            var fields = new Dictionary<string, object?>(StringComparer.Ordinal);
            if (xml.IsEmptyElement)
            {
                xml.Read();
                return fields;
            }

            xml.ReadStartElement();
            while (xml.MoveToContent() == XmlNodeType.Element)
            {
                Require(xml.Name == "void" && xml.GetAttribute("property") is not null && xml.AttributeCount == 1 && !xml.IsEmptyElement, "something other than a property");
                string name = xml.GetAttribute("property")!;
                xml.ReadStartElement();
                fields[name] = ReadValue(depth + 1);
                xml.ReadEndElement();
            }

            xml.ReadEndElement();
            return fields;
        }

        private List<object?> ReadArray(int depth)
        {
            string type = xml.GetAttribute("class") ?? "";
            Require(Elements.Contains(type), $"an array of '{Shown(type)}', which is not allowed");
            int length = int.Parse(xml.GetAttribute("length") ?? "0", NumberStyles.None, CultureInfo.InvariantCulture);
            Require(length <= 1000, "an array that is too long");
            Count(depth, length, 0);
            List<object?> values = [.. Enumerable.Repeat<object?>(type == "boolean" ? false : null, length)]; // what is left out has Java's default
            if (xml.IsEmptyElement)
            {
                xml.Read();
                return values;
            }

            xml.ReadStartElement();
            while (xml.MoveToContent() == XmlNodeType.Element)
            {
                if (xml.Name != "void")
                {
                    values.Add(ReadValue(depth + 1)); // without length, elements stand one after the other
                    continue;
                }

                int index = int.Parse(xml.GetAttribute("index") ?? "-", NumberStyles.None, CultureInfo.InvariantCulture);
                Require(index < values.Count && !xml.IsEmptyElement, "an index outside its array");
                xml.ReadStartElement();
                values[index] = ReadValue(depth + 1);
                xml.ReadEndElement();
            }

            xml.ReadEndElement();
            return values;
        }

        /// <summary>Control characters stand as char elements inside a string.</summary>
        private string ReadString()
        {
            var text = new StringBuilder();
            if (xml.IsEmptyElement)
            {
                xml.Read();
                return "";
            }

            xml.Read();
            while (xml.NodeType != XmlNodeType.EndElement)
            {
                if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace)
                {
                    text.Append(xml.Value);
                    xml.Read();
                    continue;
                }

                Require(xml is { NodeType: XmlNodeType.Element, Name: "char", IsEmptyElement: true } && xml.GetAttribute("code") is ['#', ..], "an element inside a text");
                text.Append((char)ushort.Parse(xml.GetAttribute("code")!.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                xml.Read();
            }

            xml.ReadEndElement();
            string value = Unwrap(text.ToString());
            Count(deepest, 0, value.Length);
            return value;
        }

        private string ReadText()
        {
            Require(!xml.IsEmptyElement, "an empty value");
            return xml.ReadElementContentAsString().Trim();
        }

        private static string KeyText(object? key) => key switch
        {
            string text => text,
            long number => number.ToString(CultureInfo.InvariantCulture),
            JavaLong number => number.Value.ToString(CultureInfo.InvariantCulture),
            _ => throw new XmlException("a key that is neither text nor number"),
        };

        private static string Unwrap(string text)
        {
            if (!text.StartsWith(Wrapped, StringComparison.Ordinal))
            {
                return text;
            }

            byte[] bytes = new byte[text.Length];
            return Convert.TryFromBase64Chars(text.AsSpan(Wrapped.Length), bytes, out int length)
                ? Encoding.UTF8.GetString(bytes, 0, length)
                : throw new XmlException("a text marked as Base64 that is none");
        }

        private static string Shown(string name) => name.Length <= 60 ? name : name[..60];

        private static void Require([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool holds, string what)
        {
            if (!holds)
            {
                throw new XmlException("there is " + what);
            }
        }

        /// <summary>An object that may be referred to, and what each reference to it adds.</summary>
        private sealed record Finished(object Value, int Items, int Characters, int Height);
    }
}

/// <summary>A Java long: some settings mean another unit when they are a long (MIGRATION §2.3).</summary>
/// <param name="Value">The number.</param>
public sealed record JavaLong(long Value);
