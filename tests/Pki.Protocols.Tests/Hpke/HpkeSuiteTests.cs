using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Hpke;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Hpke;

/// <summary>RFC 9180, base mode, single messages.</summary>
[TestClass]
public sealed class HpkeSuiteTests
{
    private static readonly KeyPair Recipient = KeyPair.Generate("P-256");
    private static readonly byte[] Info = "purpose"u8.ToArray();
    private static readonly byte[] Beside = "beside"u8.ToArray();
    private static readonly byte[] Plain = Encoding.ASCII.GetBytes("a private key");

    /// <summary>RFC 9180 A.3.1: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode.</summary>
    [TestMethod]
    public void The_vectors_of_the_RFC_come_out()
    {
        using ECDiffieHellman key = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = Convert.FromHexString("f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2"),
        });
        byte[] encapsulated = Convert.FromHexString(
            "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4");
        using KeyPair recipient = KeyPair.FromPkcs8(key.ExportPkcs8PrivateKey());
        using ECDiffieHellman ephemeral = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new() { X = encapsulated[1..33], Y = encapsulated[33..] },
        });

        byte[] shared = HpkeSuite.SharedSecret(recipient.AgreeEcdh(SubjectPublicKey.FromEc(ephemeral)), encapsulated, recipient.Public);
        (byte[] aesKey, byte[] nonce) = HpkeSuite.KeySchedule(shared, Convert.FromHexString("4f6465206f6e2061204772656369616e2055726e"), cipher: 1, keySize: 16);

        Assert.AreEqual("c0d26aeab536609a572b07695d933b589dcf363ff9d93c93adea537aeabb8cb8", Convert.ToHexStringLower(shared));
        Assert.AreEqual("868c066ef58aae6dc589b6cfdd18f97e", Convert.ToHexStringLower(aesKey));
        Assert.AreEqual("4e0bc5018beba4bf004cca59", Convert.ToHexStringLower(nonce));
    }

    [TestMethod]
    public void What_is_sealed_is_opened_by_the_private_key()
    {
        (byte[] encapsulated, byte[] ciphertext) = HpkeSuite.Seal(Recipient.Public, Info, Beside, Plain);
        Assert.HasCount(HpkeSuite.EncapsulatedSize, encapsulated);
        CollectionAssert.AreEqual(Plain, HpkeSuite.Open(Recipient, Info, Beside, encapsulated, ciphertext));
    }

    [TestMethod]
    public void The_same_message_is_sealed_differently_each_time()
    {
        (byte[] one, byte[] first) = HpkeSuite.Seal(Recipient.Public, Info, Beside, Plain);
        (byte[] two, byte[] second) = HpkeSuite.Seal(Recipient.Public, Info, Beside, Plain);
        CollectionAssert.AreNotEqual(one, two);
        CollectionAssert.AreNotEqual(first, second);
    }

    [TestMethod]
    [DataRow("purpose", DisplayName = "for another purpose")]
    [DataRow("beside", DisplayName = "with something else beside it")]
    [DataRow("key", DisplayName = "with another key")]
    [DataRow("ciphertext", DisplayName = "one bit of the ciphertext changed")]
    [DataRow("encapsulated", DisplayName = "another encapsulated key")]
    [DataRow("point", DisplayName = "an encapsulated key that is no point of the curve")]
    [DataRow("form", DisplayName = "an encapsulated key in another form")]
    [DataRow("short", DisplayName = "cut off")]
    [DataRow("empty", DisplayName = "nothing at all")]
    public void Anything_else_does_not_open(string what)
    {
        (byte[] encapsulated, byte[] ciphertext) = HpkeSuite.Seal(Recipient.Public, Info, Beside, Plain);
        using KeyPair other = KeyPair.Generate("P-256");
        byte[] info = what == "purpose" ? [1] : Info;
        byte[] beside = what == "beside" ? [] : Beside;
        KeyPair key = what == "key" ? other : Recipient;
        switch (what)
        {
            case "ciphertext":
                ciphertext[0] ^= 1;
                break;
            case "encapsulated":
                encapsulated = other.Public.KeyBits.ToArray();
                break;
            case "point":
                encapsulated[64] ^= 1;
                break;
            case "form":
                encapsulated[0] = 2;
                break;
            case "short":
                ciphertext = ciphertext[..15];
                break;
            case "empty":
                encapsulated = [];
                break;
            default:
                break;
        }

        Assert.Throws<CryptographicException>(() => HpkeSuite.Open(key, info, beside, encapsulated, ciphertext));
    }
}
