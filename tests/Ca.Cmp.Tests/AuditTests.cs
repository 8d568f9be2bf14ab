using System.Text.RegularExpressions;

namespace Ca.Cmp.Tests;

/// <summary>What the audit log is told of each message (CMP-M-10).</summary>
[TestClass]
public sealed class AuditTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(CmpCa.Secret, DisplayName = "a client")]
    [DataRow("not the secret", DisplayName = "a stranger")]
    public async Task M10_Who_asked_from_where_for_what_and_how_long_it_took(string secret)
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca, secret: secret);

        (await ca.SendAsync(client.Message(TestClient.Body(client.Request("CN=user1,O=Test"))).Encoded, Cancel, call => call with { Address = "192.0.2.1", TlsSubject = "CN=gate," + new string('x', 2000) })).OrThrow();

        string details = await ca.CountAsync($"select details from audit_record where module = 'CMP' and search_detail1 = '{Convert.ToHexStringLower(client.TransactionId)}'", Cancel);
        string[] expected = ["192.0.2.1", "CN=gate,xxx", .. secret == CmpCa.Secret ? ["\"certificateProfile\"", "ENDUSER", "\"endEntityProfile\"", "EMPTY", "InitializationRequest"] : (string[])["CMP-X-4"]];
        foreach (string fact in expected)
        {
            StringAssert.Contains(details, fact);
        }

        Assert.MatchesRegex(new Regex("\"milliseconds\"[^0-9]{1,12}[0-9]+", RegexOptions.None, TimeSpan.FromMinutes(1)), details);
        Assert.DoesNotContain(new string('x', 600), details, "a subject of any length does not fill the log");
    }
}
