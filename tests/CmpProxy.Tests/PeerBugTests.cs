using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CmpProxy.Tests.World;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;
using TestKit;

namespace CmpProxy.Tests;

/// <summary>
/// What broke other products, sent to ours over HTTP: the numbers of CMP_PEERS §3. None of it reaches the database or fails
/// inside. V16 is in ScreeningTests too, V25 in HostileTests, V27 in UntrustedDatabaseTests and ForgedNoticeTests.
/// </summary>
[TestClass]
public sealed class PeerBugTests
{
    private const string Nasty = "%n%s{0}<script>alert(1)</script>\r\nALARM\u001b[2J\u202e";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task V8_L_3_names_that_are_programs_are_text_in_the_log_and_in_no_answer()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        PkiHeader header = Messages.Header() with
        {
            Sender = GeneralName.Directory(Der.Decode<DistinguishedName>(Messages.Tlv(0x30, Name(Nasty))).OrThrow()),
            SenderKeyId = Encoding.UTF8.GetBytes(Nasty),
            FreeText = PkiFreeText.Of(Nasty),
        };
        await world.ExchangeAsync(Messages.Genm(header), Cancel);
        RawAnswer refused = await world.PostAsync(Messages.Genm(header with { Version = 77 }), Cancel);

        Assert.DoesNotContain("alert(1)", ProxyWorld.ErrorOf(refused).Text?.ToString() ?? "");
        string[] lines = [.. world.Log.OfId(2001).Select(line => line.Text)];
        Assert.HasCount(2, lines);
        foreach (string line in lines)
        {
            Assert.IsFalse(line.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format), line);
            Assert.Contains("%n%s{0}", line, "what was written is what is logged: nothing was filled in");
        }
    }

    [TestMethod]
    [DataRow("2147483648", DisplayName = "a key of 2^31 octets")]
    [DataRow("0", DisplayName = "of none")]
    [DataRow("-1", DisplayName = "of less than none")]
    public async Task V16_the_length_of_a_key_that_a_message_asks_to_be_derived_is_limited(string length)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        byte[] number = Messages.Tlv(0x02, System.Numerics.BigInteger.Parse(length, CultureInfo.InvariantCulture).ToByteArray(isBigEndian: true));
        byte[] pbkdf2 = Messages.Tlv(0x30, Messages.Tlv(0x04, new byte[16]), [0x02, 0x02, 0x03, 0xE8], number);
        byte[] derivation = Messages.Tlv(0x30, Der.Encode(new AlgorithmIdentifier(Oids.Pbkdf2))[2..], pbkdf2);
        byte[] parameters = Messages.Tlv(0x30, derivation, Der.Encode(new AlgorithmIdentifier(Oids.HmacWithSha256)));
        await NotStoredAsync(world, Messages.WithProtection(new(Oids.Pbmac1, parameters)).Encoded.ToArray());
    }

    [TestMethod]
    [DataRow("an OID of 90 000 octets")]
    [DataRow("10 000 values inside one another")]
    [DataRow("45 000 empty values")]
    public async Task V17_what_is_large_and_says_nothing_is_refused_before_it_is_decoded(string what)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        byte[] header = Messages.Genm().HeaderEncoded.ToArray();
        byte[] body = what switch
        {
            "an OID of 90 000 octets" => Messages.Tlv(0xB5, Messages.Tlv(0x30, Messages.Tlv(0x30, Messages.Tlv(0x06, [.. Enumerable.Repeat((byte)0xFF, 90_000), 0x01])))),
            "45 000 empty values" => Messages.Tlv(0xB5, Messages.Tlv(0x30, [.. Enumerable.Repeat(new byte[] { 0x30, 0x00 }, 45_000)])),
            _ => Messages.Tlv(0xB5, Enumerable.Range(0, 10_000).Aggregate(new byte[] { 0x30, 0x00 }, (inner, _) => inner.Length > 60_000 ? inner : Messages.Tlv(0x30, inner))),
        };
        await NotStoredAsync(world, Messages.Tlv(0x30, header, body));
    }

    [TestMethod]
    public async Task V19_V26_a_protection_over_octets_that_DER_would_write_otherwise_passes_the_gate_and_the_octets_are_unchanged()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings =>
        {
            settings.Set("Gate:RequireMac", true);
            settings.Set("Gate:MacKeys:0:KeyId", "3078");
            settings.Set("Gate:MacKeys:0:SecretFile", settings.WriteFile("secret", "insta\n"));
        });
        byte[] message = WithOddTime("insta", "3078");
        Assert.AreEqual(200, (await world.WhileTheWorkerRunsAsync(() => world.PostAsync(message, Cancel))).Status);
        CollectionAssert.AreEqual(message, world.Worker.Seen.Single().PkiMessage);

        message[^1] ^= 1;
        await RefusedAsync(world, message, PkiFailureInfo.BadRequest, rows: 1);
    }

    [TestMethod]
    public async Task V23_addresses_in_certificates_are_not_called()
    {
        using var trap = new TcpListener(IPAddress.Loopback, 0);
        trap.Start();
        string url = $"http://127.0.0.1:{((IPEndPoint)trap.LocalEndpoint).Port}/";
        using var vendor = new TestPki("CN=Vendor CA,O=Test");
        using KeyPair subKey = KeyPair.Generate("P-256");
        KeyPair key = KeyPair.Generate("P-256");
        Certificate device = TestCertificates.Issue("CN=Sub CA", subKey, "CN=device", key.Public,
            CertificateExtensions.AuthorityInformationAccess([url], [url]), CertificateExtensions.CrlDistributionPoints([url]), CertificateExtensions.FreshestCrl([url]));
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings =>
        {
            settings.Set("Gate:RequireSignature", true);
            settings.Set("Gate:TrustedIssuers:0", settings.WriteFile("vendor.pem", vendor.Certificate.ToPem()));
        });

        await RefusedAsync(world, Messages.SignedGenm(new(key, device, [])).Encoded.ToArray(), PkiFailureInfo.BadRequest, rows: 0);
        Certificate sub = vendor.Certify("CN=Sub CA", subKey.Public, new() { IsCa = true, Usage = KeyUsages.KeyCertSign });
        Assert.AreEqual(200, (await world.ExchangeAsync(Messages.SignedGenm(new(key, device, []), sub), Cancel)).Status);
        Assert.IsFalse(trap.Pending(), "CMP-L-2");
    }

    [TestMethod]
    [DataRow("a batch of 10 000")]
    [DataRow("30 000 requests")]
    [DataRow("5 000 names of a sender", DisplayName = "V14: 5 000 names of a sender")]
    [DataRow("1 000 certificates")]
    public async Task V14_V25_a_message_that_is_many_is_refused(string what)
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("MaxMessageBytes", 1024 * 1024));
        PkiMessage genm = Messages.Genm();
        byte[] one = Messages.Tlv(0x30, Messages.Tlv(0x30, [0x02, 0x01, 0x02], [0xA4, 0x02, 0x30, 0x00], [0xA4, 0x02, 0x30, 0x00]), [0xB3, 0x02, 0x05, 0x00]);
        byte[] header = genm.HeaderEncoded.ToArray();
        byte[] message = what switch
        {
            "a batch of 10 000" => Messages.Tlv(0x30, header, Messages.Tlv(0xB4, Messages.Tlv(0x30, [.. Enumerable.Repeat(one, 10_000)]))),
            "30 000 requests" => Messages.Tlv(0x30, header, Messages.Tlv(0xA0, Messages.Tlv(0x30, [.. Enumerable.Repeat(new byte[] { 0x30, 0x07, 0x30, 0x05, 0x02, 0x01, 0x00, 0x30, 0x00 }, 30_000)]))),
            "1 000 certificates" => Messages.Tlv(0x30, header, genm.BodyEncoded.ToArray(), Messages.Tlv(0xA1, Messages.Tlv(0x30, [.. Enumerable.Repeat(new byte[] { 0x30, 0x00 }, 1_000)]))),
            _ => Messages.Tlv(0x30, Messages.Tlv(0x30, [0x02, 0x01, 0x02], Messages.Tlv(0xA4, Messages.Tlv(0x30, [.. Enumerable.Repeat(Name("x"), 5_000)])), [0xA4, 0x02, 0x30, 0x00]), genm.BodyEncoded.ToArray()),
        };
        await NotStoredAsync(world, message);
    }

    [TestMethod]
    public async Task V26_a_browser_learns_nothing_and_a_large_body_is_not_read()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel);
        RawAnswer page = await RawHttp.GetAsync(world.Port, "/cmpProxy", Cancel);
        Assert.AreEqual((405, "POST", 0), (page.Status, page.Headers.GetValueOrDefault("Allow"), page.Body.Length));
        Assert.AreEqual(413, (await RawHttp.SendAsync(world.Port, "POST /cmpProxy HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000000\r\n\r\n", Cancel)).Status);
    }

    private static byte[] Name(string text) => Messages.Tlv(0x31, Messages.Tlv(0x30, [0x06, 0x03, 0x55, 0x04, 0x03], Messages.Tlv(0x0C, Encoding.UTF8.GetBytes(text))));

    // A fraction that ends in zeros and a length with a zero before it: BER, and signed as it stands.
    private static byte[] WithOddTime(string secret, string keyId)
    {
        using Pki.Protocols.Trust.Secret shared = Pki.Protocols.Trust.Secret.FromText(secret);
        MacAlgorithm mac = PasswordBasedMac.Create(new byte[16], 500);
        using MacKey key = mac.DeriveKey(shared);
        byte[] header = Messages.Tlv(
            0x30,
            [0x02, 0x01, 0x02],
            [0xA4, 0x02, 0x30, 0x00],
            [0xA4, 0x02, 0x30, 0x00],
            Messages.Tlv(0xA0, Messages.Tlv(0x18, Encoding.ASCII.GetBytes("20260601120000.500Z"))),
            Messages.Tlv(0xA1, Der.Encode(mac.Identifier)),
            Messages.Tlv(0xA2, Messages.Tlv(0x04, Encoding.ASCII.GetBytes(keyId))),
            Messages.Tlv(0xA4, [0x04, 0x81, 0x10, .. new byte[16]]));
        byte[] body = [0xB5, 0x81, 0x02, 0x30, 0x00];
        byte[] protection = Messages.Tlv(0xA0, Messages.Tlv(0x03, [0, .. key.Compute(Messages.Tlv(0x30, header, body))]));
        return Messages.Tlv(0x30, header, body, protection);
    }

    private async Task NotStoredAsync(ProxyWorld world, byte[] message)
    {
        RawAnswer answer = await world.PostAsync(message, Cancel);
        Assert.IsTrue(answer.Status == 400 || (answer.Status == 200 && ProxyWorld.ErrorOf(answer).Failure is { } failure && failure is PkiFailureInfo.BadRequest or PkiFailureInfo.BadDataFormat or PkiFailureInfo.BadMessageCheck), answer.StatusLine);
        Assert.IsEmpty(world.Store.Rows);
        Assert.IsEmpty(world.Log.OfId(2006), "nothing failed inside");
    }

    private async Task RefusedAsync(ProxyWorld world, byte[] message, PkiFailureInfo failure, int rows)
    {
        Assert.AreEqual(failure, ProxyWorld.ErrorOf(await world.PostAsync(message, Cancel)).Failure);
        Assert.HasCount(rows, world.Store.Rows);
    }
}
