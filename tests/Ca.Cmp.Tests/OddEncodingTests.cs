using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>
/// Octets that DER would write otherwise, protected as they stand (CMP_PEERS V19): whoever encodes them again finds a valid
/// protection wrong.
/// </summary>
[TestClass]
public sealed class OddEncodingTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task V19_A_time_with_zeros_at_its_end_and_a_TRUE_of_one_are_verified_as_they_came()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        byte[] message = Message(ca, RequestWithOddTrue());

        Answers.CertificateOf(PkiMessage.Read((await ca.SendAsync(message, Cancel)).OrThrow()).OrThrow());
    }

    [TestMethod]
    [DataRow("the time", ".500Z", ".50Z0")]
    [DataRow("the sender's name", "odd-1", "odd-2")]
    public async Task V19_Any_other_octets_are_not_what_was_protected(string what, string from, string to)
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        byte[] message = Message(ca, RequestWithOddTrue());
        Encoding.ASCII.GetBytes(to).CopyTo(message.AsSpan(message.AsSpan().IndexOf(Encoding.ASCII.GetBytes(from))));

        Assert.AreEqual(PkiBodyKind.Error, PkiMessage.Read((await ca.SendAsync(message, Cancel)).OrThrow()).OrThrow().Body.Kind, what);
        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
    }

    // The proof of possession is over the octets with the odd TRUE, too.
    private static PkiBody RequestWithOddTrue()
    {
        KeyPair key = KeyPair.Generate("P-256");
        var template = new CertTemplate
        {
            Subject = DistinguishedName.Parse("CN=odd,O=Test").OrThrow(),
            PublicKey = key.Public,
            Extensions = [CertificateExtensions.KeyUsage(KeyUsages.DigitalSignature)],
        };
        byte[] octets = CertRequest.Create(0, template, null).Encoded.ToArray();
        int critical = octets.AsSpan().IndexOf<byte>([0x01, 0x01, 0xFF]);
        octets[critical + 2] = 0x01;
        CertRequest request = Der.DecodeBer<CertRequest>(octets).OrThrow();
        SignatureAlgorithm algorithm = SignatureAlgorithm.For(key.Public, System.Security.Cryptography.HashAlgorithmName.SHA256);
        return TestClient.Body(new(request, new ProofOfPossession.Signature(new(null, algorithm, key.Sign(octets, algorithm))), []));
    }

    private static byte[] Message(CmpCa ca, PkiBody body)
    {
        using Secret secret = Secret.FromText(CmpCa.Secret);
        MacAlgorithm mac = PasswordBasedMac.Create(new byte[16], 500);
        using MacKey key = mac.DeriveKey(secret);
        string time = ca.Clock.GetUtcNow().ToString("yyyyMMddHHmmss", System.Globalization.CultureInfo.InvariantCulture) + ".500Z";
        byte[] header = Tlv(
            0x30,
            [0x02, 0x01, 0x02],
            [0xA4, 0x02, 0x30, 0x00],
            [0xA4, 0x02, 0x30, 0x00],
            Tlv(0xA0, Tlv(0x18, Encoding.ASCII.GetBytes(time))),
            Tlv(0xA1, Der.Encode(mac.Identifier)),
            Tlv(0xA2, Tlv(0x04, "odd-1"u8.ToArray())),
            Tlv(0xA4, [0x04, 0x81, 0x10, .. new byte[16]]), // a length in two octets where one would do
            Tlv(0xA5, Tlv(0x04, new byte[16])));
        byte[] encoded = PkiMessage.Create(new PkiHeader(), body).BodyEncoded.ToArray();
        return Tlv(0x30, header, encoded, Tlv(0xA0, Tlv(0x03, [0, .. key.Compute(Tlv(0x30, header, encoded))])));
    }

    private static byte[] Tlv(byte tag, params byte[][] contents)
    {
        byte[] content = [.. contents.SelectMany(part => part)];
        return content.Length switch
        {
            < 0x80 => [tag, (byte)content.Length, .. content],
            < 0x100 => [tag, 0x81, (byte)content.Length, .. content],
            _ => [tag, 0x82, (byte)(content.Length >> 8), (byte)(content.Length & 0xFF), .. content],
        };
    }
}
