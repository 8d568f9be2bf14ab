using System.Diagnostics.Metrics;
using System.Formats.Asn1;
using Pki.Hosting;
using Pki.Protocols.Asn1;
using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using ScepRaServer.Tests.World;

namespace ScepRaServer.Tests.Observing;

/// <summary>SCEP.md L-03, L-04, L-05: what is written down of each operation, and what never is.</summary>
[TestClass]
public sealed class AuditTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("plain text 123 /+=", "plain text 123 /+=", DisplayName = "plain")]
    [DataRow("a\r\nb", "a\\u000d\\u000ab", DisplayName = "line ends")]
    [DataRow("\u001b[31mred", "\\u001b[31mred", DisplayName = "terminal escape")]
    [DataRow("a\\u000ab", "a\\u005cu000ab", DisplayName = "a forged escape")]
    [DataRow("\u202Eabc", "\\u202eabc", DisplayName = "direction override")]
    [DataRow("\u2028", "\\u2028", DisplayName = "line separator")]
    [DataRow("Zürich", "Zürich", DisplayName = "letters of any language")]
    [DataRow(null, "-", DisplayName = "nothing")]
    public void A_strangers_text_stays_on_its_line(string? text, string safe) => Assert.AreEqual(safe, LogText.Of(text));

    [TestMethod]
    public void A_strangers_text_is_cut() => Assert.IsLessThan(400, LogText.Of(new string('x', 10_000)).Length);

    [TestMethod]
    public async Task One_line_says_who_asked_for_what_and_how_it_went()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("l03");
        client.Challenge = "not for the log";
        await client.EnrolAsync(Cancel);
        string line = world.Log.OfId(1001).Single().Text;
        string[] parts =
        [
            "PkcsReq pending", "alias=routers", "from=127.0.0.1", $"transaction={client.Id}", "type=19", "signer=CN=l03,O=Test",
            Convert.ToHexStringLower(client.Key.Public.Sha256()), "subject=CN=l03,O=Test", "digest=SHA256", "cipher=Aes128Cbc",
        ];
        foreach (string part in parts)
        {
            Assert.Contains(part, line, "L-03");
        }

        Assert.DoesNotContain("not for the log", world.Log.Text, "P-06");
    }

    [TestMethod]
    public async Task A_name_with_line_ends_forges_no_line()
    {
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        TestClient client = world.NewClient("l04");
        client.Subject = DistinguishedName.FromRdns([new([new AttributeValue(Oids.CommonName, "evil\n2026-07-01 ALARM: all is well", UniversalTagNumber.UTF8String)])]);
        (await client.EnrolAsync(Cancel)).MustBe(FailInfo.BadRequest, "subject yields no user name");
        Assert.IsFalse(world.Log.Entries.Any(entry => entry.Id != 0 && entry.Text.Contains('\n', StringComparison.Ordinal)), "L-04");
    }

    [TestMethod]
    public async Task Every_call_is_counted_by_operation_and_outcome()
    {
        var counted = new System.Collections.Concurrent.ConcurrentBag<string>();
        await using TestWorld world = await TestWorld.StartAsync(Cancel);
        IMeterFactory ours = (IMeterFactory)world.Services.GetService(typeof(IMeterFactory))!;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "scep.calls" && instrument.Meter.Name == Telemetry.MeterName && ReferenceEquals(instrument.Meter.Scope, ours))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => counted.Add($"{tags[0].Value}/{tags[1].Value}"));
        listener.Start();

        TestClient client = world.NewClient("l05");
        await client.EnrolAsync(Cancel);
        await client.PollAsync(Cancel);
        await new MessageForm(world, client) { MessageType = "18" }.SendAsync(Cancel);
        await RawHttp.GetAsync(world.Port, "/scep?operation=GetCACaps", Cancel);
        await RawHttp.GetAsync(world.Port, "/scep?operation=x", Cancel);
        CollectionAssert.AreEquivalent(
            new[] { "PkcsReq/pending", "CertPoll/pending", "unknown/failure", "GetCACaps/success", "none/refused" }, counted.ToList(), "L-05");
    }
}
