using System.Security.Cryptography;
using Pki.Protocols.JavaStreams;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Recovery;

/// <summary>
/// Reads the Java object stream of a <c>java.security.KeyPair</c> (MIGRATION §2.6). Only the private key is taken; its
/// public half follows from it. No refusal quotes the stream but for the names of classes; all key octets are wiped.
/// </summary>
internal static class KeyPairStream
{
    private const int MaxRsaBytes = 1024;

    private static readonly string[] CrtNumbers = ["primeP", "primeQ", "primeExponentP", "primeExponentQ", "crtCoefficient"];

    private static readonly JavaStreamReader Reader = new(KeyPairClasses.All, JavaStreamLimits.OfKeyPairs);

    /// <summary>Reads a stream that fills its input; the caller disposes the key and wipes the stream.</summary>
    public static Outcome<KeyPair> Read(ReadOnlyMemory<byte> stream)
    {
        if (!Reader.Read(stream).Succeeded(out JavaValue? value, out Refusal? refusal))
        {
            return refusal;
        }

        try
        {
            return value is JavaObject pair && ReferenceEquals(pair.Class, KeyPairClasses.Pair) && pair.Layers[0]["privateKey"].Value is JavaObject key
                ? Private(key)
                : Malformed("it is no key pair");
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException) // the latter for curves
        {
            return Malformed("its private key is none that can be used");
        }
        finally
        {
            Wipe(value, new(ReferenceEqualityComparer.Instance));
        }
    }

    private static Outcome<KeyPair> Private(JavaObject key)
    {
        JavaLayer own = key.Layers[^1];
        if (KeyPairClasses.IsRsaPrivate(key.Class))
        {
            return Rsa(own, key.Layers[0]);
        }

        byte[]? pkcs8 = ReferenceEquals(key.Class, KeyPairClasses.KeyRep) ? Encoding(own)
            : (ReferenceEquals(key.Class, KeyPairClasses.EcPrivate) || ReferenceEquals(key.Class, KeyPairClasses.OlderEcPrivate)) && own.Items is [JavaBytes encoded, ..] ? encoded.Octets
            : null;
        return pkcs8 is null ? Malformed($"'{key.Class.Name}' is no private key") : KeyPair.FromPkcs8(pkcs8);
    }

    private static byte[]? Encoding(JavaLayer key) =>
        key["type"].Value is JavaEnum { Constant: "PRIVATE" } && key["format"].Value is JavaString { Text: "PKCS#8" } && key["encoded"].Value is JavaBytes encoded ? encoded.Octets : null;

    private static Outcome<KeyPair> Rsa(JavaLayer crt, JavaLayer super)
    {
        (JavaValue? modulus, JavaValue? exponent) = !ReferenceEquals(super.Class, KeyPairClasses.OlderRsa) ? (super["modulus"].Value, super["privateExponent"].Value)
            : super.Items is [var first, .., var last] ? (first, last) : (null, null);
        if (Number(modulus) is not { } n || Number(exponent) is not { } d || Number(crt["publicExponent"].Value) is not { } e || n.Length > MaxRsaBytes)
        {
            return Malformed("its RSA key lacks a number");
        }

        int half = (n.Length + 1) / 2;
        byte[]?[] numbers = [Padded(d, n.Length), .. CrtNumbers.Select(name => Padded(Number(crt[name].Value), half))];
        try
        {
            return numbers is [{ } whole, { } p, { } q, { } dp, { } dq, { } inverse]
                ? Import(new() { Modulus = n, Exponent = e, D = whole, P = p, Q = q, DP = dp, DQ = dq, InverseQ = inverse })
                : Malformed("the numbers of its RSA key do not fit each other");
        }
        finally
        {
            Array.ForEach(numbers, number => CryptographicOperations.ZeroMemory(number));
        }
    }

    private static KeyPair Import(RSAParameters parameters)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportParameters(parameters);
            return KeyPair.FromRsa(rsa);
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
    }

    /// <summary>The octets of a positive BigInteger, without leading zeros.</summary>
    private static byte[]? Number(JavaValue? value) =>
        value is JavaObject number && ReferenceEquals(number.Class, JavaClasses.BigInteger) && number.Layers[^1] is var layer
        && layer["signum"].Bits == 1 && layer["magnitude"].Value is JavaBytes { Octets: [not 0, ..] and var magnitude } ? magnitude : null;

    private static byte[]? Padded(byte[]? number, int size)
    {
        if (number is null || number.Length > size)
        {
            return null;
        }

        byte[] padded = new byte[size];
        number.CopyTo(padded, size - number.Length);
        return padded;
    }

    /// <summary>Each value once: references may name one value so often that nobody would come to an end.</summary>
    private static void Wipe(JavaValue? value, HashSet<object> seen)
    {
        if (value is null || !seen.Add(value))
        {
            return;
        }

        switch (value)
        {
            case JavaBytes bytes:
                CryptographicOperations.ZeroMemory(bytes.Octets);
                break;
            case JavaObjects many:
                foreach (JavaValue? item in many.Items)
                {
                    Wipe(item, seen);
                }

                break;
            case JavaObject of:
                foreach (JavaLayer layer in of.Layers)
                {
                    foreach (JavaValue? part in layer.Fields.Select(field => field.Value).Concat(layer.Items))
                    {
                        Wipe(part, seen);
                    }
                }

                break;
            default:
                break; // texts and empty attributes
        }
    }

    private static Refusal Malformed(string what) => new(RefusalCode.Malformed, $"The Java stream: {what}.");
}
