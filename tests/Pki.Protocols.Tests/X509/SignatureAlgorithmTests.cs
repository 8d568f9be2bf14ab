using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>RFC 4055, RFC 5758, SCEP.md S-06 and S-07.</summary>
[TestClass]
public sealed class SignatureAlgorithmTests
{
    [TestMethod]
    [DataRow("300D 06092A864886F70D01010B 0500", SignatureScheme.RsaPkcs1, "SHA256")]
    [DataRow("300B 06092A864886F70D01010B", SignatureScheme.RsaPkcs1, "SHA256", DisplayName = "RSA without NULL")]
    [DataRow("300D 06092A864886F70D010105 0500", SignatureScheme.RsaPkcs1, "SHA1")]
    [DataRow("3009 06052B0E03021D 0500", SignatureScheme.RsaPkcs1, "SHA1", DisplayName = "the OIW's name of it")]
    [DataRow("300D 06092A864886F70D010104 0500", SignatureScheme.RsaPkcs1, "MD5")]
    [DataRow("300A 06082A8648CE3D040302", SignatureScheme.Ecdsa, "SHA256")]
    [DataRow("3009 06072A8648CE3D0401", SignatureScheme.Ecdsa, "SHA1")]
    public void Known_algorithms_are_understood_and_written_back_as_they_came(string hex, SignatureScheme scheme, string hash)
    {
        SignatureAlgorithm algorithm = Der.Decode<SignatureAlgorithm>(Vector.Hex(hex)).OrThrow();
        Assert.AreEqual(scheme, algorithm.Scheme);
        Assert.AreEqual(hash, algorithm.Hash.Name);
        CollectionAssert.AreEqual(Vector.Hex(hex), Der.Encode(algorithm));
    }

    [TestMethod]
    [DataRow("300D 06092A864886F70D01010E 0500", DisplayName = "sha224WithRSAEncryption")]
    [DataRow("3005 06032B6570", DisplayName = "Ed25519")]
    [DataRow("300D 06092A864886F70D01010B 3000", DisplayName = "RSA with parameters it cannot have")]
    [DataRow("300B 06092A864886F70D01010A", DisplayName = "PSS without parameters")]
    [DataRow("303D 06092A864886F70D01010A 3030 A00D300B0609608648016503040202 A11A301806092A864886F70D010108300B0609608648016503040201 A203020130", DisplayName = "PSS with two different digests")]
    public void Others_are_read_and_verify_nothing(string hex)
    {
        SignatureAlgorithm algorithm = Der.Decode<SignatureAlgorithm>(Vector.Hex(hex)).OrThrow();
        Assert.IsFalse(algorithm.IsKnown);
        Assert.IsFalse(ThrowawayPki.Rsa.Public.Verify("data"u8, new byte[256], algorithm));
    }

    [TestMethod]
    public void Pss_without_a_word_means_sha1_and_twenty_octets()
    {
        SignatureAlgorithm algorithm = Der.Decode<SignatureAlgorithm>(Vector.Hex("300D 06092A864886F70D01010A 3000")).OrThrow();
        Assert.AreEqual(HashAlgorithmName.SHA1, algorithm.Hash);
        Assert.AreEqual(20, algorithm.SaltLength);
    }

    [TestMethod]
    public void Pss_writes_what_it_reads()
    {
        SignatureAlgorithm written = SignatureAlgorithm.RsaPss(HashAlgorithmName.SHA384);
        SignatureAlgorithm read = Der.Decode<SignatureAlgorithm>(Der.Encode(written)).OrThrow();
        Assert.AreEqual(written, read);
        Assert.AreEqual(48, read.SaltLength);
    }

    [TestMethod]
    public void Parameters_that_do_not_decode_are_malformed()
    {
        Assert.IsFalse(Der.Decode<SignatureAlgorithm>(Vector.Hex("300F 06092A864886F70D01010A 3002 A000")).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
    }

    [TestMethod]
    public void A_key_names_its_own_algorithm()
    {
        Assert.AreEqual(SignatureAlgorithm.Sha256WithRsa, SignatureAlgorithm.For(ThrowawayPki.Rsa.Public, HashAlgorithmName.SHA256));
        Assert.AreEqual(SignatureAlgorithm.EcdsaWithSha384, SignatureAlgorithm.For(ThrowawayPki.Ec.Public, HashAlgorithmName.SHA384));
        Assert.ThrowsExactly<ArgumentException>(() => SignatureAlgorithm.For(ThrowawayPki.Ec.Public, HashAlgorithmName.MD5));
    }
}
