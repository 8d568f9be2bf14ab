namespace ExtRa.Legacy.Documents;

/// <summary>
/// One pass over a document, without copies: what does not come as expected ends it. White space is allowed between
/// the elements and inside the base64, nowhere else.
/// </summary>
/// <remarks>
/// document: [ declaration ] &lt;java [version] [class]&gt; boolean boolean string &lt;/java&gt;, as WIRE.md 2.4 wants it.
/// </remarks>
internal ref struct DocumentScanner(ReadOnlySpan<char> document)
{
    private const int MaxAttributeLength = 64;

    private readonly ReadOnlySpan<char> document = document;

    /// <summary>Where it stands.</summary>
    public int Position { get; private set; }

    /// <summary>What did not come there.</summary>
    public string Expected { get; private set; } = "";

    private readonly ReadOnlySpan<char> Rest => document[Position..];

    public bool Read(out bool signed, out bool encrypted, out ReadOnlySpan<char> base64)
    {
        signed = encrypted = false;
        base64 = default;
        return Declaration()
            && Root()
            && Flag(out signed)
            && Flag(out encrypted)
            && Text(out base64)
            && Token("</java>")
            && (SkipBlank() || true)
            && (Rest.IsEmpty || Fail("the end"));
    }

    /// <summary>XML 1.0 §2.8, in the one form written and without a DOCTYPE after it.</summary>
    private bool Declaration()
    {
        SkipBlank();
        if (!Rest.StartsWith("<?xml"))
        {
            return true;
        }

        Position += "<?xml".Length;
        return ((Attribute("version", out ReadOnlySpan<char> version) && version is "1.0") || Fail("version 1.0"))
            && (!Attribute("encoding", out ReadOnlySpan<char> encoding) || encoding.Equals("UTF-8", StringComparison.OrdinalIgnoreCase) || Fail("the encoding UTF-8"))
            && Token("?>");
    }

    private bool Root()
    {
        if (!Token("<java"))
        {
            return false;
        }

        Attribute("version", out _); // the Java that wrote it: of no interest
        return (!Attribute("class", out ReadOnlySpan<char> name) || name is "java.beans.XMLDecoder" || Fail("the class java.beans.XMLDecoder")) && Token(">");
    }

    private bool Flag(out bool value)
    {
        value = false;
        if (!Token("<boolean>"))
        {
            return false;
        }

        value = Rest.StartsWith("true");
        if (!value && !Rest.StartsWith("false"))
        {
            return Fail("true or false");
        }

        Position += value ? "true".Length : "false".Length;
        return Exactly("</boolean>");
    }

    private bool Text(out ReadOnlySpan<char> text)
    {
        text = default;
        if (!Token("<string>"))
        {
            return false;
        }

        int length = Rest.IndexOf('<');
        if (length < 0)
        {
            return Fail("</string>");
        }

        text = Rest[..length];
        Position += length;
        return Exactly("</string>");
    }

    /// <summary>An attribute, if it is the next thing. A value with a reference or a markup character is none.</summary>
    private bool Attribute(string name, out ReadOnlySpan<char> value)
    {
        value = default;
        int start = Position;
        if (SkipBlank() && Rest.StartsWith(name) && Rest[name.Length..].StartsWith("=\""))
        {
            ReadOnlySpan<char> from = Rest[(name.Length + 2)..];
            int length = from.IndexOf('"');
            if (length is >= 0 and <= MaxAttributeLength && !from[..length].ContainsAny("&<>\r\n"))
            {
                value = from[..length];
                Position += name.Length + 2 + length + 1;
                return true;
            }
        }

        Position = start;
        return false;
    }

    /// <summary>White space, then the token.</summary>
    private bool Token(string token)
    {
        SkipBlank();
        return Exactly(token);
    }

    private bool Exactly(string token)
    {
        if (!Rest.StartsWith(token))
        {
            return Fail(token);
        }

        Position += token.Length;
        return true;
    }

    private bool SkipBlank()
    {
        int length = Rest.IndexOfAnyExcept(" \t\r\n");
        int blank = length < 0 ? Rest.Length : length;
        Position += blank;
        return blank > 0;
    }

    private bool Fail(string expected)
    {
        Expected = expected;
        return false;
    }
}
