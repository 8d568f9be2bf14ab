using System.Globalization;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;
using ScepRaServer.Configuration;

namespace ScepRaServer.Policies;

/// <summary>Which public keys are acceptable (SCEP.md S-08, R-10, K-01, L-02).</summary>
internal sealed class KeyPolicy(AliasOptions options)
{
    private const int MaxExponentBits = 64; // a larger one only makes verifying expensive

    /// <summary>The key that signs a message and that answers are encrypted to: RSA, or nobody could read the answer.</summary>
    public ScepFailure? CheckSigner(SubjectPublicKey key) =>
        key.IsRsa ? CheckRsa(key) : ScepFailure.BadAlgorithm("signer key must be RSA", $"The signer has a key of {key.Description}.");

    /// <summary>The key to be certified.</summary>
    public ScepFailure? CheckRequested(SubjectPublicKey key) =>
        key.IsRsa ? CheckRsa(key)
        : key is { IsEc: true, CurveOid: Oids.P256 or Oids.P384 or Oids.P521 } ? null
        : ScepFailure.BadAlgorithm("key algorithm not supported", $"The request is for a key of {key.Description}.");

    private ScepFailure? CheckRsa(SubjectPublicKey key)
    {
        if (key.KeySizeBits < options.MinRsaBits)
        {
            return ScepFailure.BadRequest(string.Create(CultureInfo.InvariantCulture, $"key too small: {key.KeySizeBits} < {options.MinRsaBits}"));
        }

        if (key.KeySizeBits > options.MaxRsaBits)
        {
            return ScepFailure.BadRequest(string.Create(CultureInfo.InvariantCulture, $"key too large: {key.KeySizeBits} > {options.MaxRsaBits}"));
        }

        ReadOnlySpan<byte> exponent = key.RsaExponent.Span;
        bool isSane = exponent.Length is > 0 and <= MaxExponentBits / 8 && (exponent[^1] & 1) == 1 && (exponent.Length > 1 || exponent[0] >= 3);
        return isSane ? null : ScepFailure.BadRequest("key has an unusual exponent");
    }
}
