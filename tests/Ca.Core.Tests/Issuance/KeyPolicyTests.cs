using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Ca.Core.Issuance;
using Ca.Core.Profiles;
using Microsoft.Extensions.Options;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace Ca.Core.Tests.Issuance;

/// <summary>CA_CORE §8 step 5.</summary>
[TestClass]
public sealed class KeyPolicyTests
{
    private static readonly KeyPair Rsa = KeyPair.Generate("RSA2048");

    [TestMethod]
    [DataRow("RSA2048", true)]
    [DataRow("RSA3072", true)]
    [DataRow("P-256", true)]
    [DataRow("P-384", true)]
    [DataRow("P-521", true)]
    public void Usual_keys_pass(string keySpec, bool passes)
    {
        using KeyPair key = KeyPair.Generate(keySpec);
        Assert.AreEqual(passes, Check(key.Public) is null);
    }

    [TestMethod]
    public void The_profile_decides_about_kinds_and_sizes()
    {
        using KeyPair ec = KeyPair.Generate("P-384");
        Assert.AreEqual(RefusalCode.UnsupportedAlgorithm, Check(ec.Public, "P-256", "RSA2048")!.Code);
        Assert.AreEqual(RefusalCode.WeakKey, Check(Rsa.Public, "RSA3072")!.Code);
        Assert.AreEqual(RefusalCode.WeakKey, Check(FlawTests.WeakRsa().Public)!.Code);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(17)]
    [DataRow(65536)]
    [DataRow(65538)]
    public void Small_and_even_exponents_are_refused(int exponent) =>
        Assert.Contains("exponent", Check(Key(Modulus(), exponent))!.Detail);

    [TestMethod]
    public void Moduli_with_small_factors_are_refused()
    {
        BigInteger modulus = Modulus();
        Assert.Contains("small factor", Check(Key(modulus - 1, 65537))!.Detail);
        Assert.Contains("small factor", Check(Key(modulus - (modulus % 751), 65537))!.Detail);
    }

    /// <summary>A modulus as the broken generator makes them: p = k·M + (65537^a mod M), M the product of the first 39 primes.</summary>
    [TestMethod]
    public void A_modulus_with_the_mark_of_ROCA_is_refused()
    {
        int[] primes = [.. Enumerable.Range(2, 166).Where(n => Enumerable.Range(2, n - 2).All(d => n % d != 0))];
        Assert.HasCount(39, primes);
        BigInteger product = primes.Aggregate(BigInteger.One, (all, p) => all * p);
        var random = new BigInteger(RandomNumberGenerator.GetBytes(230), isUnsigned: true);
        BigInteger modulus;
        do
        {
            // the product of two such primes is again a power of 65537 modulo M; whether the factors are prime the mark does not tell
            modulus = (random * product) + BigInteger.ModPow(65537, random, product);
            modulus += product * (((BigInteger.One << 2047) - modulus) / product + 1);
            random++;
        }
        while (Enumerable.Range(168, 590).Any(p => modulus % p == 0));

        Assert.AreEqual(2048, (int)modulus.GetBitLength());
        Assert.Contains("ROCA", Check(Key(modulus, 65537))!.Detail);
    }

    [TestMethod]
    public void Keys_on_the_list_of_weak_keys_are_refused()
    {
        using var folder = new ScratchDirectory();
        string digest = Convert.ToHexStringLower(SHA256.HashData(Rsa.Public.RsaModulus.Span));
        File.WriteAllLines(folder.File("weak.txt"), ["# known weak keys", "0000000000", digest[..20], "ffffffffff"]);
        var policy = new KeyPolicy(Options.Create(new CaOptions { WeakKeysFile = folder.File("weak.txt") }));

        Assert.Contains("list of known weak keys", policy.Check(Rsa.Public, FixedProfiles.EndUser)!.Detail);
        using KeyPair other = KeyPair.Generate("RSA2048");
        Assert.IsNull(policy.Check(other.Public, FixedProfiles.EndUser));
    }

    private static Refusal? Check(SubjectPublicKey key, params string[] allowed) =>
        new KeyPolicy(Options.Create(new CaOptions())).Check(key, allowed.Length == 0 ? FixedProfiles.EndUser : FixedProfiles.EndUser with { AllowedKeys = allowed });

    private static BigInteger Modulus() => new(Rsa.Public.RsaModulus.Span, isUnsigned: true, isBigEndian: true);

    private static SubjectPublicKey Key(BigInteger modulus, BigInteger exponent)
    {
        var inner = new AsnWriter(AsnEncodingRules.DER);
        using (inner.PushSequence())
        {
            inner.WriteInteger(modulus);
            inner.WriteInteger(exponent);
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            AlgorithmIdentifier.WithNull(Oids.RsaEncryption).Encode(writer);
            writer.WriteBitString(inner.Encode());
        }

        return Der.Decode<SubjectPublicKey>(writer.Encode()).OrThrow();
    }
}
