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
