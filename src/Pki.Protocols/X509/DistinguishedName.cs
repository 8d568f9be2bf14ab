using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>
/// A distinguished name: bytes for chaining, text for people and tables (RFC 5280 §4.1.2.4, CA_CORE.md §2.1).
/// Two names are equal when their canonical texts are, without regard to case and runs of spaces
/// (RFC 5280 §7.1) and to the order of the encoding; issuers and subjects are chained by
/// <see cref="EncodedEquals"/> instead.
/// </summary>
public sealed class DistinguishedName : IAsn1Value<DistinguishedName>, IEquatable<DistinguishedName>
{
    private const int MaxAttributes = 128;

    private string? canonical;
    private string? comparable;

    private DistinguishedName(ReadOnlyMemory<byte> encoded, IReadOnlyList<RelativeDistinguishedName> rdns)
    {
        Encoded = encoded;
        Rdns = rdns;
    }

    /// <summary>The name without any attribute.</summary>
    public static DistinguishedName Empty { get; } = new(new byte[] { 0x30, 0x00 }, []);

    /// <summary>The Name's DER exactly as read or as built. What a certificate's issuer field copies.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The steps in encoded order.</summary>
    public IReadOnlyList<RelativeDistinguishedName> Rdns { get; }

    /// <summary>True for the name without any attribute.</summary>
    public bool IsEmpty => Rdns.Count == 0;

    /// <summary>Reads the text form: comma separated, in either direction, with the keywords of an EJBCA.</summary>
    public static Outcome<DistinguishedName> Parse(string text, NameOptions? options = null)
    {
        options ??= NameOptions.Default;
        if (!NameText.TryRead(text, options, out List<RelativeDistinguishedName> rdns, out Refusal? refusal))
        {
            return refusal;
        }

        if (rdns.Sum(rdn => rdn.Attributes.Count) > MaxAttributes)
        {
            return new Refusal(RefusalCode.TooLarge, $"A name has more than {MaxAttributes} attributes.");
        }

        IEnumerable<RelativeDistinguishedName> ordered = InCanonicalOrder(rdns, options.AttributeOrder);
        return FromRdns(options.LdapOrder ? ordered : ordered.Reverse());
    }

    /// <summary>Builds a name of steps that are in the order of the encoding.</summary>
    public static DistinguishedName FromRdns(IEnumerable<RelativeDistinguishedName> rdns)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (RelativeDistinguishedName rdn in rdns)
            {
                rdn.Encode(writer);
            }
        }

        // Read back, so that attributes of one step are in encoded order here as in a name from outside.
        return Decode(new AsnReader(writer.Encode(), AsnEncodingRules.DER));
    }

    /// <inheritdoc />
    public static DistinguishedName Decode(AsnReader reader)
    {
        ReadOnlyMemory<byte> encoded = reader.ReadValueAsDer();
        AsnReader steps = reader.Over(encoded).ReadSequence();
        List<RelativeDistinguishedName> rdns = [];
        int attributes = 0;
        while (steps.HasData)
        {
            RelativeDistinguishedName next = RelativeDistinguishedName.Decode(steps);
            rdns.Add(next);
            attributes += next.Attributes.Count;
            LimitExceededException.ThrowIfMore(attributes, MaxAttributes, "Name attributes");
        }

        return new(encoded, rdns);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    /// <summary>The first value of an attribute, in encoded order; null when the name has none.</summary>
    public string? First(string oid)
    {
        foreach (RelativeDistinguishedName rdn in Rdns)
        {
            foreach (AttributeValue attribute in rdn.Attributes)
            {
                if (attribute.Oid == oid)
                {
                    return attribute.Value;
                }
            }
        }

        return null;
    }

    /// <summary>All values of an attribute, in encoded order.</summary>
    public IEnumerable<string> All(string oid) =>
        Rdns.SelectMany(rdn => rdn.Attributes).Where(attribute => attribute.Oid == oid).Select(attribute => attribute.Value);

    /// <summary>The same without an attribute.</summary>
    public DistinguishedName Without(string oid) => FromRdns(Rdns
        .Select(rdn => new RelativeDistinguishedName([.. rdn.Attributes.Where(attribute => attribute.Oid != oid)]))
        .Where(rdn => rdn.Attributes.Count > 0));

    /// <summary>The text an EJBCA shows and stores: canonical order, most specific first, no spaces after commas.</summary>
    public override string ToString() => canonical ??= ToString(NameAttributes.CanonicalOrder);

    /// <summary>The same with a site's own order of attributes.</summary>
    public string ToString(IReadOnlyList<string> attributeOrder) => string.Join(',', InCanonicalOrder(Rdns, attributeOrder));

    /// <summary>The caId of a CA with this subject: Java's hash of the text (CA_CORE.md §2.1).</summary>
    public int CaId() => JavaHash(ToString());

    /// <summary>Java's String.hashCode: over UTF-16 units, wrapping around.</summary>
    public static int JavaHash(string text)
    {
        int hash = 0;
        foreach (char unit in text)
        {
            hash = unchecked((31 * hash) + unit);
        }

        return hash;
    }

    /// <summary>Same octets: what chaining a certificate to its issuer demands here.</summary>
    public bool EncodedEquals([NotNullWhen(true)] DistinguishedName? other) =>
        other is not null && Encoded.Span.SequenceEqual(other.Encoded.Span);

    /// <inheritdoc />
    public bool Equals([NotNullWhen(true)] DistinguishedName? other) =>
        other is not null && (EncodedEquals(other) || Comparable() == other.Comparable());

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as DistinguishedName);

    /// <inheritdoc />
    public override int GetHashCode() => Comparable().GetHashCode(StringComparison.Ordinal);

    private string Comparable() => comparable ??= string.Join(
        ',',
        InCanonicalOrder(Rdns, NameAttributes.CanonicalOrder).Select(rdn => string.Join('+', rdn.Attributes.Select(a => a with { Value = Fold(a.Value) }))));

    private static string Fold(string value)
    {
        var folded = new StringBuilder(value.Length);
        foreach (char c in value.Trim())
        {
            if (c != ' ' || folded[^1] != ' ')
            {
                folded.Append(char.ToUpperInvariant(c));
            }
        }

        return folded.ToString();
    }

    /// <summary>
    /// Country-first input is turned around, then attributes are sorted by kind; several of one kind keep their
    /// order, and kinds that are not in the list go last (CA_CORE.md §2.1).
    /// </summary>
    private static IEnumerable<RelativeDistinguishedName> InCanonicalOrder(IReadOnlyList<RelativeDistinguishedName> rdns, IReadOnlyList<string> order)
    {
        (RelativeDistinguishedName Rdn, int Rank)[] ranked = [.. rdns.Select(rdn => (rdn, Rank(rdn, order)))];
        bool countryFirst = ranked.Length > 1 && ranked[0].Rank < order.Count && ranked[^1].Rank < ranked[0].Rank;
        return (countryFirst ? ranked.Reverse() : ranked).OrderBy(step => step.Rank).Select(step => step.Rdn); // OrderBy is stable
    }

    private static int Rank(RelativeDistinguishedName rdn, IReadOnlyList<string> order)
    {
        int best = order.Count;
        foreach (AttributeValue attribute in rdn.Attributes)
        {
            for (int i = 0; i < best; i++)
            {
                if (order[i] == attribute.Oid)
                {
                    best = i;
                }
            }
        }

        return best;
    }
}
