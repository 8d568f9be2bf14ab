using System.Formats.Asn1;

namespace Pki.Protocols.X509;

/// <summary>The outer shape of everything signed in X.509 (RFC 5280 §4.1, §5.1, RFC 2986 §4.2).</summary>
public static class SignedStructure
{
    /// <summary>SEQUENCE { toBeSigned, signatureAlgorithm, signature BIT STRING }</summary>
    /// <param name="tbs">The encoding that was signed.</param>
    /// <param name="algorithm">How.</param>
    /// <param name="signature">The signature over it.</param>
    public static byte[] Assemble(ReadOnlySpan<byte> tbs, SignatureAlgorithm algorithm, ReadOnlySpan<byte> signature)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER, tbs.Length + signature.Length + 128);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(tbs);
            algorithm.Encode(writer);
            writer.WriteBitString(signature);
        }

        return writer.Encode();
    }
}
