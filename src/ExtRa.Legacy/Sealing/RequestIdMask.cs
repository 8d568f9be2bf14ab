using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ExtRa.Legacy.SubMessages;
using ExtRa.Messages.Contract;
using Pki.Protocols.X509;

namespace ExtRa.Legacy.Sealing;

/// <summary>
/// Ties REQUESTIDs, the only thing a legacy answer repeats of its request, to the row: on the wire they are combined
/// with 63 bits that only this messageid gives. An answer brought over from another row, or kept from an earlier
/// message, carries the bits of that one and is not accepted (FLAWS.md B3). With an RSA key of our own only we can tell
/// the bits, for they come from a signature of ours: where requests are encrypted, nobody else can have the CA
/// sign an answer that fits a row of ours. Without such a key they follow from the messageid, which everybody reads.
/// </summary>
internal sealed class RequestIdMask
{
    /// <summary>What remains for the caller's own numbers.</summary>
    public const long Largest = ushort.MaxValue;

    private readonly long bits;

    private RequestIdMask(long bits) => this.bits = bits;

    /// <param name="messageId">The row's.</param>
    /// <param name="key">Ours, the same on all nodes; null on links without protection.</param>
    public static RequestIdMask Of(string messageId, KeyPair? key)
    {
        byte[] name = Encoding.UTF8.GetBytes($"REQUESTID of {messageId}");
        // PKCS#1 v1.5 signs the same the same way each time; no signed attributes (DER) begin like this text.
        byte[] own = key is { IsRsa: true } ? key.Sign(name, SignatureAlgorithm.RsaPkcs1(HashAlgorithmName.SHA256)) : name;
        return new(BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(own)) & long.MaxValue);
    }

    /// <summary>The requests as they go onto the wire.</summary>
    /// <exception cref="NotSupportedException">A number is too large.</exception>
    public IEnumerable<SubMessage> Apply(IEnumerable<SubMessage> parts) => parts.Select(part => part.RequestId is >= 0 and <= Largest
        ? part with { RequestId = part.RequestId ^ bits }
        : throw new NotSupportedException($"On a link to a legacy CA request ids are 0 to {Largest}."));

    /// <summary>
    /// The answers with the numbers of their requests; false when one has another row's. A failure that names no request,
    /// as our worker gives to what it cannot open, is nobody's: it would fit every row, and any RA can have one made.
    /// </summary>
    public bool TryRemove(ReadPart[] masked, out ReadPart[] parts)
    {
        parts = [.. masked.Select(part => part with { Part = part.Part with { RequestId = part.Part.RequestId ^ bits } })];
        return Array.TrueForAll(parts, part => part.Part.RequestId is >= 0 and <= Largest);
    }
}
