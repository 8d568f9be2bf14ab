using System.Formats.Asn1;
using System.Numerics;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>The parameters of PBMAC1, as written.</summary>
/// <param name="KeyDerivation">How the key is derived: PBKDF2.</param>
/// <param name="Mac">The MAC.</param>
/// <remarks>RFC 8018 appendix A.5: SEQUENCE { keyDerivationFunc AlgorithmIdentifier, messageAuthScheme AlgorithmIdentifier }</remarks>
public sealed record Pbmac1Params(AlgorithmIdentifier KeyDerivation, AlgorithmIdentifier Mac) : IAsn1Value<Pbmac1Params>
{
    /// <inheritdoc />
    public static Pbmac1Params Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new Pbmac1Params(AlgorithmIdentifier.Decode(fields), AlgorithmIdentifier.Decode(fields));
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            KeyDerivation.Encode(writer);
            Mac.Encode(writer);
        }
    }
}

/// <summary>The parameters of PBKDF2, as written. A salt from elsewhere (otherSource) nobody uses; it is refused.</summary>
/// <param name="Salt">The salt.</param>
/// <param name="IterationCount">The iteration count.</param>
/// <param name="KeyLength">Octets of the key; null when absent.</param>
/// <param name="PseudoRandomFunction">HMAC with SHA-1 when absent.</param>
/// <remarks>
/// RFC 8018 appendix A.2: SEQUENCE { salt CHOICE { specified OCTET STRING, otherSource AlgorithmIdentifier }, iterationCount
/// INTEGER (1..MAX), keyLength INTEGER (1..MAX) OPTIONAL, prf AlgorithmIdentifier DEFAULT algid-hmacWithSHA1 }
/// </remarks>
public sealed record Pbkdf2Params(ReadOnlyMemory<byte> Salt, BigInteger IterationCount, BigInteger? KeyLength, AlgorithmIdentifier PseudoRandomFunction) : IAsn1Value<Pbkdf2Params>
{
    private static readonly AlgorithmIdentifier DefaultFunction = AlgorithmIdentifier.WithNull(Oids.HmacWithSha1);

    /// <inheritdoc />
    public static Pbkdf2Params Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new Pbkdf2Params(
            fields.ReadOctets(),
            fields.ReadBoundedInteger(),
            fields.NextIs(Asn1Tag.Integer) ? fields.ReadBoundedInteger() : null,
            fields.HasData ? AlgorithmIdentifier.Decode(fields) : DefaultFunction);
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteOctetString(Salt.Span);
            writer.WriteInteger(IterationCount);
            if (KeyLength is { } length)
            {
                writer.WriteInteger(length);
            }

            if (PseudoRandomFunction != DefaultFunction)
            {
                PseudoRandomFunction.Encode(writer); // X.690 §11.5: a default is not written
            }
        }
    }
}
