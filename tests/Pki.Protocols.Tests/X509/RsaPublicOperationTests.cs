using System.Numerics;
using System.Security.Cryptography;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>RFC 8017 §5.2.2, §8.2.2: forged paddings, bounded work, and the same result without OpenSSL.</summary>
[TestClass]
public sealed class RsaPublicOperationTests
{
    private static readonly byte[] Digest = SHA256.HashData("data"u8);

    // SEQUENCE { SEQUENCE { sha256, NULL }, OCTET STRING } of RFC 8017 §9.2 note 1
    private static readonly byte[] DigestInfo = [.. Vector.Hex("3031300D060960864801650304020105000420"), .. Digest];
    private static readonly byte[] DigestInfoWithoutNull = [.. Vector.Hex("302F300B0609608648016503040201 0420"), .. Digest];

    [TestMethod]
    public void A_correct_block_is_believed() => Assert.IsTrue(VerifyBlock(Block(0x00, 0x01, 0xFF, DigestInfo)));

    [TestMethod]
    public void The_variant_without_null_is_not() => Assert.IsFalse(VerifyBlock(Block(0x00, 0x01, 0xFF, DigestInfoWithoutNull)));

    [TestMethod]
    [DataRow(0x01, 0x01, 0xFF, DisplayName = "the first octet")]
    [DataRow(0x00, 0x02, 0xFF, DisplayName = "the block type")]
    [DataRow(0x00, 0x01, 0xFE, DisplayName = "the padding")]
    [DataRow(0x00, 0x01, 0x00, DisplayName = "no padding at all")]
    public void One_wrong_octet_is_not(int first, int type, int padding) =>
        Assert.IsFalse(VerifyBlock(Block((byte)first, (byte)type, (byte)padding, DigestInfo)));

    [TestMethod]
    public void Garbage_behind_a_short_padding_is_not()
    {
        // Bleichenbacher 2006: eight octets of padding, the DigestInfo, and a tail of the forger's choice.
        byte[] block = new byte[256];
        block.AsSpan(2, 8).Fill(0xFF);
        block[1] = 0x01;
        DigestInfo.CopyTo(block, 11);
        Assert.IsFalse(VerifyBlock(block));
    }

    [TestMethod]
    public void A_long_form_length_inside_is_not()
    {
        // BERserk: the same digest in BER.
        byte[] ber = [.. Vector.Hex("308132300D06096086480165030402010500 0420"), .. Digest];
        Assert.IsFalse(VerifyBlock(Block(0x00, 0x01, 0xFF, ber)));
    }

    [TestMethod]
    public void The_result_is_the_same_without_OpenSSL()
    {
        SubjectPublicKey key = ThrowawayPki.Rsa.Public;
        var operation = new RsaPublicOperation(key.RsaModulus.Span, key.RsaExponent.Span);
        byte[] value = new byte[256];
        RandomNumberGenerator.Fill(value.AsSpan(1));
        byte[] managed = new byte[256];
        operation.Managed(value, managed);
        Assert.IsTrue(operation.TryApply(value, out byte[] native));
        CollectionAssert.AreEqual(managed, native);
        byte[] one = new byte[256];
        one[^1] = 1;
        operation.Managed(one, managed);
        CollectionAssert.AreEqual(one, managed);
    }

    [TestMethod]
    public void OpenSSL_is_there_where_these_tests_run_on_Linux() => Assert.AreEqual(OperatingSystem.IsLinux(), LibCrypto.IsAvailable);

    [TestMethod]
    [DataRow(63, "03", false, DisplayName = "504 bits of modulus")]
    [DataRow(64, "03", true, DisplayName = "512 bits")]
    [DataRow(2048, "03", true, DisplayName = "16384 bits")]
    [DataRow(2049, "03", false, DisplayName = "16392 bits")]
    [DataRow(256, "01", false, DisplayName = "exponent 1")]
    [DataRow(256, "02", false, DisplayName = "an even exponent")]
    [DataRow(256, "FFFFFFFFFFFFFFFF", true, DisplayName = "64 bits of exponent")]
    [DataRow(256, "01FFFFFFFFFFFFFFFF", false, DisplayName = "65 bits")]
    [DataRow(256, "", false, DisplayName = "exponent 0")]
    public void The_work_is_bounded(int modulusBytes, string exponent, bool usable)
    {
        byte[] modulus = new byte[modulusBytes];
        modulus.AsSpan().Fill(0xFF);
        Assert.AreEqual(usable, new RsaPublicOperation(modulus, Vector.Hex(exponent)).IsUsable);
        modulus[^1] = 0xFE;
        Assert.IsFalse(new RsaPublicOperation(modulus, Vector.Hex(exponent)).IsUsable, "an even modulus");
    }

    [TestMethod]
    public void A_value_not_below_the_modulus_is_refused()
    {
        SubjectPublicKey key = ThrowawayPki.Rsa.Public;
        var operation = new RsaPublicOperation(key.RsaModulus.Span, key.RsaExponent.Span);
        Assert.IsFalse(operation.TryApply(key.RsaModulus.Span, out _));
        byte[] signature = ThrowawayPki.Rsa.Sign("data"u8, SignatureAlgorithm.Sha256WithRsa);
        var larger = new BigInteger(signature, isUnsigned: true, isBigEndian: true) + new BigInteger(key.RsaModulus.Span, isUnsigned: true, isBigEndian: true);
        byte[] sameResidue = larger.ToByteArray(isUnsigned: true, isBigEndian: true);
        Assert.IsFalse(key.Verify("data"u8, sameResidue, SignatureAlgorithm.Sha256WithRsa));
    }

    [TestMethod]
    [DataRow(2048, 20)]
    [DataRow(2048, 32, DisplayName = "as long as the digest")]
    [DataRow(2048, 0)]
    [DataRow(2048, 222, DisplayName = "as long as fits, OpenSSL's default")]
    [DataRow(1025, 32, DisplayName = "a modulus of whole octets and one bit")]
    [DataRow(1031, 32, DisplayName = "a modulus of whole octets and seven bits")]
    public async Task A_pss_signature_of_OpenSSL_verifies_with_any_salt(int bits, int salt)
    {
        CancellationToken cancel = TestContext.CancellationToken;
        using var openssl = new OpenSsl();
        openssl.Write("data", "data"u8.ToArray());
        await openssl.RunAsync($"genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:{bits} -out key.pem", cancel);
        await openssl.RunAsync($"dgst -sha256 -sign key.pem -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:{salt} -out signature data", cancel);
        using KeyPair key = KeyPair.FromPem(openssl.ReadText("key.pem"));
        byte[] signature = openssl.ReadBytes("signature");
        Assert.IsTrue(new RsaPublicOperation(key.Public.RsaModulus.Span, key.Public.RsaExponent.Span).VerifyPss(Digest, HashAlgorithmName.SHA256, salt, signature));
        Assert.IsFalse(new RsaPublicOperation(key.Public.RsaModulus.Span, key.Public.RsaExponent.Span).VerifyPss(Digest, HashAlgorithmName.SHA256, salt + 1, signature));
    }

    public required TestContext TestContext { get; init; }

    private static byte[] Block(byte first, byte type, byte padding, byte[] info)
    {
        byte[] block = new byte[256];
        block.AsSpan().Fill(padding);
        block[0] = first;
        block[1] = type;
        block[255 - info.Length] = 0x00;
        info.CopyTo(block, 256 - info.Length);
        return block;
    }

    /// <summary>Lets the private key make whichever block decrypts to the one given: block^d mod n.</summary>
    private static bool VerifyBlock(byte[] block)
    {
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(ThrowawayPki.Rsa.ExportPkcs8(), out _);
        RSAParameters key = rsa.ExportParameters(includePrivateParameters: true);
        var signature = BigInteger.ModPow(Positive(block), Positive(key.D!), Positive(key.Modulus!));
        byte[] bytes = new byte[256];
        signature.TryWriteBytes(bytes.AsSpan(256 - signature.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return new RsaPublicOperation(key.Modulus, key.Exponent).VerifyPkcs1(Digest, HashAlgorithmName.SHA256, bytes);
    }

    private static BigInteger Positive(byte[] value) => new(value, isUnsigned: true, isBigEndian: true);
}
