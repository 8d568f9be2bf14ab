using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Tests.X509;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Cmp;

/// <summary>Which hash names a certificate in certConf (RFC 9810 §5.3.18, RFC 9481 §3.3, CMP-O-23).</summary>
[TestClass]
public sealed class CertHashTests
{
    [TestMethod]
    public void The_hash_is_that_of_the_signature()
    {
        Check(SignedWith(SignatureAlgorithm.EcdsaWithSha384), SHA384.HashData);
        Check(SignedWith(SignatureAlgorithm.Sha512WithRsa), SHA512.HashData);
        Check(SignedWith(SignatureAlgorithm.RsaPss(HashAlgorithmName.SHA256)), SHA256.HashData);
    }

    [TestMethod]
    public void EdDSA_has_a_hash_of_its_own()
    {
        Check(ClaimingSignature(Oids.Ed25519), SHA512.HashData);
        Check(ClaimingSignature(Oids.Ed448), octets => Shake256.HashData(octets, 64));
    }

    [TestMethod]
    public void Another_signature_says_nothing_about_the_hash_and_hashAlg_must()
    {
        Certificate certificate = ClaimingSignature("1.3.101.1");
        Assert.AreEqual(RefusalCode.UnsupportedAlgorithm, RefusalOf(certificate, null, PkiHeader.Cmp2021)?.Code);
        CollectionAssert.AreEqual(SHA256.HashData(certificate.Encoded.Span), CertHash.Compute(certificate, new(Oids.Sha256), PkiHeader.Cmp2021).OrThrow());
    }

    [TestMethod]
    public void HashAlg_needs_pvno_3_and_then_wins()
    {
        Certificate certificate = SignedWith(SignatureAlgorithm.EcdsaWithSha256);
        Assert.AreEqual(RefusalCode.Malformed, RefusalOf(certificate, new(Oids.Sha512), PkiHeader.Cmp2000)?.Code);
        CollectionAssert.AreEqual(SHA512.HashData(certificate.Encoded.Span), CertHash.Compute(certificate, AlgorithmIdentifier.WithNull(Oids.Sha512), PkiHeader.Cmp2021).OrThrow());
        CollectionAssert.AreEqual(Shake256.HashData(certificate.Encoded.Span, 64), CertHash.Compute(certificate, new(Oids.Shake256), PkiHeader.Cmp2021).OrThrow());
        Assert.AreEqual(RefusalCode.UnsupportedAlgorithm, RefusalOf(certificate, new(Oids.Md5), PkiHeader.Cmp2021)?.Code);
    }

    [TestMethod]
    public void A_confirmation_of_another_certificate_is_not_bound_to_this_one()
    {
        Certificate certificate = SignedWith(SignatureAlgorithm.EcdsaWithSha256);
        byte[] hash = SHA256.HashData(certificate.Encoded.Span);
        Assert.IsNull(CertHash.ObjectionTo(new(hash, 0), certificate, PkiHeader.Cmp2000));
        Assert.IsNull(CertHash.ObjectionTo(new(hash, 0, null, new(Oids.Sha256)), certificate, PkiHeader.Cmp2021));
        foreach (byte[] wrong in new[] { [], hash[..31], SHA256.HashData(hash) })
        {
            Assert.AreEqual(RefusalCode.NotBound, CertHash.ObjectionTo(new(wrong, 0), certificate, PkiHeader.Cmp2000)?.Code);
        }
    }

    private static void Check(Certificate certificate, Func<byte[], byte[]> hash) =>
        CollectionAssert.AreEqual(hash(certificate.Encoded.ToArray()), CertHash.Compute(certificate).OrThrow());

    private static Refusal? RefusalOf(Certificate certificate, AlgorithmIdentifier? hash, int version) =>
        CertHash.Compute(certificate, hash, version).Succeeded(out _, out Refusal? refusal) ? null : refusal;

    private static Certificate SignedWith(SignatureAlgorithm algorithm)
    {
        KeyPair key = algorithm.Scheme == SignatureScheme.Ecdsa ? ThrowawayPki.Ec : ThrowawayPki.Rsa;
        ReadOnlyMemory<byte> name = ThrowawayPki.Name("CN=hashed").Encoded;
        return new ToBeSignedCertificate(ThrowawayPki.Serial(1), algorithm, name, ThrowawayPki.Start, ThrowawayPki.Start.AddYears(1), name, key.Public.Encoded, []).Sign(key);
    }

    /// <summary>A certificate whose signature nobody here makes: the octets around a signature of zeros.</summary>
    private static Certificate ClaimingSignature(string oid)
    {
        var tbs = new System.Formats.Asn1.AsnReader(SignedWith(SignatureAlgorithm.EcdsaWithSha256).Encoded, System.Formats.Asn1.AsnEncodingRules.DER).ReadSequence().ReadEncodedValue();
        byte[] encoded = SignedStructure.Assemble(tbs.Span, SignatureAlgorithm.From(new(oid)), new byte[64]);
        return Der.Decode<Certificate>(encoded).OrThrow();
    }
}
