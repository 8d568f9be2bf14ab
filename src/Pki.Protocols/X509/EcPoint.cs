using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <summary>Named curves and uncompressed points (RFC 5480 §2). Keys are made and used on P-256, P-384 and P-521 only.</summary>
internal static class EcPoint
{
    private const byte Uncompressed = 0x04;

    /// <summary>The curve's OID; null when the curve is given by parameters (RFC 5480 §2.1.1 forbids it) or implied.</summary>
    public static string? ReadNamedCurve(AlgorithmIdentifier algorithm)
    {
        if (algorithm.Parameters is not { } parameters)
        {
            return null;
        }

        var reader = new AsnReader(parameters, AsnEncodingRules.BER);
        return reader.NextIs(Asn1Tag.ObjectIdentifier) ? reader.ReadObjectIdentifier() : null;
    }

    public static int FieldSizeInBits(string? curveOid) => curveOid switch
    {
        Oids.P256 => 256,
        Oids.P384 => 384,
        Oids.P521 => 521,
        _ => 0,
    };

    public static string NameOf(string? curveOid) => curveOid switch
    {
        Oids.P256 => "P-256",
        Oids.P384 => "P-384",
        Oids.P521 => "P-521",
        null => "EC on a curve without a name",
        _ => $"EC on {curveOid}",
    };

    /// <summary>The OID of a curve the platform may know by name only.</summary>
    public static string OidOf(ECCurve curve)
    {
        string name = curve.IsNamed ? curve.Oid.Value ?? curve.Oid.FriendlyName ?? "" : "";
        return name switch
        {
            Oids.P256 or "nistP256" or "ECDSA_P256" => Oids.P256,
            Oids.P384 or "nistP384" or "ECDSA_P384" => Oids.P384,
            Oids.P521 or "nistP521" or "ECDSA_P521" => Oids.P521,
            _ => throw new CryptographicException($"EC keys are used on P-256, P-384 and P-521 only, not on '{name}'."),
        };
    }

    /// <summary>The key for the BCL; null for another curve or a point that is not uncompressed.</summary>
    public static ECParameters? Parameters(string? curveOid, ReadOnlySpan<byte> point)
    {
        int size = (FieldSizeInBits(curveOid) + 7) / 8;
        if (curveOid is null || size == 0 || point.Length != 1 + (2 * size) || point[0] != Uncompressed)
        {
            return null;
        }

        return new ECParameters
        {
            Curve = ECCurve.CreateFromValue(curveOid),
            Q = new ECPoint { X = point.Slice(1, size).ToArray(), Y = point[(1 + size)..].ToArray() },
        };
    }
}
