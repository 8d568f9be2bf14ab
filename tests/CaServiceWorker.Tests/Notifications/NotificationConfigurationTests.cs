using System.Text.Json.Nodes;
using CaServiceWorker.Notifications;
using Microsoft.Extensions.Configuration;
using Pki.Hosting;
using TestKit;

namespace CaServiceWorker.Tests.Notifications;

/// <summary>A section that is wrong stops the start and says where; one that is not there tells nobody.</summary>
[TestClass]
public sealed class NotificationConfigurationTests
{
    private const string Good = """
        {
          "ExpiryThresholds": [ "30.00:00:00" ],
          "Mail": { "Host": "mail.example.org", "From": "pki@example.org", "To": [ "admins@example.org" ] },
          "Webhooks": { "ops": { "Url": "https://ops.example.org/hook", "SecretFile": "{secret}" } }
        }
        """;

    [TestMethod]
    public void Without_the_section_nobody_is_told() => Assert.IsEmpty(Read(null).All);

    [TestMethod]
    public void A_good_section_has_its_targets_and_loosens_nothing()
    {
        using NoticeTargets targets = Read(Good);
        CollectionAssert.AreEqual(new[] { "mail", "webhook/ops" }, targets.All.Select(target => target.Name).ToArray());
        Assert.IsEmpty(targets.All.Select(target => target.Loosening).OfType<string>());
    }

    [TestMethod]
    [DataRow("ExpiryThresholds", "[]", "tells of nothing")]
    [DataRow("ExpiryThresholds", """[ "1.00:00:00", "1.00:00:00" ]""", "ExpiryThresholds")]
    [DataRow("ExpiryThresholds", """[ "-1.00:00:00" ]""", "ExpiryThresholds")]
    [DataRow("ExpiryThreshold", """[ "1.00:00:00" ]""", "ExpiryThreshold", DisplayName = "a misspelt key")]
    [DataRow("Interval", "\"soon\"", "Interval")]
    [DataRow("MaxAttempts", "0", "MaxAttempts")]
    [DataRow("Mail:To", "[]", "Mail:To names nobody")]
    [DataRow("Mail:To", """[ "a@b\r\nRCPT TO:<c@d>" ]""", "no e-mail address")]
    [DataRow("Mail:From", "\"us\"", "'us' is no e-mail address")]
    [DataRow("Mail:Host", "\"\"", "Host")]
    [DataRow("Mail:Port", "0", "Port")]
    [DataRow("Mail:Username", "\"pki\"", "go together")]
    [DataRow("Webhooks:ops:Url", "\"http://ops.example.org/hook\"", "has no TLS")]
    [DataRow("Webhooks:ops:Url", "\"ftp://ops.example.org\"", "must be an https address")]
    [DataRow("Webhooks:ops:Url", "\"https://me:secret@ops.example.org\"", "without credentials")]
    [DataRow("Webhooks:ops:SecretFile", "\"/nowhere\"", "which does not exist")]
    [DataRow("Webhooks:ops:SecretFile", "\"{short}\"", "at least 32 characters")]
    [DataRow("Webhooks:ops:TrustFile", "\"/nowhere\"", "cannot be read")]
    [DataRow("Webhooks:ops:TrustFile", "\"{secret}\"", "has no certificate")]
    [DataRow("TemplateFolder", "\"/nowhere\"", "needs the file '/nowhere/expiring.txt'")]
    public void What_is_wrong_stops_the_start_and_is_named(string key, string value, string because)
    {
        JsonNode section = JsonNode.Parse(Good)!;
        string[] path = key.Split(':');
        path[..^1].Aggregate(section, (node, name) => node[name]!)[path[^1]] = JsonNode.Parse(value);
        Exception wrong = Assert.Throws<Exception>(() => Read(section.ToJsonString()));
        Assert.IsTrue(HostProgram.IsConfiguration(wrong), wrong.ToString());
        StringAssert.Contains(wrong.Message + wrong.InnerException?.Message, because);
        Assert.DoesNotContain("me:secret", wrong.Message, StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow("Subject: {subjectDn}\n\n{nonsense}", "{nonsense} is no placeholder")]
    [DataRow("Subject: {id}\n\ntext", "{id} is no placeholder", DisplayName = "a placeholder of the other kind")]
    [DataRow("Subject: {subjectDn\n\ntext", "partner")]
    [DataRow("{subjectDn}\n\ntext", "Subject:")]
    [DataRow("Subject: one\nBcc: two\n\ntext", "Subject:")]
    [DataRow("Subject: alone", "Subject:")]
    public void A_template_that_cannot_be_filled_stops_the_start(string template, string because)
    {
        using var folder = new ScratchDirectory();
        File.WriteAllText(folder.File("expiring.txt"), template);
        File.WriteAllText(folder.File("approval.txt"), "Subject: {id}\n\n{type}");
        JsonNode section = JsonNode.Parse(Good)!;
        section["TemplateFolder"] = folder.Path;
        Exception wrong = Assert.Throws<Exception>(() => Read(section.ToJsonString()));
        StringAssert.Contains(wrong.Message, because);
        StringAssert.Contains(wrong.Message, folder.File("expiring.txt"));
    }

    [TestMethod]
    public void A_text_is_filled_once_and_stays_on_its_lines()
    {
        NoticeText text = NoticeText.Read("test", "Subject: for {a}\n\n{a} and {b}\n", ["a", "b"]);
        Dictionary<string, string> values = new(StringComparer.Ordinal) { ["a"] = "{b}\r\nx\u202E\u2028", ["b"] = new string('y', 2000) };
        Assert.AreEqual("for {b}\uFFFD\uFFFDx\uFFFD\uFFFD", text.Subject(values));
        Assert.AreEqual($"{{b}}\uFFFD\uFFFDx\uFFFD\uFFFD and {new string('y', 499)}…\n", text.Body(values));
    }

    private static NoticeTargets Read(string? section)
    {
        using var folder = new ScratchDirectory();
        File.WriteAllText(folder.File("secret"), "0123456789abcdef0123456789abcdef");
        File.WriteAllText(folder.File("short"), "0123456789abcdef");
        string json = section is null ? "{}" : $$"""{ "Notifications": {{section.Replace("{secret}", folder.File("secret"), StringComparison.Ordinal).Replace("{short}", folder.File("short"), StringComparison.Ordinal)}} }""";
        IConfiguration configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json))).Build();
        return NoticeTargets.Read(configuration, TimeProvider.System);
    }
}
