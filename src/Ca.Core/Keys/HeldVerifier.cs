using System.Security.Cryptography;
using Pki.Protocols.X509;

namespace Ca.Core.Keys;

/// <summary>
/// Verifies many signatures with one public key. An EC key is imported once and kept: the import costs more than twice
/// the verification. RSA needs no import.
/// </summary>
internal sealed class HeldVerifier
{
    private readonly SubjectPublicKey key;
    private readonly ECDsa? ec;

    public HeldVerifier(SubjectPublicKey key)
    {
        this.key = key;
        if (key.IsEc)
        {
            ec = ECDsa.Create();
            ec.ImportSubjectPublicKeyInfo(key.Encoded.Span, out _);
        }
    }

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, SignatureAlgorithm algorithm) =>
        ec is not null && algorithm.Scheme == SignatureScheme.Ecdsa
            ? ec.VerifyData(data, signature, algorithm.Hash, DSASignatureFormat.Rfc3279DerSequence)
            : key.Verify(data, signature, algorithm);
}
