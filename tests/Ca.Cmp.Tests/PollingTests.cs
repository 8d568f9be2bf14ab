using System.Numerics;
using System.Security.Cryptography;
using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Ca.Core.Roles;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>Requests that people have to agree to (RFC 9810 §5.3.22, RFC 9483 §4.4; CMP-O-60 to O-65, O-46, M-9).</summary>
[TestClass]
public sealed class PollingTests
{
    private static readonly Actor Anna = Actor.With("CN=anna",
    [
        new(AccessResources.Administrator, AccessDecision.Accept),
        new(AccessResources.ApproveEndEntity, AccessDecision.Accept),
        new(AccessResources.ApproveCaAction, AccessDecision.Accept),
        new("/endentityprofilesrules", AccessDecision.AcceptRecursive),
        new(AccessResources.AnyCa, AccessDecision.AcceptRecursive),
    ]);

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(PkiBodyKind.InitializationRequest)]
    [DataRow(PkiBodyKind.CertificationRequest)]
    public async Task A_client_waits_polls_and_gets_its_certificate(PkiBodyKind kind)
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = TestClient.WithSecret(ca);

        IsWaiting(0, kind + 1, await client.SendAsync(TestClient.Body(client.Request("CN=device"), kind), Cancel));
        PollRep patience = Assert.ContainsSingle(((PkiBody.PollResponses)(await PollAsync(client)).Body).Responses);
        Assert.AreEqual(TimeSpan.FromSeconds(10), patience.CheckAfter);
        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
        await DecideAsync(ca, approve: true);

        PkiMessage answer = await PollAsync(client);

        Assert.AreEqual(kind + 1, answer.Body.Kind);
        Certificate issued = Answers.CertificateOf(answer);
        Assert.IsTrue(client.Believes(answer));
        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));
        Assert.AreEqual("1", await ca.IssuedAsync(Cancel));
        Answers.IsError(PkiFailureInfo.BadRequest, await PollAsync(client));
    }

    [TestMethod]
    public async Task A_pkcs10_request_waits_under_the_number_minus_one()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = TestClient.WithSecret(ca);
        var request = CertificationRequest.Create(DistinguishedName.Parse("CN=device").OrThrow(), client.NewKey, HashAlgorithmName.SHA256);

        IsWaiting(-1, PkiBodyKind.CertificationResponse, await client.SendAsync(new PkiBody.Pkcs10(request), Cancel));
        await DecideAsync(ca, approve: true);

        Assert.IsTrue(client.NewKey.Public.SameKeyAs(Answers.CertificateOf(await PollAsync(client, -1)).PublicKey));
    }

    [TestMethod]
    public async Task What_waits_survives_a_restart()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = TestClient.WithSecret(ca);
        IsWaiting(0, PkiBodyKind.InitializationResponse, await client.IrAsync("CN=device", Cancel, TestClient.Implicitly));
        await DecideAsync(ca, approve: true);
        await using CmpCa other = await ca.AnotherAsync(Cancel);

        PkiMessage answer = await other.SendAsync(client.Message(Poll(0)), Cancel);

        Answers.CertificateOf(answer);
        Assert.IsTrue(answer.Header.HasImplicitConfirm, "CMP-O-63: as the request asked, not the poll");
        Assert.AreEqual("2", await ca.CountAsync("select state from cmp_transaction where pending is null and approval_id is null", Cancel));
    }

    [TestMethod]
    public async Task A_rejection_and_an_approval_that_never_comes_end_the_wait()
    {
        await using CmpCa ca = await StartAsync();
        TestClient rejected = TestClient.WithSecret(ca);
        await rejected.IrAsync("CN=rejected", Cancel);
        await DecideAsync(ca, approve: false);
        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, await PollAsync(rejected));
        Answers.IsError(PkiFailureInfo.BadRequest, await PollAsync(rejected));
        TestClient forgotten = TestClient.WithSecret(ca);
        await forgotten.IrAsync("CN=forgotten", Cancel);

        ca.Clock.Advance(TimeSpan.FromDays(8));

        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, await PollAsync(forgotten));
        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
        Assert.AreEqual("0", await ca.CountAsync("select count(*) from cmp_transaction where pending is not null", Cancel));
    }

    /// <summary>CMP-T-7, T-8: polls come by any path of the alias; the one of the request says what is issued.</summary>
    [TestMethod]
    [DataRow("Server", null, DisplayName = "the request by a path with a profile, the poll by one without")]
    [DataRow(null, "Server", DisplayName = "and the other way round")]
    [DataRow("Server", "nothing", DisplayName = "by a path whose profile does not exist")]
    public async Task A_poll_by_another_path_of_the_alias_gets_what_was_asked_for(string? asked, string? polled)
    {
        await using CmpCa ca = await StartAsync(alias => alias with { Profiles = new Dictionary<string, string> { ["Server"] = "SERVER" } });
        TestClient client = TestClient.WithSecret(ca);
        IsWaiting(0, PkiBodyKind.InitializationResponse, await SendByAsync(asked, TestClient.Body(client.Request("CN=device"))));
        Assert.ContainsSingle(((PkiBody.PollResponses)(await SendByAsync(polled, Poll(0))).Body).Responses);
        await DecideAsync(ca, approve: true);

        Certificate issued = Answers.CertificateOf(await SendByAsync(polled, Poll(0)));

        Assert.AreEqual(asked is not null, issued.ExtendedKeyUsage.Contains("1.3.6.1.5.5.7.3.1"), "serverAuth is of the profile SERVER alone");
        Answers.IsConfirmation(await SendByAsync(polled, new PkiBody.CertificateConfirmation([new(CertHash.Compute(issued).OrThrow(), 0, PkiStatusInfo.Accepted)])));
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from approval", Cancel), "people were asked once");

        async Task<PkiMessage> SendByAsync(string? profile, PkiBody body)
        {
            PkiMessage answer = PkiMessage.Read((await ca.SendAsync(client.Message(body).Encoded, Cancel, call => call with { Profile = profile })).OrThrow()).OrThrow();
            client.LastNonce = answer.Header.SenderNonce;
            return answer;
        }
    }

    /// <summary>CMP-T-7, O-62, O-25: a transaction belongs to the alias it began at, and what comes by another does not touch it.</summary>
    [TestMethod]
    public async Task A_message_by_another_alias_finds_nothing_and_the_transaction_goes_on()
    {
        await using CmpCa ca = await StartAsync();
        (await ca.Get<CmpAliases>().SetAsync(ca.Admin, "second", (await ca.Get<CmpAliases>().FindAsync(CmpCa.Alias, Cancel))! with { CertificateProfile = "SERVER" }, Cancel)).OrThrow();
        using (Secret secret = Secret.FromText(CmpCa.Secret))
        {
            (await ca.Get<CmpSecrets>().SetAsync(ca.Admin, "second", "", secret, keepOthers: false, Cancel)).OrThrow(); // who is right at both
        }

        TestClient client = TestClient.WithSecret(ca);
        IsWaiting(0, PkiBodyKind.InitializationResponse, await client.IrAsync("CN=device", Cancel));
        await DecideAsync(ca, approve: true);
        Answers.IsError(PkiFailureInfo.BadRequest, await SendBySecondAsync(Poll(0)));

        Certificate issued = Answers.CertificateOf(await PollAsync(client));
        PkiBody confirmation = new PkiBody.CertificateConfirmation([new(CertHash.Compute(issued).OrThrow(), 0, PkiStatusInfo.Accepted)]);
        Answers.IsError(PkiFailureInfo.BadRequest, await SendBySecondAsync(confirmation));
        Answers.IsError(PkiFailureInfo.BadRequest, await SendBySecondAsync(new PkiBody.Error(new(PkiStatusInfo.Rejected(PkiFailureInfo.BadRequest, "enough")))));

        Answers.IsConfirmation(await client.SendAsync(confirmation, Cancel));
        Assert.AreEqual("2", await ca.CountAsync("select state from cmp_transaction", Cancel));

        async Task<PkiMessage> SendBySecondAsync(PkiBody body) =>
            PkiMessage.Read((await ca.SendAsync(client.Message(body).Encoded, Cancel, call => call with { Alias = "second" })).OrThrow()).OrThrow();
    }

    /// <summary>CMP-O-62: answered, and counted.</summary>
    [TestMethod]
    public async Task Polls_that_come_too_early_are_answered_and_counted()
    {
        await using CmpCa ca = await StartAsync();
        using var counted = new Counted("cmp.polls.early");
        TestClient client = TestClient.WithSecret(ca);
        await client.IrAsync("CN=device", Cancel);

        foreach (int seconds in (int[])[4, 5, 10, 4])
        {
            ca.Clock.Advance(TimeSpan.FromSeconds(seconds));
            Assert.IsInstanceOfType<PkiBody.PollResponses>((await PollAsync(client)).Body);
        }

        Assert.HasCount(2, counted.Of("alias"), "of 10 seconds that were said, less than 5 had gone");
    }

    /// <summary>CMP-O-61: a no counts however late its client hears it, and nobody is asked again.</summary>
    [TestMethod]
    public async Task A_rejection_is_heard_by_a_client_that_comes_late()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = TestClient.WithSecret(ca);
        await client.IrAsync("CN=device", Cancel);
        await DecideAsync(ca, approve: false);

        ca.Clock.Advance(TimeSpan.FromHours(2));

        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, await PollAsync(client));
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from approval", Cancel));
        Assert.AreEqual("3", await ca.CountAsync("select state from cmp_transaction where pending is null", Cancel));
    }

    /// <summary>CMP-E-5: who gives up gives up, also while people think.</summary>
    [TestMethod]
    public async Task A_client_that_waits_no_longer_says_so_and_nobody_has_to_agree()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = TestClient.WithSecret(ca);
        await client.IrAsync("CN=device", Cancel);

        Answers.IsConfirmation(await client.SendAsync(new PkiBody.Error(new(PkiStatusInfo.Rejected(PkiFailureInfo.BadRequest, "enough"))), Cancel));

        Assert.AreEqual("-6", await ca.CountAsync("select status from approval", Cancel));
        Assert.AreEqual("3", await ca.CountAsync("select state from cmp_transaction where pending is null and approval_id is null", Cancel));
        Answers.IsError(PkiFailureInfo.BadRequest, await PollAsync(client));
    }

    /// <summary>CMP_PEERS V15, V20: a transaction belongs to whoever began it, under the protection it began with.</summary>
    [TestMethod]
    public async Task V20_Nobody_else_learns_what_became_of_it()
    {
        await using CmpCa ca = await StartAsync();
        await ca.SetSecretAsync("thief", "another secret", keepOthers: false, Cancel);
        TestClient client = TestClient.WithSecret(ca);
        await client.IrAsync("CN=device", Cancel);
        await DecideAsync(ca, approve: true);
        TestClient thief = TestClient.WithSecret(ca, "thief", "another secret");
        (thief.TransactionId, thief.LastNonce) = (client.TransactionId, client.LastNonce);

        Answers.IsError(PkiFailureInfo.BadRequest, await PollAsync(thief));
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await ca.SendAsync(client.Message(Poll(0), algorithm: Pbmac1.Create(RandomNumberGenerator.GetBytes(16), 1000)), Cancel));
        Answers.IsError(PkiFailureInfo.BadRecipientNonce, await ca.SendAsync(client.Message(Poll(0), h => h with { RecipientNonce = new byte[16] }), Cancel));
        Answers.IsError(PkiFailureInfo.BadCertId, await ca.SendAsync(client.Message(Poll(7)), Cancel));
        Answers.CertificateOf(await ca.SendAsync(client.Message(Poll(0)), Cancel));
    }

    /// <summary>CMP-T-17: a request and a poll that are sent again get the answers they got.</summary>
    [TestMethod]
    public async Task What_is_sent_again_is_answered_again_and_asked_once()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = TestClient.WithSecret(ca);
        PkiMessage request = client.Message(TestClient.Body(client.Request("CN=device")));
        PkiMessage waiting = await ca.SendAsync(request, Cancel);
        CollectionAssert.AreEqual(waiting.Encoded.ToArray(), (await ca.SendAsync(request, Cancel)).Encoded.ToArray());
        client.LastNonce = waiting.Header.SenderNonce;
        PkiMessage poll = client.Message(Poll(0));
        await DecideAsync(ca, approve: true);

        PkiMessage answer = await ca.SendAsync(poll, Cancel);

        CollectionAssert.AreEqual(answer.Encoded.ToArray(), (await ca.SendAsync(poll, Cancel)).Encoded.ToArray());
        Assert.AreEqual("1", await ca.IssuedAsync(Cancel));
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from approval", Cancel));
    }

    /// <summary>What was allowed when it was asked need not be when it is decided.</summary>
    [TestMethod]
    public async Task The_request_is_decided_by_what_counts_when_people_have_agreed()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = TestClient.WithSecret(ca);
        await client.SendAsync(TestClient.Body(client.Request("CN=device")), Cancel);
        await DecideAsync(ca, approve: true);
        await ca.SetSecretAsync("device-1", "a new secret", keepOthers: false, Cancel);

        Answers.IsError(PkiFailureInfo.BadMessageCheck, await PollAsync(client));
        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
    }

    /// <summary>What can no longer be done is not left open before those who agreed to it.</summary>
    [TestMethod]
    public async Task An_approval_ends_with_the_transaction_that_cannot_use_it()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = TestClient.WithSecret(ca);
        await client.IrAsync("CN=device", Cancel);
        await DecideAsync(ca, approve: true);
        await DemandAsync(ca, people: 0);
        await ca.EnrolAsync("another", client.NewKey, Cancel); // whose key it is from now on
        await DemandAsync(ca);

        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.BadCertTemplate, await PollAsync(client));

        Assert.AreEqual("0", await ca.CountAsync("select count(*) from approval where status in (-1, 0)", Cancel));
        StringAssert.Contains(await ca.CountAsync("select result from approval", Cancel), "CMP-");
        Answers.IsError(PkiFailureInfo.BadRequest, await PollAsync(client));
    }

    [TestMethod]
    public async Task A_revocation_waits_for_clients_that_can_poll()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        await ca.ChangeAsync(alias => alias with { PollForRevocation = true }, Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);
        await DemandAsync(ca);
        Certificate own = device.Certificate!;

        PkiMessage waiting = await device.SendAsync(RevocationTests.Revocation(own), Cancel);
        Assert.AreEqual(PkiStatus.Waiting, ((PkiBody.RevocationResponses)waiting.Body).Content.Statuses.Single().Status);
        Assert.IsInstanceOfType<PkiBody.PollResponses>((await PollAsync(device, -1)).Body);
        await DecideAsync(ca, approve: true);
        PkiMessage answer = await PollAsync(device, -1);

        Assert.AreEqual(PkiStatus.Accepted, ((PkiBody.RevocationResponses)answer.Body).Content.Statuses.Single().Status);
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from certificate where status = 40", Cancel));
    }

    [TestMethod]
    public async Task A_revocation_of_a_client_that_cannot_poll_is_held_and_a_second_one_refused()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);
        await DemandAsync(ca);
        PkiMessage first = device.Message(RevocationTests.Revocation(device.Certificate!));
        await Assert.ThrowsExactlyAsync<ApprovalPendingException>(() => ca.SendAsync(first.Encoded, Cancel, row: "1"));
        await Assert.ThrowsExactlyAsync<ApprovalPendingException>(() => ca.SendAsync(first.Encoded, Cancel, row: "1"), "looked at again");
        device.TransactionId = RandomNumberGenerator.GetBytes(16);

        PkiMessage second = PkiMessage.Read((await ca.SendAsync(device.Message(RevocationTests.Revocation(device.Certificate!)).Encoded, Cancel, row: "2")).OrThrow()).OrThrow();

        Answers.IsRejection(PkiBodyKind.RevocationResponse, PkiFailureInfo.BadRequest, second);
        await DecideAsync(ca, approve: true);
        Assert.IsInstanceOfType<PkiBody.RevocationResponses>(PkiMessage.Read((await ca.SendAsync(first.Encoded, Cancel, row: "1")).OrThrow()).OrThrow().Body);
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from certificate where status = 40", Cancel));
    }

    [TestMethod]
    public async Task Requests_that_wait_count_as_open_and_are_forgotten_in_the_end()
    {
        await using CmpCa ca = await StartAsync(alias => alias with { MaxOpenTransactions = 1 });
        await TestClient.WithSecret(ca).IrAsync("CN=one", Cancel);
        Answers.IsError(PkiFailureInfo.SystemUnavail, await TestClient.WithSecret(ca).IrAsync("CN=two", Cancel));

        ca.Clock.Advance(TimeSpan.FromDays(29));
        await ca.Get<UnconfirmedCertificates>().SweepAsync(ca.Clock.GetUtcNow(), Cancel);
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from cmp_transaction", Cancel));
        ca.Clock.Advance(TimeSpan.FromDays(2));
        await ca.Get<UnconfirmedCertificates>().SweepAsync(ca.Clock.GetUtcNow(), Cancel);
        Assert.AreEqual("0", await ca.CountAsync("select count(*) from cmp_transaction", Cancel));
    }

    private static PkiBody Poll(BigInteger id) => new PkiBody.PollRequests([new(id)]);

    private Task<PkiMessage> PollAsync(TestClient client, int id = 0) => client.SendAsync(Poll(id), Cancel);

    private static void IsWaiting(BigInteger id, PkiBodyKind kind, PkiMessage answer)
    {
        Assert.AreEqual(kind, answer.Body.Kind, (answer.Body as PkiBody.Error)?.Content.Status.ToString());
        CertResponse response = Answers.ResponseOf(answer);
        Assert.AreEqual(PkiStatus.Waiting, response.Status.Status);
        Assert.AreEqual(id, response.RequestId);
        Assert.IsNull(response.KeyPair);
    }

    /// <summary>CMP-O-20, O-24: what nobody accepted is taken back without asking people, and one that cannot be does not stop the others.</summary>
    [TestMethod]
    public async Task What_was_never_accepted_is_taken_back_without_asking_people()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        foreach (string name in (string[])["first", "second", "third", "rejected"])
        {
            TestClient client = TestClient.WithSecret(ca);
            Certificate issued = Answers.CertificateOf(await client.IrAsync($"CN={name}", Cancel));
            if (name == "rejected")
            {
                await DemandAsync(ca);
                Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel, status => status with { Status = new(PkiStatus.Rejection) }));
            }
        }

        Assert.AreEqual("rejected", await ca.CountAsync("select username from certificate where status = 40", Cancel));
        await ca.CountAsync("update cmp_transaction set serial = 'gone' where id = (select t.id from cmp_transaction t join certificate c on c.serial = t.serial and c.ca_id = t.ca_id where c.username = 'first')", Cancel);
        ca.Clock.Advance(TimeSpan.FromMinutes(6));

        AggregateException failed = await Assert.ThrowsExactlyAsync<AggregateException>(() => ca.Get<UnconfirmedCertificates>().SweepAsync(default, Cancel));

        Assert.ContainsSingle(failed.InnerExceptions);
        Assert.AreEqual("rejected second third", await ca.CountAsync("select string_agg(username, ' ' order by username) from certificate where status = 40", Cancel));
        Assert.AreEqual("0", await ca.CountAsync("select count(*) from approval", Cancel));
    }

    /// <summary>A repeat under a new transactionID gets the certificate that is there; what its owner has confirmed stays.</summary>
    [TestMethod]
    public async Task A_certificate_that_was_confirmed_by_one_transaction_is_not_taken_back_by_another()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync("CN=device", Cancel));
        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));
        await ca.CountAsync(
            """
            insert into cmp_transaction (id, alias, at, ca_id, confirm_by, own_nonce, protection, request_id, requester, seen_nonces, serial, state)
            select 'twin', alias, at, ca_id, at, own_nonce, protection, request_id, requester, seen_nonces, serial, 1 from cmp_transaction
            """,
            Cancel);
        ca.Clock.Advance(TimeSpan.FromMinutes(6));

        await ca.Get<UnconfirmedCertificates>().SweepAsync(default, Cancel);

        Assert.AreEqual("0", await ca.CountAsync("select count(*) from certificate where status = 40", Cancel));
        Assert.AreEqual("3", await ca.CountAsync("select state from cmp_transaction where id = 'twin'", Cancel));
    }

    /// <summary>An answer was lost, and the repeat has time left: the certificate is not taken from under it.</summary>
    [TestMethod]
    public async Task A_certificate_that_is_awaited_in_another_transaction_is_not_taken_back()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync("CN=device", Cancel));
        await ca.CountAsync(
            """
            insert into cmp_transaction (id, alias, at, ca_id, confirm_by, own_nonce, protection, request_id, requester, seen_nonces, serial, state)
            select 'twin', alias, at, ca_id, at, own_nonce, protection, request_id, requester, seen_nonces, serial, 1 from cmp_transaction
            """,
            Cancel);
        ca.Clock.Advance(TimeSpan.FromMinutes(2)); // the twin is overdue, the other has three minutes

        await ca.Get<UnconfirmedCertificates>().SweepAsync(default, Cancel);

        Assert.AreEqual("3", await ca.CountAsync("select state from cmp_transaction where id = 'twin'", Cancel));
        Assert.AreEqual("20", await ca.CountAsync("select status from certificate where type = 1", Cancel));
        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));
    }

    [TestMethod]
    public async Task A_certificate_that_was_revoked_meanwhile_is_not_confirmed()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        TestClient client = TestClient.WithSecret(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync("CN=device", Cancel));
        await ca.CountAsync("update certificate set status = 40, revocation_reason = 1, revoked_at = issued_at where type = 1", Cancel);

        Answers.IsError(PkiFailureInfo.CertRevoked, await client.ConfirmAsync(issued, Cancel));
        Assert.AreEqual("1", await ca.CountAsync("select state from cmp_transaction", Cancel));
    }

    private async Task DecideAsync(CmpCa ca, bool approve)
    {
        ApprovalDesk desk = ca.Get<ApprovalDesk>();
        long id = long.Parse(await ca.CountAsync("select max(id) from approval where status = -1", Cancel), null);
        (approve ? await desk.ApproveAsync(Anna, id, "ok", Cancel) : await desk.RejectAsync(Anna, id, "no", Cancel)).OrThrow();
    }

    private async Task DemandAsync(CmpCa ca, int people = 1) =>
        (await ca.Get<CertificateAuthorities>().SetSettingsAsync(ca.Admin, CmpCa.CaName, new() { Approvals = new() { AddEditEndEntity = people, Revocation = people } }, Cancel)).OrThrow();

    private async Task<CmpCa> StartAsync(Func<CmpAlias, CmpAlias>? change = null)
    {
        CmpCa ca = await CmpCa.StartAsync(Cancel, change);
        await DemandAsync(ca);
        return ca;
    }
}
