using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ca.Core.Authorities;
using Ca.Core.Notices;
using Ca.Core.Roles;
using CaServiceWorker.Notifications;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Notifications;

/// <summary>People and programs are told, by a real mail server and a real web server, of what ends soon and what waits.</summary>
[TestClass]
public sealed class NotificationTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private const string Rows = "select string_agg(state || '/' || attempts, ' ' order by target) from notice";
    private static readonly TimeSpan Patience = Eventually.Patience;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_certificate_that_ends_soon_is_told_once_by_mail_and_webhook_whatever_is_restarted()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await using var mail = new SmtpListener();
        await using WebhookListener hook = await WebhookListener.StartAsync(Cancel);
        Tell(system, mail.Port, hook.Url);
        await system.StartWorkerAsync(Cancel);
        string serial = await DeviceAsync(system, "router");
        await Eventually.BecomesTrueAsync(() => mail.Mails.Count == 1 && hook.Calls.Count == 1, Patience, Cancel, "both are told");

        ReceivedMail told = mail.Mails.Single();
        CollectionAssert.AreEqual(new[] { "admins@example.org" }, told.Recipients.ToArray());
        StringAssert.Contains(told.Data, "Subject: Certificate of CN=router,O=Test ends in 20 days");
        StringAssert.Contains(told.Data, "Auto-Submitted: auto-generated");
        StringAssert.Contains(told.Body, serial);
        ReceivedCall call = hook.Calls.Single();
        Assert.AreEqual("certificate.expiring", call.Json.GetProperty("event").GetString());
        Assert.AreEqual(serial, call.Data(NoticeNames.Serial));
        AssertSigned(call);

        await system.StopWorkersAsync();
        await system.StartWorkerAsync(Cancel);
        await DeviceAsync(system, "switch");
        await Eventually.BecomesTrueAsync(() => mail.Mails.Count == 2 && hook.Calls.Count == 2, Patience, Cancel, "both are told of the other");
        Assert.AreEqual(1, hook.Calls.Count(c => c.Data(NoticeNames.Username) == "router"));
        await Eventually.BecomesTrueAsync(async _ => await system.CountAsync(Rows, Cancel) == "1/1 1/1 1/1 1/1", Patience, Cancel, "each is recorded as sent at the first attempt");
    }

    [TestMethod]
    public async Task An_approval_that_waits_is_told_of()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        (await system.Get<CertificateAuthorities>().SetSettingsAsync(Actor.Internal("test"), "IssuingCA", new() { Approvals = new() { AddEditEndEntity = 1 } }, Cancel)).OrThrow();
        await using var mail = new SmtpListener();
        await using WebhookListener hook = await WebhookListener.StartAsync(Cancel);
        Tell(system, mail.Port, hook.Url);
        await system.StartWorkerAsync(Cancel);
        await system.Client.SubmitAsync([TestSystem.Enrol("router")], Cancel);
        await Eventually.BecomesTrueAsync(() => mail.Mails.Count == 1 && hook.Calls.Count == 1, Patience, Cancel, "both are told");
        string id = await system.CountAsync("select id from approval", Cancel);
        StringAssert.Contains(mail.Mails.Single().Data, $"Subject: Approval {id} waits: AddEndEntity router");
        Assert.AreEqual("approval.waiting", hook.Calls.Single().Json.GetProperty("event").GetString());
        Assert.AreEqual(id, hook.Calls.Single().Data(NoticeNames.Id));
    }

    [TestMethod]
    [DataRow(false, DisplayName = "refuses connections")]
    [DataRow(true, DisplayName = "takes connections and says nothing")]
    public async Task A_dead_mail_server_stops_neither_the_webhook_nor_the_worker(bool silent)
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await using SmtpListener? dead = silent ? new(silent: true) : null;
        using Socket closed = ClosedPort();
        int port = dead?.Port ?? ((IPEndPoint)closed.LocalEndPoint!).Port;
        await using WebhookListener hook = await WebhookListener.StartAsync(Cancel);
        Tell(system, port, hook.Url)["Mail"]!["Timeout"] = "00:00:00.500";
        using var log = new CapturedLog();
        await system.StartWorkerAsync(Cancel, log.AddTo);
        foreach (string name in (string[])["one", "two", "three"])
        {
            await DeviceAsync(system, name);
        }

        await Eventually.BecomesTrueAsync(() => hook.Calls.Count == 3, Patience, Cancel, "the webhook is told of all");
        await Eventually.BecomesTrueAsync(() => log.Lines.Any(line => line.StartsWith("mail was not told", StringComparison.Ordinal)), Patience, Cancel, "the failure is logged");
        Assert.AreEqual("0", await system.CountAsync("select count(*) from notice where target = 'mail' and state <> 0", Cancel));
    }

    [TestMethod]
    public async Task What_a_target_did_not_take_is_sent_again_under_the_same_name_so_often_and_no_more()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await using WebhookListener hook = await WebhookListener.StartAsync(Cancel);
        hook.Status = StatusCodes.Status503ServiceUnavailable;
        Tell(system, mailPort: null, hook.Url)["MaxAttempts"] = 3;
        using var log = new CapturedLog();
        await system.StartWorkerAsync(Cancel, log.AddTo);
        await DeviceAsync(system, "router");
        foreach (int attempt in Enumerable.Range(1, 3))
        {
            await Eventually.BecomesTrueAsync(async _ => await system.CountAsync("select attempts || '/' || (at > now() + interval '4 minutes') from notice", Cancel) is var row
                && row.StartsWith($"{attempt}/f", StringComparison.Ordinal), Patience, Cancel, $"attempt {attempt} is recorded");
            Assert.HasCount(attempt, hook.Calls);
            await system.CountAsync("update notice set at = now() - interval '1 second' where state = 0", Cancel);
        }

        Assert.AreEqual("2/3", await system.CountAsync(Rows, Cancel));
        Assert.ContainsSingle(hook.Calls.Select(call => call.Delivery).Distinct());
        await Eventually.BecomesTrueAsync(() => log.Lines.Any(line => line.Contains("3 attempts failed", StringComparison.Ordinal)), Patience, Cancel, "giving up is logged");
        hook.Calls.ToList().ForEach(AssertSigned);
    }

    [TestMethod]
    public async Task A_worker_that_dies_between_sending_and_remembering_makes_another_send_it_again_and_none_loses_it()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await using WebhookListener hook = await WebhookListener.StartAsync(Cancel);
        Tell(system, mailPort: null, hook.Url);
        using IHost host = Composition.Build(["--config", system.WriteConfiguration()]);
        NoticeTargets targets = host.Services.GetRequiredService<NoticeTargets>();
        using (await system.StartWorkerAsync(Cancel))
        {
            await DeviceAsync(system, "router");
            await Eventually.BecomesTrueAsync(() => hook.Calls.Count == 1, Patience, Cancel, "it is told");
            await system.StopWorkersAsync();
        }

        // What the death leaves on disk: the claim, and nothing after it.
        await system.CountAsync("update notice set state = 0, at = now() + interval '5 minutes'", Cancel);
        NoticeSender sender = host.Services.GetRequiredService<NoticeSender>();
        await sender.LookAsync(Cancel);
        Assert.HasCount(1, hook.Calls, "Somebody may still be at it.");
        await system.CountAsync("update notice set at = now() - interval '1 second'", Cancel);
        await sender.LookAsync(Cancel);
        await sender.LookAsync(Cancel);
        Assert.HasCount(2, hook.Calls);
        Assert.ContainsSingle(hook.Calls.Select(call => call.Delivery).Distinct());
        Assert.HasCount(1, targets.All);
    }

    [TestMethod]
    public async Task Of_two_workers_at_once_one_tells()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await using var mail = new SmtpListener();
        Tell(system, mail.Port, hook: null);
        await system.StartWorkerAsync(Cancel);
        system.Configuration["Ca"]!["NodeId"] = "node-2";
        await system.StartWorkerAsync(Cancel);
        string[] names = [.. Enumerable.Range(1, 20).Select(i => $"router-{i}")];
        await Task.WhenAll(names.Select(name => system.Client.SendAsync([TestSystem.Enrol(name)], Patience, Cancel)));
        await system.CountAsync("update certificate set expire_at = now() + interval '20 days' where username like 'router-%'", Cancel);
        await Eventually.BecomesTrueAsync(async _ => await system.CountAsync("select count(*) from notice where state = 1", Cancel) == "20", Patience, Cancel, "all are told");
        await system.StopWorkersAsync();
        Assert.HasCount(20, mail.Mails);
        Assert.HasCount(20, mail.Mails.Select(m => m.HeaderLines.Single(line => line.StartsWith("Message-ID", StringComparison.OrdinalIgnoreCase))).Distinct().ToArray());
    }

    [TestMethod]
    public async Task A_name_made_by_an_attacker_puts_no_line_into_a_mail_and_no_recipient_on_it()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await using var mail = new SmtpListener();
        Tell(system, mail.Port, hook: null)["Mail"]!["NotifyHolder"] = true;
        await system.StartWorkerAsync(Cancel);
        await system.Client.SendAsync([TestSystem.Enrol("evil")], Patience, Cancel);
        await system.CountAsync("""
            update end_entity set email = E'x@evil.example>\r\nRCPT TO:<y@evil.example' where username = 'evil';
            update certificate set expire_at = now() + interval '20 days', subject_dn = E'CN=evil\r\nBcc: z@evil.example\r\n\r\n.\r\nQUIT \u202e' || repeat('x', 100000) where username = 'evil'
            """, Cancel);
        await Eventually.BecomesTrueAsync(() => mail.Mails.Count == 1, Patience, Cancel, "it is told");
        ReceivedMail told = mail.Mails.Single();
        CollectionAssert.AreEqual(new[] { "admins@example.org" }, told.Recipients.ToArray());
        Assert.DoesNotContain(line => line.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase), told.HeaderLines);
        Assert.IsLessThan(10_000, told.Data.Length);
        Assert.HasCount(1, told.Body.Split("Alternative names:").Skip(1).ToArray(), "The text is whole.");
    }

    [TestMethod]
    public async Task The_holder_is_told_where_wanted_and_an_address_that_is_refused_stops_no_other_notice()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await using var mail = new SmtpListener();
        JsonObject section = Tell(system, mail.Port, hook: null);
        section["Mail"]!["NotifyHolder"] = true;
        section["Mail"]!["To"] = new JsonArray();
        using var log = new CapturedLog();
        await system.StartWorkerAsync(Cancel, log.AddTo);
        foreach (string name in (string[])["refused", "anna", "nobody"])
        {
            await system.Client.SendAsync([TestSystem.Enrol(name)], Patience, Cancel);
        }

        await system.CountAsync("""
            update end_entity set email = username || '@example.org' where username in ('refused', 'anna');
            update certificate set expire_at = now() + case username when 'refused' then interval '10 days' else interval '20 days' end where username in ('refused', 'anna', 'nobody')
            """, Cancel);
        await Eventually.BecomesTrueAsync(async _ => await system.CountAsync("select count(*) from notice where state = 1", Cancel) == "2", Patience, Cancel, "anna is told, nobody need not be");
        CollectionAssert.AreEqual(new[] { "anna@example.org" }, mail.Mails.Single().Recipients.ToArray());
        await Eventually.BecomesTrueAsync(() => log.Lines.Any(line => line.Contains("MailboxUnavailable", StringComparison.Ordinal)), Patience, Cancel, "the refusal is logged");
    }

    [TestMethod]
    public async Task Who_can_be_reached_gets_a_mail_once_though_another_recipient_is_refused()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await using var mail = new SmtpListener();
        Tell(system, mail.Port, hook: null)["Mail"]!["To"] = new JsonArray("admins@example.org", "refused@example.org", "refused-too@example.org", "others@example.org");
        using var log = new CapturedLog();
        await system.StartWorkerAsync(Cancel, log.AddTo);
        await DeviceAsync(system, "router");
        await Eventually.BecomesTrueAsync(async _ => await system.CountAsync(Rows, Cancel) == "1/1", Patience, Cancel, "it is recorded as sent");
        CollectionAssert.AreEqual(new[] { "admins@example.org", "others@example.org" }, mail.Mails.Single().Recipients.ToArray());
        await Eventually.BecomesTrueAsync(() => log.Lines.Any(line => line.Contains("but not everybody there", StringComparison.Ordinal)), Patience, Cancel, "it is logged");
    }

    [TestMethod]
    public async Task A_mail_server_without_TLS_gets_nothing_unless_that_is_allowed()
    {
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        await using var mail = new SmtpListener();
        Tell(system, mail.Port, hook: null)["Mail"]!["AllowPlain"] = false;
        using var log = new CapturedLog();
        await system.StartWorkerAsync(Cancel, log.AddTo);
        await DeviceAsync(system, "router");
        await Eventually.BecomesTrueAsync(() => log.Lines.Any(line => line.StartsWith("mail was not told", StringComparison.Ordinal)), Patience, Cancel, "the failure is logged");
        Assert.IsEmpty(mail.Mails);
        Assert.DoesNotContain(line => line.Contains("without TLS", StringComparison.Ordinal), log.Lines);
    }

    [TestMethod]
    public async Task A_webhook_is_told_over_TLS_only_where_its_certificate_is_trusted_and_no_redirect_is_followed()
    {
        using var pki = new TestPki("CN=Web CA,O=Test");
        using var others = new TestPki("CN=Other CA,O=Test");
        using KeyStore server = pki.Issue("CN=localhost");
        await using WebhookListener hook = await WebhookListener.StartAsync(Cancel, server);
        await using TestSystem system = await TestSystem.CreateAsync(Cancel);
        JsonObject hooks = Tell(system, mailPort: null, hook.Url)["Webhooks"]!.AsObject();
        hooks["ops"] = Hook(system, hook.Url, trust: system.WriteFile("ca.pem", pki.Certificate.ToPem()));
        hooks["moved"] = Hook(system, hook.Url.Replace("/hook", "/moved", StringComparison.Ordinal), trust: system.PathOf("ca.pem"));
        hooks["stranger"] = Hook(system, hook.Url, trust: system.WriteFile("other.pem", others.Certificate.ToPem()));
        hooks["system"] = Hook(system, hook.Url, trust: null);
        await system.StartWorkerAsync(Cancel);
        await DeviceAsync(system, "router");
        await Eventually.BecomesTrueAsync(async _ => await system.CountAsync("select count(*) from notice where at < now() + interval '4 minutes'", Cancel) == "4", Patience, Cancel, "all were tried");
        Assert.AreEqual("webhook/ops", await system.CountAsync("select string_agg(target, ' ') from notice where state = 1", Cancel));
        Assert.HasCount(1, hook.Calls);
    }

    /// <summary>A port that nobody else can take and at which nobody listens.</summary>
    private static Socket ClosedPort()
    {
        var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return closed;
    }

    /// <summary>Tells of what ends within thirty or seven days, and of approvals.</summary>
    private static JsonObject Tell(TestSystem system, int? mailPort, string? hook)
    {
        var section = new JsonObject { ["Interval"] = "00:00:00.100", ["ExpiryThresholds"] = new JsonArray("30.00:00:00", "7.00:00:00"), ["WaitingApprovals"] = true };
        if (mailPort is { } port)
        {
            section["Mail"] = JsonSerializer.SerializeToNode(new { Host = "127.0.0.1", Port = port, AllowPlain = true, From = "pki@example.org", To = new[] { "admins@example.org" }, Timeout = "00:01:00" });
        }

        section["Webhooks"] = new JsonObject();
        if (hook is not null)
        {
            section["Webhooks"]!["ops"] = Hook(system, hook, trust: null);
        }

        system.Configuration[NotificationOptions.Section] = section;
        return section;
    }

    private static JsonObject Hook(TestSystem system, string url, string? trust) => JsonSerializer.SerializeToNode(new
    {
        Url = url,
        SecretFile = system.WriteFile("hook.secret", Secret),
        AllowHttp = url.StartsWith("http:", StringComparison.Ordinal),
        TrustFile = trust,
        Timeout = "00:01:00",
    })!.AsObject();

    /// <summary>A device whose certificate ends in twenty days; its serial number.</summary>
    private async Task<string> DeviceAsync(TestSystem system, string name)
    {
        await system.Client.SendAsync([TestSystem.Enrol(name)], Patience, Cancel);
        return await system.CountAsync($"update certificate set expire_at = now() + interval '20 days 12 hours' where username = '{name}' returning serial", Cancel) is var text ? text.Split('\n')[0] : "";
    }

    /// <summary>What a receiver does: the same computation, a comparison in constant time.</summary>
    private static void AssertSigned(ReceivedCall call)
    {
        Dictionary<string, string> parts = call.Signature.Split(',').ToDictionary(part => part.Split('=')[0], part => part.Split('=')[1], StringComparer.Ordinal);
        byte[] expected = HMACSHA256.HashData(Encoding.ASCII.GetBytes(Secret), Encoding.ASCII.GetBytes(parts["t"] + ".").Concat(call.Body).ToArray());
        Assert.IsTrue(CryptographicOperations.FixedTimeEquals(expected, Convert.FromHexString(parts["v1"])));
        Assert.IsLessThan(600, Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(parts["t"], CultureInfo.InvariantCulture)));
    }
}
