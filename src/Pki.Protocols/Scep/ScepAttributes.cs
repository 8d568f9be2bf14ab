using System.Formats.Asn1;
using System.Globalization;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;

namespace Pki.Protocols.Scep;

/// <summary>
/// The attributes of a pkiMessage (RFC 8894 §3.2.1, table 1). Reading: any string type, each attribute at most once
/// with exactly one value (SCEP.md ), signed ones only. Writing: the types of the table.
/// </summary>
internal static class ScepAttributes
{
    private const int MaxNonceLength = 64;

    /// <summary>A string attribute; null when absent.</summary>
    public static string? ReadText(SignerInfo signer, string oid) => Read(signer, oid, Asn1Text.Read);

    /// <summary>A nonce; null when absent.</summary>
    public static byte[]? ReadNonce(SignerInfo signer, string oid) => Read(signer, oid, reader =>
    {
        byte[] nonce = reader.ReadOctetString();
        LimitExceededException.ThrowIfMore(nonce.Length, MaxNonceLength, "Octets of a nonce");
        return nonce.Length == 0 ? throw new AsnContentException("A nonce is empty.") : nonce;
    });

    /// <summary>The transaction id; null when absent.</summary>
    public static TransactionId? ReadTransactionId(SignerInfo signer) => Read(signer, Oids.ScepTransactionId, TransactionId.Decode);

    public static CmsAttribute Text(string oid, int number) =>
        Write(oid, writer => writer.WriteCharacterString(UniversalTagNumber.PrintableString, number.ToString(CultureInfo.InvariantCulture)));

    public static CmsAttribute Utf8(string oid, string text) => Write(oid, writer => writer.WriteCharacterString(UniversalTagNumber.UTF8String, text));

    public static CmsAttribute Nonce(string oid, ReadOnlyMemory<byte> nonce) => Write(oid, writer => writer.WriteOctetString(nonce.Span));

    public static CmsAttribute Id(TransactionId id) => new(Oids.ScepTransactionId, id.Encode());

    private static CmsAttribute Write(string oid, Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return new(oid, writer.Encode());
    }

    private static T? Read<T>(SignerInfo signer, string oid, Func<AsnReader, T> read)
        where T : class
    {
        CmsAttribute[] found = [.. signer.Of(oid)];
        if (found.Length == 0)
        {
            return null;
        }

        if (found is not [{ Values: [var value] }])
        {
            throw new AsnContentException($"The attribute {oid} is there more than once.");
        }

        var reader = new AsnReader(value, AsnEncodingRules.BER);
        T result = read(reader);
        reader.ThrowIfNotEmpty();
        return result;
    }
}
