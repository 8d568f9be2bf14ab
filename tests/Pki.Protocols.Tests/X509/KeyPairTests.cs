using System.Security.Cryptography;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>Private keys held for the life of the process.</summary>
[TestClass]
public sealed class KeyPairTests
{
    [TestMethod]
    [DataRow("RSA2048", true)]
    [DataRow("rsa8192", true)]
    [DataRow("3072", true)]
    [DataRow("P-256", true)]
    [DataRow("secp256r1", true)]
    [DataRow("prime256v1", true)]
    [DataRow("secp521r1", true)]
    [DataRow("RSA1024", false)]
    [DataRow("RSA2049", false)]
    [DataRow("RSA16384", false)]
    [DataRow("secp256k1", false)]
    [DataRow("", false)]
    [DataRow("RSA", false)]
    [DataRow("-2048", false)]
    public void Key_specifications_are_a_closed_list(string spec, bool known)
    {
        Assert.AreEqual(known, KeyPair.IsKeySpec(spec));
        if (!known)
        {
            Assert.ThrowsExactly<ArgumentException>(() => KeyPair.Generate(spec));
        }
    }

    [TestMethod]
    [DataRow("RSA2048")]
    [DataRow("P-384")]
    public void A_key_survives_export_and_import(string spec)
    {
        using KeyPair key = KeyPair.Generate(spec);
        using KeyPair again = KeyPair.FromPkcs8(key.ExportPkcs8());
        using KeyPair fromPem = KeyPair.FromPem(PemEncoding.WriteString("PRIVATE KEY", key.ExportPkcs8()));
        Assert.IsTrue(key.Public.SameKeyAs(again.Public));
        Assert.IsTrue(key.Public.SameKeyAs(fromPem.Public));
        var algorithm = SignatureAlgorithm.For(key.Public, HashAlgorithmName.SHA256);
        Assert.IsTrue(key.Public.Verify("data"u8, again.Sign("data"u8, algorithm), algorithm));
    }

    [TestMethod]
    public void What_is_no_private_key_is_refused() => Assert.Throws<CryptographicException>(() => KeyPair.FromPkcs8([0x30, 0x00]));

    [TestMethod]
    public void An_ecdsa_signature_is_a_der_sequence() => Assert.AreEqual(0x30, ThrowawayPki.Ec.Sign("data"u8, SignatureAlgorithm.EcdsaWithSha256)[0]);

    [TestMethod]
    public void A_key_does_not_sign_with_the_other_kinds_algorithm()
    {
        Assert.ThrowsExactly<ArgumentException>(() => ThrowawayPki.Rsa.Sign("data"u8, SignatureAlgorithm.EcdsaWithSha256));
        Assert.ThrowsExactly<ArgumentException>(() => ThrowawayPki.Ec.Sign("data"u8, SignatureAlgorithm.Sha256WithRsa));
    }

    [TestMethod]
    [DataRow("P-256", 32)]
    [DataRow("P-384", 48)]
    [DataRow("P-521", 66)]
    public void Both_sides_of_an_agreement_agree(string curve, int octets)
    {
        using KeyPair alice = KeyPair.Generate(curve);
        using KeyPair bob = KeyPair.Generate(curve);
        byte[] secret = alice.AgreeEcdh(bob.Public);
        Assert.HasCount(octets, secret);
        CollectionAssert.AreEqual(secret, bob.AgreeEcdh(alice.Public));
    }

    [TestMethod]
    public void Keys_of_different_kinds_do_not_agree()
    {
        using KeyPair other = KeyPair.Generate("P-384");
        Assert.ThrowsExactly<CryptographicException>(() => ThrowawayPki.Ec.AgreeEcdh(other.Public));
        Assert.ThrowsExactly<CryptographicException>(() => ThrowawayPki.Ec.AgreeEcdh(ThrowawayPki.Rsa.Public));
        Assert.ThrowsExactly<CryptographicException>(() => ThrowawayPki.Rsa.AgreeEcdh(ThrowawayPki.Ec.Public));
    }

    [TestMethod]
    public void One_key_serves_all_threads_at_once()
    {
        using KeyPair rsa = KeyPair.FromPkcs8(ThrowawayPki.Rsa.ExportPkcs8());
        using KeyPair ec = KeyPair.FromPkcs8(ThrowawayPki.Ec.ExportPkcs8());
        byte[] encrypted = rsa.Public.EncryptPkcs1("secret"u8, RandomNumberGenerator.Fill).OrThrow();
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            byte[] data = BitConverter.GetBytes(i);
            Assert.IsTrue(rsa.Public.Verify(data, rsa.Sign(data, SignatureAlgorithm.Sha256WithRsa), SignatureAlgorithm.Sha256WithRsa));
            Assert.IsTrue(ec.Public.Verify(data, ec.Sign(data, SignatureAlgorithm.EcdsaWithSha256), SignatureAlgorithm.EcdsaWithSha256));
            CollectionAssert.AreEqual("secret"u8.ToArray(), rsa.Decrypt(encrypted, RSAEncryptionPadding.Pkcs1));
            Assert.HasCount(32, ec.AgreeEcdh(ThrowawayPki.Ec.Public));
        });
    }
}
