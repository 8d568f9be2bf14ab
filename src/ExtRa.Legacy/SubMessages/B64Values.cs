namespace ExtRa.Legacy.SubMessages;

/// <summary>
/// What a text that begins with <c>B64:</c> means. 6.3 takes the rest for base64 of UTF-8 when it reads a value, 4.0
/// takes it as it stands; so a password may mean two things (WIRE.md 7.1).
/// </summary>
public enum B64Values
{
    /// <summary>As the peer's own version has it: decoded in maps of 6.3, kept in those of 4.0.</summary>
    ByMapClass,

    /// <summary>Decoded always.</summary>
    Decode,

    /// <summary>Kept always.</summary>
    Keep,
}
