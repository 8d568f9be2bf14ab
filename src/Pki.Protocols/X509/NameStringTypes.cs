using System.Formats.Asn1;
using System.Text;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>
/// Which string type an attribute gets (CA_CORE.md §2.1): UTF8String, but for the attributes to which X.520, RFC 4519
/// and RFC 2985 give another.
/// </summary>
internal static class NameStringTypes
{
    /// <summary>Null when the value has a character that the attribute's type does not have.</summary>
    public static UniversalTagNumber? Choose(string oid, string value, NameOptions options)
    {
        switch (oid)
        {
            case Oids.EmailAddress or Oids.DomainComponent or Oids.UnstructuredAddress:
                return Ascii.IsValid(value) ? UniversalTagNumber.IA5String : null;
            case Oids.Country or Oids.NameSerialNumber or Oids.DnQualifier:
                return AttributeValue.IsPrintable(value) ? UniversalTagNumber.PrintableString : null;
            default:
                return options.UsePrintableString && AttributeValue.IsPrintable(value) ? UniversalTagNumber.PrintableString : UniversalTagNumber.UTF8String;
        }
    }
}
