using System.Formats.Asn1;
using System.Numerics;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.Cmp;

/// <summary>Asks whether a request has been decided.</summary>
/// <param name="RequestId">certReqId of the request; -1 when what is waited for is no certificate (CMP-O-61).</param>
/// <remarks>RFC 9810 §5.3.22: SEQUENCE { certReqId INTEGER }</remarks>
public sealed record PollReq(BigInteger RequestId) : IAsn1Value<PollReq>
{
    /// <inheritdoc />
    public static PollReq Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new PollReq(fields.ReadBoundedInteger());
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(RequestId);
        }
    }
}

/// <summary>Says that a request is not decided yet.</summary>
/// <param name="RequestId">certReqId of the request.</param>
/// <param name="CheckAfter">How long to wait. The wire carries whole seconds.</param>
/// <param name="Reason">For people.</param>
/// <remarks>RFC 9810 §5.3.22: SEQUENCE { certReqId INTEGER, checkAfter INTEGER, reason PKIFreeText OPTIONAL }</remarks>
public sealed record PollRep(BigInteger RequestId, TimeSpan CheckAfter, PkiFreeText? Reason = null) : IAsn1Value<PollRep>
{
    /// <inheritdoc />
    public static PollRep Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new PollRep(
            fields.ReadBoundedInteger(),
            TimeSpan.FromSeconds(fields.ReadChoice(int.MaxValue, "checkAfter")),
            fields.HasData ? PkiFreeText.Decode(fields) : null);
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(RequestId);
            writer.WriteInteger((long)CheckAfter.TotalSeconds);
            Reason?.Encode(writer);
        }
    }
}
