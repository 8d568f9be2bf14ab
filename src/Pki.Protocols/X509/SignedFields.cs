using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>The outer shape that certificates, CRLs and requests share: what is signed, how, and the signature.</summary>
/// <remarks>RFC 5280 §4.1: SEQUENCE { toBeSigned, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }</remarks>
internal sealed record SignedFields(ReadOnlyMemory<byte> ToBeSigned, SignatureAlgorithm Algorithm, ReadOnlyMemory<byte> Signature, AsnEncodingRules Rules)
{
    public static SignedFields Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new SignedFields(fields.ReadEncodedValue(), SignatureAlgorithm.Decode(fields), fields.ReadWholeBitString(), fields.RuleSet);
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <summary>The fields of the signed SEQUENCE.</summary>
    public AsnReader OpenToBeSigned() =>
        new AsnReader(ToBeSigned, Rules, new AsnReaderOptions { SkipSetSortOrderVerification = true }).ReadSequence();
}
