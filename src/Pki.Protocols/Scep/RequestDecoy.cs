using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Scep;

/// <summary>
/// The work of verifying a request where there is none to verify: otherwise an answer that comes earlier would tell
/// that the decrypted content did not even look like a request (SCEP.md E-07).
/// </summary>
internal static class RequestDecoy
{
    private const int ModulusBytes = 256; // RSA 2048, which nearly all clients have

    private static readonly SubjectPublicKey Key = MakeKey();
    private static readonly byte[] Signature = Filled(0x5A);

    /// <summary>Always false, after the time it takes to verify a signature.</summary>
    public static bool Verify(ReadOnlySpan<byte> content) => Key.Verify(content, Signature, SignatureAlgorithm.Sha256WithRsa);

    // Any odd number does: nobody has the private key to it.
    private static SubjectPublicKey MakeKey()
    {
        var key = new AsnWriter(AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteIntegerUnsigned(Filled(0xA5));
            key.WriteInteger(65537);
        }

        var info = new AsnWriter(AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            AlgorithmIdentifier.WithNull(Oids.RsaEncryption).Encode(info);
            info.WriteBitString(key.Encode());
        }

        return Der.Decode<SubjectPublicKey>(info.Encode()).OrThrow();
    }

    private static byte[] Filled(byte value)
    {
        byte[] bytes = new byte[ModulusBytes];
        Array.Fill(bytes, value);
        return bytes;
    }
}
