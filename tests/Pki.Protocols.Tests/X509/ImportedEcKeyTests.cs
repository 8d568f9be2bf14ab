using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>Keys that were taken in are kept (PERFORMANCE.md): that must never be seen but in the time it takes.</summary>
[TestClass]
public sealed class ImportedEcKeyTests
{
    private const int MoreThanAreKept = 600;
    private static readonly byte[] Data = "data"u8.ToArray();

    [TestMethod]
    [DataRow("P-256")]
    [DataRow("P-384")]
    [DataRow("P-521")]
    public void A_kept_key_still_tells_right_from_wrong(string spec)
    {
        using KeyPair pair = KeyPair.Generate(spec);
        byte[] signature = Sign(pair);
        byte[] wrong = [.. signature[..^1], (byte)(signature[^1] ^ 1)];
        for (int i = 0; i < 3; i++)
        {
            Assert.IsTrue(Verify(pair.Public, signature));
            Assert.IsFalse(Verify(pair.Public, wrong));
            Assert.IsFalse(Verify(pair.Public, []));
            Assert.IsFalse(Verify(ThrowawayPki.Ec.Public, signature));
        }
    }

    [TestMethod]
    public void A_point_off_the_curve_is_refused_each_time()
    {
        byte[] encoded = ThrowawayPki.Ec.Public.Encoded.ToArray();
        encoded[^1] ^= 1;
        SubjectPublicKey off = Der.Decode<SubjectPublicKey>(encoded).OrThrow();
        byte[] signature = Sign(ThrowawayPki.Ec);
        Assert.IsFalse(Verify(off, signature));
        Assert.IsFalse(Verify(off, signature));
        Assert.IsTrue(Verify(ThrowawayPki.Ec.Public, signature));
    }

    [TestMethod]
    public void Many_strangers_at_once_change_nothing_for_anybody()
    {
        byte[] signature = Sign(ThrowawayPki.Ec);
        int wrong = 0;
        Parallel.For(0, MoreThanAreKept, _ =>
        {
            using KeyPair stranger = KeyPair.Generate("P-256");
            byte[] theirs = Sign(stranger);
            bool right = Verify(stranger.Public, theirs) && Verify(ThrowawayPki.Ec.Public, signature)
                && !Verify(ThrowawayPki.Ec.Public, theirs) && !Verify(stranger.Public, signature);
            Interlocked.Add(ref wrong, right ? 0 : 1);
        });
        Assert.AreEqual(0, wrong);
    }

    private static byte[] Sign(KeyPair pair) => pair.Sign(Data, SignatureAlgorithm.EcdsaWithSha256);

    private static bool Verify(SubjectPublicKey key, byte[] signature) => key.Verify(Data, signature, SignatureAlgorithm.EcdsaWithSha256);
}
