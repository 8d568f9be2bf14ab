using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>RFC 8894 §3.4, SCEP.md G-03, G-04, B-12, B-13: degenerate SignedData.</summary>
[TestClass]
public sealed class CertsOnlyTests
{
    private static readonly Certificate Root = ThrowawayPki.Root(ThrowawayPki.Rsa);

    // Longer than the root, so that DER's order of a SET would put it second.
    private static readonly Certificate Leaf = ThrowawayPki.Sign(ThrowawayPki.Rsa, Root, ThrowawayPki.Rsa.Public, $"CN=leaf,O={new string('x', 60)}", 2, [.. Root.Extensions]);

    [TestMethod]
    public void Nothing_but_the_members_is_in_it()
    {
        byte[] frame = CertsOnly.Encode([]);
        Assert.AreEqual("302306092A864886F70D010702A01630140201013100300B06092A864886F70D0107013100", Convert.ToHexString(frame));
    }

    [TestMethod]
    public async Task Certificates_stay_in_order_for_OpenSSL_too()
    {
        using var openssl = new OpenSsl();
        foreach (Certificate[] order in (Certificate[][])[[Leaf, Root], [Root, Leaf]])
        {
            byte[] message = CertsOnly.Encode(order);
            CollectionAssert.AreEqual(order.Select(c => c.Serial).ToArray(), CertsOnly.Decode(message).OrThrow().Certificates.Select(c => c.Serial).ToArray());
            openssl.Write("message.p7b", message);
            string printed = await openssl.RunAsync("pkcs7 -inform DER -in message.p7b -print_certs", TestContext.CancellationToken);
            bool leafFirst = printed.IndexOf("subject=CN = leaf", StringComparison.Ordinal) < printed.IndexOf("subject=CN = Throwaway Root", StringComparison.Ordinal);
            Assert.AreEqual(order[0] == Leaf, leafFirst);
        }
    }

    [TestMethod]
    public void A_revocation_list_travels_alone()
    {
        CertificateList list = new ToBeSignedCertificateList(SignatureAlgorithm.Sha256WithRsa, Root.Subject.Encoded, ThrowawayPki.Start, ThrowawayPki.Start, [], [CertificateExtensions.CrlNumber(1)]).Sign(ThrowawayPki.Rsa);
        CertificateBundle bundle = CertsOnly.Decode(CertsOnly.Encode([], [list])).OrThrow();
        Assert.IsEmpty(bundle.Certificates);
        CollectionAssert.AreEqual(list.Encoded.ToArray(), bundle.CertificateLists[0].Encoded.ToArray());
    }

    [TestMethod]
    public async Task What_OpenSSL_writes_is_read()
    {
        using var openssl = new OpenSsl();
        openssl.Write("all.pem", Leaf.ToPem() + Root.ToPem());
        await openssl.RunAsync("crl2pkcs7 -nocrl -certfile all.pem -outform DER -out message.p7b", TestContext.CancellationToken);
        Assert.HasCount(2, CertsOnly.Decode(openssl.ReadBytes("message.p7b")).OrThrow().Certificates);
    }

    [TestMethod]
    public void Indefinite_lengths_and_an_empty_content_are_read()
    {
        byte[] ber = Vector.Hex("3080 06092A864886F70D010702 A080 3080 020101 3100 3080 06092A864886F70D010701 A080 2480 0400 0000 0000 0000 A080" + Convert.ToHexString(Leaf.Encoded.Span) + "0000 3100 0000 0000 0000");
        Assert.AreEqual(Leaf.Serial, CertsOnly.Decode(ber).OrThrow().Certificates.Single().Serial);
    }

    [TestMethod]
    public void A_message_that_somebody_signed_is_not_read_unverified()
    {
        byte[] empty = CertsOnly.Encode([]);
        byte[] signed = [.. empty[..^2], 0x31, 0x02, 0x30, 0x00];
        foreach (int length in (int[])[1, 14, 16])
        {
            signed[length] += 2;
        }

        Assert.IsFalse(CertsOnly.Decode(signed).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
    }

    [TestMethod]
    public void Too_many_members_are_too_large()
    {
        Assert.IsFalse(CertsOnly.Decode(CertsOnly.Encode(Enumerable.Repeat(Root, 101))).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
    }

    public required TestContext TestContext { get; init; }
}
