using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>RFC 5280 §4.1.2.7, RFC 3279 §2.3, RFC 5480 §2: keys looked at and used by hand, the platform as witness.</summary>
[TestClass]
public sealed class SubjectPublicKeyTests
{
    private static readonly byte[] Data = "what is signed"u8.ToArray();

    [TestMethod]
    public void An_rsa_key_shows_its_numbers()
    {
        using var rsa = RSA.Create(2048);
        SubjectPublicKey key = Der.Decode<SubjectPublicKey>(rsa.ExportSubjectPublicKeyInfo()).OrThrow();
        Assert.IsTrue(key.IsRsa);
        Assert.IsFalse(key.IsEc);
        Assert.AreEqual(2048, key.KeySizeBits);
        Assert.AreEqual("RSA 2048", key.Description);
        CollectionAssert.AreEqual(rsa.ExportParameters(false).Modulus, key.RsaModulus.ToArray());
        CollectionAssert.AreEqual(Vector.Hex("010001"), key.RsaExponent.ToArray());
        CollectionAssert.AreEqual(rsa.ExportSubjectPublicKeyInfo(), SubjectPublicKey.FromRsa(rsa).Encoded.ToArray());
    }

    [TestMethod]
    [DataRow("P-256", 256, Oids.P256)]
    [DataRow("P-384", 384, Oids.P384)]
    [DataRow("P-521", 521, Oids.P521)]
    public void An_ec_key_shows_its_curve(string spec, int bits, string curve)
    {
        using KeyPair pair = KeyPair.Generate(spec);
        Assert.IsTrue(pair.Public.IsEc);
        Assert.AreEqual(bits, pair.Public.KeySizeBits);
        Assert.AreEqual(curve, pair.Public.CurveOid);
        Assert.AreEqual(spec, pair.Public.Description);
        using var witness = ECDsa.Create();
        witness.ImportSubjectPublicKeyInfo(pair.Public.Encoded.Span, out _);
        CollectionAssert.AreEqual(witness.ExportSubjectPublicKeyInfo(), pair.Public.Encoded.ToArray());
    }

    [TestMethod]
    public void The_key_identifier_is_the_one_in_the_recorded_CA_certificate()
    {
        Certificate ca = Vector.Ca();
        CollectionAssert.AreEqual(ca.SubjectKeyIdentifier!.Value.ToArray(), ca.PublicKey.KeyIdentifier());
    }

    [TestMethod]
    public void Absent_and_null_parameters_are_the_same_rsa_key()
    {
        SubjectPublicKey with = ThrowawayPki.Rsa.Public;
        SubjectPublicKey without = Der.Decode<SubjectPublicKey>(WithoutNull(with)).OrThrow();
        Assert.IsFalse(with.Encoded.Span.SequenceEqual(without.Encoded.Span));
        Assert.IsTrue(with.SameKeyAs(without));
        Assert.IsTrue(without.SameKeyAs(with));
        CollectionAssert.AreEqual(with.Sha256(), without.Sha256());
        Assert.IsFalse(with.SameKeyAs(ThrowawayPki.Ec.Public));
        Assert.IsFalse(with.SameKeyAs(null));
    }

    [TestMethod]
    [DynamicData(nameof(Signatures))]
    public void A_signature_of_the_platform_verifies_and_a_touched_one_does_not(KeyPair key, SignatureAlgorithm algorithm)
    {
        byte[] signature = key.Sign(Data, algorithm);
        Assert.IsTrue(key.Public.Verify(Data, signature, algorithm));
        Assert.IsFalse(key.Public.Verify("what was signed"u8, signature, algorithm));
        for (int i = 0; i < signature.Length; i += 7)
        {
            byte[] touched = [.. signature];
            touched[i] ^= 0x10;
            Assert.IsFalse(key.Public.Verify(Data, touched, algorithm), $"octet {i}");
        }

        Assert.IsFalse(key.Public.Verify(Data, [], algorithm));
        Assert.IsFalse(key.Public.Verify(Data, signature.AsSpan(1), algorithm));
        Assert.IsFalse(key.Public.Verify(Data, [0, .. signature], algorithm));
    }

    public static IEnumerable<object[]> Signatures()
    {
        foreach (HashAlgorithmName hash in (HashAlgorithmName[])[HashAlgorithmName.SHA1, HashAlgorithmName.SHA256, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512])
        {
            yield return [ThrowawayPki.Rsa, SignatureAlgorithm.RsaPkcs1(hash)];
            yield return [ThrowawayPki.Rsa, SignatureAlgorithm.RsaPss(hash)];
            yield return [ThrowawayPki.Ec, SignatureAlgorithm.Ecdsa(hash)];
        }

        yield return [ThrowawayPki.Rsa, SignatureAlgorithm.RsaPkcs1(HashAlgorithmName.MD5)];
    }

    [TestMethod]
    public void A_key_of_the_other_kind_verifies_nothing()
    {
        Assert.IsFalse(ThrowawayPki.Ec.Public.Verify(Data, new byte[64], SignatureAlgorithm.Sha256WithRsa));
        Assert.IsFalse(ThrowawayPki.Rsa.Public.Verify(Data, new byte[256], SignatureAlgorithm.EcdsaWithSha256));
    }

    [TestMethod]
    public void A_point_off_its_curve_verifies_nothing()
    {
        byte[] encoded = ThrowawayPki.Ec.Public.Encoded.ToArray();
        encoded[^1] ^= 1;
        byte[] signature = ThrowawayPki.Ec.Sign(Data, SignatureAlgorithm.EcdsaWithSha256);
        Assert.IsFalse(Der.Decode<SubjectPublicKey>(encoded).OrThrow().Verify(Data, signature, SignatureAlgorithm.EcdsaWithSha256));
    }

    [TestMethod]
    public void A_compressed_point_and_an_unknown_algorithm_are_read_and_verify_nothing()
    {
        SubjectPublicKey ed25519 = Der.Decode<SubjectPublicKey>(Vector.Hex("302A 3005 06032B6570 0321 00" + new string('7', 64))).OrThrow();
        Assert.AreEqual(Oids.Ed25519, ed25519.AlgorithmOid);
        Assert.AreEqual(0, ed25519.KeySizeBits);
        Assert.IsFalse(ed25519.Verify(Data, new byte[64], SignatureAlgorithm.EcdsaWithSha256));
        SubjectPublicKey compressed = Der.Decode<SubjectPublicKey>(Vector.Hex("3039 3013 06072A8648CE3D0201 06082A8648CE3D030107 0322 00 02" + new string('7', 64))).OrThrow();
        Assert.AreEqual(256, compressed.KeySizeBits);
        Assert.IsFalse(compressed.Verify(Data, ThrowawayPki.Ec.Sign(Data, SignatureAlgorithm.EcdsaWithSha256), SignatureAlgorithm.EcdsaWithSha256));
    }

    [TestMethod]
    [DataRow("301C 300D 06092A864886F70D010101 0500 030B 00 3008 0201FF 0203010001", DisplayName = "a negative modulus")]
    [DataRow("301C 300D 06092A864886F70D010101 0500 030B 01 3008 020105 0203010001", DisplayName = "a BIT STRING that ends within an octet")]
    [DataRow("301E 300D 06092A864886F70D010101 0500 030D 00 3008 020105 0203010001 0500", DisplayName = "something after the key")]
    public void A_malformed_rsa_key_is_refused(string hex)
    {
        Assert.IsFalse(Der.Decode<SubjectPublicKey>(Vector.Hex(hex)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
    }

    [TestMethod]
    public void What_is_encrypted_here_the_platform_decrypts()
    {
        byte[] encrypted = ThrowawayPki.Rsa.Public.EncryptPkcs1(Data, RandomNumberGenerator.Fill).OrThrow();
        CollectionAssert.AreEqual(Data, ThrowawayPki.Rsa.Decrypt(encrypted, RSAEncryptionPadding.Pkcs1));
        Assert.IsNull(ThrowawayPki.Rsa.Decrypt(encrypted, RSAEncryptionPadding.OaepSHA1));
    }

    [TestMethod]
    public void Too_much_data_and_the_wrong_kind_of_key_are_refused()
    {
        Assert.IsFalse(ThrowawayPki.Rsa.Public.EncryptPkcs1(new byte[246], RandomNumberGenerator.Fill).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.WeakKey, refusal.Code);
        Assert.IsTrue(ThrowawayPki.Rsa.Public.EncryptPkcs1(new byte[245], RandomNumberGenerator.Fill).Succeeded(out _, out _));
        Assert.IsFalse(ThrowawayPki.Ec.Public.EncryptPkcs1(Data, RandomNumberGenerator.Fill).Succeeded(out _, out refusal));
        Assert.AreEqual(RefusalCode.UnsupportedAlgorithm, refusal.Code);
    }

    private static byte[] WithoutNull(SubjectPublicKey key)
    {
        byte[] encoded = key.Encoded.ToArray(); // 30 82 LL LL 30 0D 06 09 <oid> 05 00 03 ...
        byte[] shorter = [.. encoded[..4], 0x30, 0x0B, .. encoded[6..17], .. encoded[19..]];
        shorter[3] -= 2;
        return shorter;
    }
}
