using System.Text;
using Pki.Migration.Recovery;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Tests.Recovery;

/// <summary>Key pairs that Java programs wrote (MIGRATION §2.6).</summary>
[TestClass]
public sealed class KeyPairStreamTests
{
    [TestMethod]
    [DataRow("bc-rsa")]
    [DataRow("bc-ec")]
    [DataRow("jce-rsa")]
    [DataRow("jce-ec")]
    [DataRow("jdk-rsa")]
    [DataRow("jdk-ec")]
    [DataRow("shaped-rsa")]
    public void A_key_pair_of_each_kind_is_read(string name)
    {
        byte[] stream = KeptKeyFixtures.Read(name + ".ser");
        using KeyPair key = KeyPairStream.Read(stream).OrThrow();
        Assert.IsTrue(key.Public.SameKeyAs(KeptKeyFixtures.PublicKeyOf(name)));
        using KeyPair again = KeyPairStream.Read(stream).OrThrow();
        Assert.IsTrue(again.Public.SameKeyAs(key.Public), "what is wiped is not the caller's stream");
    }

    [TestMethod]
    [DataRow("bc-rsa", "java.security.KeyPair", "java.security.KeyRepX")]
    [DataRow("bc-rsa", "org.bouncycastle.jcajce.provider.asymmetric.rsa.BCRSAPrivateCrtKey", "org.bouncycastle.jcajce.provider.asymmetric.rsa.XCRSAPrivateCrtKey")]
    [DataRow("bc-ec", "BCECPrivateKey", "BCEDPrivateKey")]
    [DataRow("jce-ec", "java.util.Hashtable", "java.util.Hashtabla")]
    [DataRow("jce-rsa", "[Ljava.lang.Object;", "[Ljava.lang.Strin1;")]
    public void A_stream_that_names_another_class_is_refused(string name, string allowed, string other)
    {
        byte[] stream = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(KeptKeyFixtures.Read(name + ".ser")).Replace(allowed, other, StringComparison.Ordinal));
        Assert.IsFalse(KeyPairStream.Read(stream).Succeeded(out _, out Refusal? refusal));
        Assert.Contains("is not allowed", refusal.Detail);
    }

    [TestMethod]
    [DataRow("bc-rsa")]
    [DataRow("jce-ec")]
    [DataRow("jdk-ec")]
    public void A_truncated_stream_is_refused(string name)
    {
        byte[] stream = KeptKeyFixtures.Read(name + ".ser");
        for (int length = 0; length < stream.Length; length++)
        {
            Assert.IsFalse(KeyPairStream.Read(stream.AsMemory(0, length)).Succeeded(out _, out _), $"{length} bytes");
        }

        Assert.IsFalse(KeyPairStream.Read((byte[])[.. stream, 0x70]).Succeeded(out _, out _), "one byte more");
    }

    [TestMethod]
    [DataRow("bc-ec")]
    [DataRow("jce-ec")]
    [DataRow("jdk-ec")]
    public void A_changed_stream_gives_a_key_or_a_refusal_and_nothing_else(string name)
    {
        byte[] stream = KeptKeyFixtures.Read(name + ".ser");
        for (int at = 0; at < stream.Length; at++)
        {
            byte[] changed = (byte[])stream.Clone();
            changed[at] ^= 0x55;
            if (KeyPairStream.Read(changed).Succeeded(out KeyPair? key, out _))
            {
                key.Dispose();
            }
        }
    }

    [TestMethod, Timeout(120_000, CooperativeCancellation = true)]
    public void Tables_that_name_each_other_twice_come_to_an_end()
    {
        const string Fields = "3F400000 00000000", Sizes = "7708 0000000B 00000001";
        string name = Convert.ToHexString("java.util.Hashtable"u8);
        string first = $"73 71 007E0000 {Fields} {Sizes} 78";
        IEnumerable<string> doubling = Enumerable.Range(2, 60).Select(i => $"73 71 007E0000 {Fields} {Sizes} 71 007E{i:X4} 71 007E{i:X4} 78");
        string stream = $"ACED0005 73 72 0013 {name} 13BB0F25214AE4B8 03 0002 46 000A {Convert.ToHexString("loadFactor"u8)} 49 0009 {Convert.ToHexString("threshold"u8)} 78 70 {Fields} {Sizes} {first} {string.Concat(doubling)} 78";
        Assert.IsFalse(KeyPairStream.Read(Convert.FromHexString(stream.Replace(" ", ""))).Succeeded(out _, out Refusal? refusal));
        Assert.Contains("no key pair", refusal.Detail, "it was read whole, and wiped");
    }

    [TestMethod]
    public void An_RSA_key_whose_numbers_do_not_belong_together_is_refused()
    {
        byte[] stream = KeptKeyFixtures.Read("bc-rsa.ser");
        int[] numbers = [.. new[] { 0x100, 0x80 }.SelectMany(size => Magnitudes(stream, size))];
        Assert.HasCount(7, numbers, "modulus, private exponent, the primes and what follows from them");
        foreach (int at in numbers)
        {
            byte[] changed = (byte[])stream.Clone();
            changed[at] ^= 1;
            using KeyPair encryption = KeptKeyFixtures.EncryptionKey();
            var envelope = new KeptKeyEnvelope([encryption]);
            Assert.IsFalse(envelope.Open(KeptKeyFixtures.Encrypt(changed, encryption), KeptKeyFixtures.PublicKeyOf("bc-rsa").Sha256()).Succeeded(out _, out Refusal? refusal), $"byte {at}");
            Assert.DoesNotContain(Convert.ToHexString(stream.AsSpan(at, 4)), refusal.Detail);
        }
    }

    /// <summary>Where numbers of so many octets lie whose class was named before: array, reference to the class, length.</summary>
    private static IEnumerable<int> Magnitudes(byte[] stream, int size)
    {
        byte[] head = [0x75, 0x71, 0x00, 0x7E, 0x00, 0x09, 0, 0, (byte)(size >> 8), (byte)(size & 0xFF)];
        return Enumerable.Range(0, stream.Length - head.Length).Where(at => stream.AsSpan(at, head.Length).SequenceEqual(head)).Select(at => at + head.Length + (size / 2));
    }
}
