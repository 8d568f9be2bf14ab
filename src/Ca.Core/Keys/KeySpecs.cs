using System.Globalization;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Ca.Core.Keys;

/// <summary>Names of key types and sizes: RSA2048 … RSA8192, P-256, P-384, P-521.</summary>
internal static class KeySpecs
{
    public static bool IsAllowedForCas(string keySpec) =>
        keySpec is "P-256" or "P-384" or "P-521" or "secp256r1" or "prime256v1" or "secp384r1" or "secp521r1"
        || (int.TryParse(keySpec.StartsWith("RSA", StringComparison.Ordinal) ? keySpec.AsSpan(3) : keySpec, NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
            && bits is >= 2048 and <= 8192 && bits % 8 == 0);

    /// <summary>The one name of a key that <see cref="KeyPair.Generate"/> makes, however it was asked for.</summary>
    public static string Canonical(string keySpec) => keySpec.ToUpperInvariant() switch
    {
        "SECP256R1" or "PRIME256V1" => "P-256",
        "SECP384R1" => "P-384",
        "SECP521R1" => "P-521",
        ['R', 'S', 'A', ..] or ['P', ..] => keySpec.ToUpperInvariant(),
        var bits => "RSA" + bits,
    };

    /// <summary>The name of a public key's kind; an unknown curve or algorithm is named by its OID.</summary>
    public static string Of(SubjectPublicKey key)
    {
        if (key.IsRsa)
        {
            return string.Create(CultureInfo.InvariantCulture, $"RSA{key.KeySizeBits}");
        }

        return (key.IsEc ? key.CurveOid : key.AlgorithmOid) switch
        {
            Oids.P256 => "P-256",
            Oids.P384 => "P-384",
            Oids.P521 => "P-521",
            var other => other ?? "explicit curve",
        };
    }
}
