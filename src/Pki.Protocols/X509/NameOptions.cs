namespace Pki.Protocols.X509;

/// <summary>How the text of a distinguished name is read and encoded; site configuration in an EJBCA (CA_CORE.md §2.1).</summary>
public sealed record NameOptions
{
    /// <summary>What CA_CORE.md §2.1 forbids: line ends, NUL and characters that are special to shells and lists.</summary>
    public const string DefaultForbiddenCharacters = "\n\r\0;!%`?$~";

    /// <summary>The defaults.</summary>
    public static NameOptions Default { get; } = new();

    /// <summary>True: CN is the first RDN of the encoding and C the last. False: the X.500 order, C first.</summary>
    public bool LdapOrder { get; init; } = true;

    /// <summary>True: every value that fits becomes a PrintableString. False: UTF8String.</summary>
    public bool UsePrintableString { get; init; }

    /// <summary>True: an unescaped plus joins two attributes to one RDN. False: it is part of the value.</summary>
    public bool MultiValuedRdns { get; init; }

    /// <summary>The characters that make a name refused unless escaped; empty for none.</summary>
    public string ForbiddenCharacters { get; init; } = DefaultForbiddenCharacters;

    /// <summary>The order of attributes in text and encoding, most specific first. OIDs not in it go last.</summary>
    public IReadOnlyList<string> AttributeOrder { get; init; } = NameAttributes.CanonicalOrder;
}
