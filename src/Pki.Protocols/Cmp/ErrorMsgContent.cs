using System.Formats.Asn1;
using System.Numerics;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Cmp;

/// <summary>Something went wrong with the whole message; with status waiting, the answer comes later (RFC 9480 §2.13).</summary>
/// <param name="Status">What.</param>
/// <param name="Code">A number of the sender's own.</param>
/// <param name="Details">For people.</param>
/// <remarks>RFC 9810 §5.3.21: SEQUENCE { pKIStatusInfo PKIStatusInfo, errorCode INTEGER OPTIONAL, errorDetails PKIFreeText OPTIONAL }</remarks>
public sealed record ErrorMsgContent(PkiStatusInfo Status, BigInteger? Code = null, PkiFreeText? Details = null) : IAsn1Value<ErrorMsgContent>
{
    /// <inheritdoc />
    public static ErrorMsgContent Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new ErrorMsgContent(
            PkiStatusInfo.Decode(fields),
            fields.NextIs(Asn1Tag.Integer) ? fields.ReadBoundedInteger() : null,
            fields.ReadOptionalSequence<PkiFreeText>());
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Status.Encode(writer);
            if (Code is { } code)
            {
                writer.WriteInteger(code);
            }

            Details?.Encode(writer);
        }
    }
}
