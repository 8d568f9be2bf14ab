using System.Numerics;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Cmp;

/// <summary>PasswordBasedMac and PBMAC1 (RFC 9810 §5.1.3.1, RFC 9481 §6.1.2, CMP-S-1 to S-5, S-18, CMP_PEERS.md V16).</summary>
[TestClass]
public sealed class MacAlgorithmTests
{
    private static readonly byte[] Salt = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
    private static readonly PkiHeader Header = new() { SenderKeyId = new byte[] { 1 } };

    [TestMethod]
    [DataRow(Oids.Sha1, Oids.HmacSha1Ietf)]
    [DataRow(Oids.Sha256, Oids.HmacSha1Ietf, DisplayName = "what OpenSSL does by default")]
    [DataRow(Oids.Sha256, Oids.HmacWithSha1)]
    [DataRow(Oids.Sha256, Oids.HmacWithSha256)]
    [DataRow(Oids.Sha384, Oids.HmacWithSha384)]
    [DataRow(Oids.Sha512, Oids.HmacWithSha512)]
    [DataRow(Oids.Sha3With256, Oids.HmacWithSha3With256)]
    [DataRow(Oids.Sha3With384, Oids.HmacWithSha3With384)]
    [DataRow(Oids.Sha3With512, Oids.HmacWithSha3With512)]
    public void PasswordBasedMac_of_every_hash_is_right_with_the_secret_and_wrong_with_another(string hash, string mac)
    {
        using MacKey key = PasswordBasedMac.Create(Salt, 100, hash, mac).DeriveKey(CmpFixture.Secret);
        Check(MessageProtection.Mac(Header, new PkiBody.Confirmation(), key));
    }

    [TestMethod]
    [DataRow(Oids.HmacWithSha1)]
    [DataRow(Oids.HmacWithSha256)]
    [DataRow(Oids.HmacWithSha384)]
    [DataRow(Oids.HmacWithSha512)]
    public void Pbmac1_of_every_hash_is_right_with_the_secret_and_wrong_with_another(string hmac)
    {
        using MacKey key = Pbmac1.Create(Salt, 1000, hmac).DeriveKey(CmpFixture.Secret);
        Check(MessageProtection.Mac(Header, new PkiBody.Confirmation(), key));
    }

    [TestMethod]
    public void The_iteration_count_is_how_often_the_hash_is_applied_in_total()
    {
        byte[] expected = SHA256.HashData([.. "insta"u8, .. Salt]);
        for (int i = 1; i < 100; i++)
        {
            expected = SHA256.HashData(expected);
        }

        using MacKey key = PasswordBasedMac.Create(Salt, 100).DeriveKey(CmpFixture.Secret);
        CollectionAssert.AreEqual(HMACSHA256.HashData(expected, "data"u8), key.Compute("data"u8));
    }

    [TestMethod]
    public void PBKDF2_without_prf_means_HMAC_SHA1_and_without_keyLength_a_digest_of_the_MAC()
    {
        byte[] derivation = Ber.Tlv(0x30, Ber.Tlv(0x04, Salt), [0x02, 0x02, 0x03, 0xE8]);
        using MacKey key = MacAlgorithm.From(Pbmac1With(derivation), MacLimits.Default).OrThrow().DeriveKey(CmpFixture.Secret);
        byte[] expected = Rfc2898DeriveBytes.Pbkdf2("insta"u8, Salt, 1000, HashAlgorithmName.SHA1, 32);
        CollectionAssert.AreEqual(HMACSHA256.HashData(expected, "data"u8), key.Compute("data"u8));
    }

    [TestMethod]
    [DataRow("-1", false)]
    [DataRow("0", false)]
    [DataRow("1", false)]
    [DataRow("99", false)]
    [DataRow("100", true)]
    [DataRow("100000", true)]
    [DataRow("100001", false)]
    [DataRow("2147483647", false)]
    [DataRow("1099511627776", false, DisplayName = "2^40")]
    public void The_count_of_PasswordBasedMac_is_judged_before_anything_is_hashed_as_CMP_S_4_wants(string count, bool accepted) =>
        Judge(Pbm(Salt.Length, BigInteger.Parse(count, System.Globalization.CultureInfo.InvariantCulture)), accepted);

    [TestMethod]
    [DataRow(0, "1000", null, false, DisplayName = "no salt")]
    [DataRow(16, "0", null, false)]
    [DataRow(16, "999", null, false)]
    [DataRow(16, "1000", null, true)]
    [DataRow(16, "1000000", null, true)]
    [DataRow(16, "1000001", null, false)]
    [DataRow(16, "1099511627776", null, false)]
    [DataRow(16, "1000", "15", false)]
    [DataRow(16, "1000", "16", true)]
    [DataRow(16, "1000", "129", false)]
    [DataRow(16, "1000", "2147483648", false, DisplayName = "V16: a key of 2^31 octets")]
    [DataRow(16, "1000", "-1", false)]
    public void The_parameters_of_PBMAC1_are_judged_before_anything_is_hashed(int salt, string count, string? keyLength, bool accepted)
    {
        BigInteger? length = keyLength is null ? null : BigInteger.Parse(keyLength, System.Globalization.CultureInfo.InvariantCulture);
        var derivation = new Pbkdf2Params(new byte[salt], BigInteger.Parse(count, System.Globalization.CultureInfo.InvariantCulture), length, AlgorithmIdentifier.WithNull(Oids.HmacWithSha256));
        Judge(Pbmac1With(Der.Encode(derivation)), accepted);
    }

    /// <summary>RFC 8018 §5.2: a key of several digests takes the count several times, and the limit is one of work.</summary>
    [TestMethod]
    [DataRow(Oids.HmacWithSha1, 20, 1_000_000, true, 1_000_000)]
    [DataRow(Oids.HmacWithSha1, 128, 142_857, true, 999_999, DisplayName = "7 blocks")]
    [DataRow(Oids.HmacWithSha1, 128, 142_858, false, 0)]
    [DataRow(Oids.HmacWithSha256, 33, 500_001, false, 0, DisplayName = "an octet more than a block")]
    [DataRow(Oids.HmacWithSha512, 64, 1_000_000, true, 1_000_000)]
    public void The_limit_of_PBMAC1_counts_the_blocks_of_the_key(string function, int keyLength, int count, bool accepted, int cost)
    {
        AlgorithmIdentifier algorithm = Pbmac1With(Der.Encode(new Pbkdf2Params(new byte[16], count, keyLength, AlgorithmIdentifier.WithNull(function))));
        Judge(algorithm, accepted);
        Assert.AreEqual(cost, MacAlgorithm.From(algorithm, MacLimits.Default).Succeeded(out MacAlgorithm? mac, out _) ? mac.Iterations : 0);
    }

    [TestMethod]
    [DataRow(7, false)]
    [DataRow(8, true)]
    [DataRow(128, true)]
    [DataRow(129, false)]
    public void The_salt_has_8_to_128_octets_as_CMP_S_5_says(int length, bool accepted) => Judge(Pbm(length, 500), accepted);

    [TestMethod]
    public void SHA_1_as_one_way_function_has_its_own_switch()
    {
        AlgorithmIdentifier pbm = Pbm(16, 500, Oids.Sha1);
        Assert.AreEqual(RefusalCode.UnsupportedAlgorithm, RefusalOf(pbm, MacLimits.Default)?.Code);
        Assert.IsNull(RefusalOf(pbm, MacLimits.Default with { AllowSha1OneWayFunction = true }));
    }

    [TestMethod]
    [DataRow(Oids.DhBasedMac, "DHBasedMac")]
    [DataRow(Oids.KemBasedMac, "KemBasedMac")]
    [DataRow("1.2.3", "1.2.3")]
    public void Other_MACs_are_refused_by_name_as_CMP_S_18_says(string oid, string name)
    {
        Refusal? refusal = RefusalOf(new(oid), MacLimits.Default);
        Assert.AreEqual(RefusalCode.UnsupportedAlgorithm, refusal?.Code);
        StringAssert.Contains(refusal!.Detail, name, StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow(Oids.Md5, Oids.HmacWithSha256)]
    [DataRow(Oids.Sha224, Oids.HmacWithSha256)]
    [DataRow(Oids.Sha256, "1.2.840.113549.2.8", DisplayName = "HMAC-SHA224")]
    [DataRow(Oids.Sha256, "1.3.6.1.5.5.8.1.1", DisplayName = "HMAC-MD5")]
    public void Hashes_that_are_not_computed_are_unsupported(string hash, string mac) =>
        Assert.AreEqual(RefusalCode.UnsupportedAlgorithm, RefusalOf(Pbm(16, 500, hash, mac), MacLimits.Default)?.Code);

    private static void Check(PkiMessage made)
    {
        PkiMessage message = PkiMessage.Read(made.Encoded).OrThrow();
        CmpAlgorithmPolicy policy = new() { Macs = MacLimits.Default with { AllowSha1OneWayFunction = true } };
        MessageProtection.VerifyMac(message, CmpFixture.Secret, policy).OrThrow().Dispose();
        Assert.IsFalse(MessageProtection.VerifyMac(message, Secret.FromText("Insta"), policy).Succeeded(out _, out Refusal? refusal));
        Assert.AreSame(MessageProtection.Wrong, refusal);
    }

    /// <summary>Nothing can have been hashed when the answer is there: the secret comes later.</summary>
    private static void Judge(AlgorithmIdentifier identifier, bool accepted)
    {
        Refusal? refusal = RefusalOf(identifier, MacLimits.Default);
        Assert.AreEqual(accepted ? null : RefusalCode.PolicyViolation, refusal?.Code, refusal?.Detail);
    }

    private static Refusal? RefusalOf(AlgorithmIdentifier identifier, MacLimits limits) =>
        MacAlgorithm.From(identifier, limits).Succeeded(out _, out Refusal? refusal) ? null : refusal;

    private static AlgorithmIdentifier Pbm(int salt, BigInteger count, string hash = Oids.Sha256, string mac = Oids.HmacWithSha256) =>
        new(Oids.PasswordBasedMac, Der.Encode(new PbmParameter(new byte[salt], new(hash), count, new(mac))));

    private static AlgorithmIdentifier Pbmac1With(byte[] derivation) =>
        new(Oids.Pbmac1, Der.Encode(new Pbmac1Params(new(Oids.Pbkdf2, derivation), AlgorithmIdentifier.WithNull(Oids.HmacWithSha256))));
}
