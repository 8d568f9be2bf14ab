using System.Formats.Asn1;

namespace Pki.Protocols.Asn1;

/// <summary>One ASN.1 type of a protocol: reads itself from and writes itself to the encoding.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IAsn1Value<TSelf>
    where TSelf : class, IAsn1Value<TSelf>
{
    /// <summary>Reads exactly one value.</summary>
    /// <exception cref="AsnContentException">It is not such a value.</exception>
    static abstract TSelf Decode(AsnReader reader);

    /// <summary>Writes the value.</summary>
    void Encode(AsnWriter writer);
}
