using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Cmp;

/// <summary>A time that stands alone: confirmWaitTime.</summary>
/// <param name="Time">Whole seconds on the wire.</param>
/// <remarks>RFC 9810 §5.1.1.2: GeneralizedTime</remarks>
public sealed record CmpTime(DateTimeOffset Time) : IAsn1Value<CmpTime>
{
    /// <inheritdoc />
    public static CmpTime Decode(AsnReader reader) => new(reader.ReadAnyGeneralizedTime());

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteGeneralizedTime(Time, omitFractionalSeconds: true);
}
