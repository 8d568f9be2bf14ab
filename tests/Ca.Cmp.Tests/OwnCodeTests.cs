using System.Security.Cryptography;
using System.Text;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Ca.Core.Profiles;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>End entities whose own enrolment code makes the MAC (CMP-M-1, M-2; CMP-A-5, A-9).</summary>
[TestClass]
public sealed class OwnCodeTests
{
    private const string Code = "Only once 4711";
    private const string Subject = "CN=device,O=Test";

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_code_brings_one_certificate_and_still_protects_the_rest_of_its_transaction()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = Device(ca);

        PkiMessage answer = await client.IrAsync("CN=bank,O=Elsewhere", Cancel);

        Certificate issued = Answers.CertificateOf(answer);
        Assert.AreEqual(Subject, issued.Subject.ToString(), "what is registered, whatever the template says");
        Assert.IsTrue(client.Believes(answer));
        Assert.AreEqual("40|", await ca.CountAsync("select status || '|' || coalesce(secret, '') || coalesce(encode(sealed_secret, 'hex'), '') from end_entity where username = 'device'", Cancel), "spent with the certificate");
        PkiMessage confirmed = await client.ConfirmAsync(issued, Cancel);
        Answers.IsConfirmation(confirmed);
        Assert.IsTrue(client.Believes(confirmed));
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await Device(ca).IrAsync(Subject, Cancel));
        Assert.AreEqual("1", await ca.IssuedAsync(Cancel));
    }

    /// <summary>CMP-O-20, O-24: who never got or did not want his certificate asks again with the code, once.</summary>
    [TestMethod]
    [DataRow("late")]
    [DataRow("rejected")]
    public async Task A_certificate_that_is_taken_back_gives_its_code_back(string how)
    {
        await using CmpCa ca = await StartAsync();
        TestClient first = Device(ca);
        Certificate lost = Answers.CertificateOf(await first.IrAsync(Subject, Cancel));

        await TakeBackAsync(ca, how, first, lost);

        Assert.AreEqual("10|1", await ca.CountAsync("select status || '|' || requests_left from end_entity", Cancel));
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from audit_record where details like '%given back%'", Cancel));
        TestClient second = Device(ca);
        Certificate issued = Answers.CertificateOf(await second.IrAsync(Subject, Cancel));
        Answers.IsConfirmation(await second.ConfirmAsync(issued, Cancel));
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await Device(ca).IrAsync(Subject, Cancel));
        Assert.AreEqual("20 40", await ca.CountAsync("select string_agg(status::text, ' ' order by status) from certificate where type = 1", Cancel));
    }

    /// <summary>What has happened to the end entity since counts, and a certificate that somebody has revoked himself.</summary>
    [TestMethod]
    [DataRow("update certificate set status = 40, revocation_reason = 1, revoked_at = issued_at where type = 1", DisplayName = "the certificate was revoked by somebody")]
    [DataRow("update end_entity set status = 50", DisplayName = "the end entity is revoked")]
    [DataRow("update end_entity set secret = 'another'", DisplayName = "it has a new code")]
    [DataRow("insert into certificate select (jsonb_populate_record(c, jsonb_build_object('fingerprint', 'other', 'serial', 'aa'))).* from certificate c where type = 1", DisplayName = "it has got another certificate")]
    public async Task A_code_is_not_given_back_over_what_happened_since(string since)
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = Device(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync(Subject, Cancel));
        await ca.CountAsync(since, Cancel);

        await TakeBackAsync(ca, "late", client, issued);

        Assert.AreEqual("", await ca.CountAsync("select coalesce(encode(sealed_secret, 'hex'), '') from end_entity", Cancel));
        Assert.AreEqual("3", await ca.CountAsync("select state from cmp_transaction", Cancel), "and the transaction has ended");
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await Device(ca).IrAsync(Subject, Cancel));
    }

    [TestMethod]
    public async Task A_certificate_that_is_kept_keeps_its_code_spent()
    {
        await using CmpCa ca = await StartAsync(alias => alias with { OnConfirmTimeout = CmpUnconfirmed.Keep });
        TestClient client = Device(ca);
        await TakeBackAsync(ca, "late", client, Answers.CertificateOf(await client.IrAsync(Subject, Cancel)));

        Answers.IsError(PkiFailureInfo.BadMessageCheck, await Device(ca).IrAsync(Subject, Cancel));
        Assert.AreEqual("20", await ca.CountAsync("select status from certificate where type = 1", Cancel));
    }

    private async Task TakeBackAsync(CmpCa ca, string how, TestClient client, Certificate issued)
    {
        if (how == "rejected")
        {
            Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel, status => status with { Status = new(PkiStatus.Rejection) }));
            return;
        }

        ca.Clock.Advance(TimeSpan.FromMinutes(6));
        await ca.Get<UnconfirmedCertificates>().SweepAsync(default, Cancel);
    }

    /// <summary>CMP-T-17: the answer may have been lost, and the code is spent.</summary>
    [TestMethod]
    public async Task The_same_octets_get_the_same_answer_after_the_code_is_spent()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = Device(ca);
        PkiMessage request = client.Message(TestClient.Body(client.Request(Subject)));

        PkiMessage first = await ca.SendAsync(request, Cancel);
        PkiMessage again = await ca.SendAsync(request, Cancel);

        CollectionAssert.AreEqual(first.Encoded.ToArray(), again.Encoded.ToArray());
        Assert.AreEqual("1", await ca.IssuedAsync(Cancel));
    }

    [TestMethod]
    public async Task A_new_code_does_not_go_on_with_the_transaction_of_the_old_one()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = Device(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync(Subject, Cancel));
        await RegisterAsync(ca, "device", "Reversible", "another one 0815");
        TestClient other = Device(ca, code: "another one 0815");
        (other.TransactionId, other.LastNonce) = (client.TransactionId, client.LastNonce);

        Answers.IsError(PkiFailureInfo.BadMessageCheck, await other.ConfirmAsync(issued, Cancel));
        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));
        Answers.CertificateOf(await Device(ca, code: "another one 0815").IrAsync(Subject, Cancel));
    }

    [TestMethod]
    public async Task Of_many_that_use_one_code_at_the_same_time_one_gets_a_certificate()
    {
        await using CmpCa ca = await StartAsync();

        bool[] won = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TryAsync(ca)));

        Assert.AreEqual(1, won.Count(w => w));
        Assert.AreEqual("1", await ca.IssuedAsync(Cancel));
    }

    [TestMethod]
    public async Task Whoever_may_enrol_more_than_once_does_so_with_one_code()
    {
        await using CmpCa ca = await StartAsync();
        await ca.CountAsync("update end_entity set allowed_requests = 2, requests_left = 2", Cancel);

        Answers.CertificateOf(await Device(ca).IrAsync(Subject, Cancel));
        Answers.CertificateOf(await Device(ca).IrAsync(Subject, Cancel));
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await Device(ca).IrAsync(Subject, Cancel));
    }

    /// <summary>CMP-A-9: senderKID first; else what is asked for names the end entity, by an attribute or as a whole.</summary>
    [TestMethod]
    [DataRow("DN", "factory", Subject)]
    [DataRow("CN", "factory", "CN=device,O=Elsewhere")]
    [DataRow("CN", "device", "CN=other,O=Test", DisplayName = "senderKID counts before the subject")]
    public async Task The_end_entity_is_found_by_senderKID_and_then_by_the_subject(string attribute, string keyId, string subject)
    {
        await using CmpCa ca = await StartAsync(alias => alias with { UsernameAttribute = attribute });
        await RegisterAsync(ca, "other", "Reversible", "a code of its own");
        TestClient client = TestClient.WithSecret(ca, keyId, Code);

        Certificate issued = Answers.CertificateOf(await client.IrAsync(subject, Cancel));

        Assert.AreEqual(Subject, issued.Subject.ToString());
        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));
        Assert.AreEqual("10", await ca.CountAsync("select status from end_entity where username = 'other'", Cancel));
    }

    [TestMethod]
    [DataRow(EndEntityStatus.Generated)]
    [DataRow(EndEntityStatus.Initialized)]
    public async Task Who_may_not_enrol_has_no_code_that_counts(EndEntityStatus status)
    {
        await using CmpCa ca = await StartAsync();
        await ca.CountAsync($"update end_entity set status = {(int)status}", Cancel);

        Answers.IsError(PkiFailureInfo.BadMessageCheck, await Device(ca).IrAsync(Subject, Cancel));
    }

    [TestMethod]
    [DataRow(EndEntityStatus.Failed)]
    [DataRow(EndEntityStatus.InProcess)]
    public async Task Who_failed_or_was_interrupted_may_enrol(EndEntityStatus status)
    {
        await using CmpCa ca = await StartAsync();
        await ca.CountAsync($"update end_entity set status = {(int)status}", Cancel);

        Answers.CertificateOf(await Device(ca).IrAsync(Subject, Cancel));
    }

    /// <summary>CA_CORE §7.3: each wrong MAC is one wrong login, and the right one is none.</summary>
    [TestMethod]
    public async Task Wrong_codes_use_up_the_logins_and_the_right_one_gives_them_back()
    {
        await using CmpCa ca = await StartAsync();
        await ca.CountAsync("update end_entity set max_failed_logins = 3, logins_left = 3", Cancel);
        await GuessAsync(ca, "device");
        await GuessAsync(ca, "elsewhere");
        Assert.AreEqual("10|1", await StandingAsync(ca));
        TestClient client = Device(ca);
        await client.SendAsync(TestClient.Body(client.Request("CN=x", t => t with { PublicKey = null })), Cancel); // refused for its template
        Assert.AreEqual("10|3", await StandingAsync(ca));

        for (int i = 0; i < 3; i++)
        {
            await GuessAsync(ca, $"device-{i}");
        }

        Assert.AreEqual("40|3", await StandingAsync(ca), "locked until an administrator lets it enrol again");
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await Device(ca).IrAsync(Subject, Cancel));
        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
    }

    /// <summary>CMP-M-8: whatever names the guesser gives himself.</summary>
    [TestMethod]
    public async Task Guesses_count_for_the_end_entity_whoever_sends_them()
    {
        await using CmpCa ca = await StartAsync(alias => alias with { MaxWrongSecrets = 3 });
        for (int i = 0; i < 3; i++)
        {
            await GuessAsync(ca, $"thief-{i}");
        }

        Answers.IsError(PkiFailureInfo.BadMessageCheck, await Device(ca).IrAsync(Subject, Cancel));
        ca.Clock.Advance(TimeSpan.FromMinutes(11));
        Answers.CertificateOf(await Device(ca).IrAsync(Subject, Cancel));
    }

    /// <summary>CMP-M-2: a hash verifies no MAC. The device is told nothing, the administrator what to do.</summary>
    [TestMethod]
    public async Task A_hashed_code_is_told_to_the_administrator_and_to_nobody_else()
    {
        await using CmpCa ca = await StartAsync();
        await RegisterAsync(ca, "hashed", "EMPTY", Code);

        PkiMessage hashed = await TestClient.WithSecret(ca, "hashed", Code).IrAsync("CN=hashed,O=Test", Cancel);
        PkiMessage nobody = await TestClient.WithSecret(ca, "nobody", Code).IrAsync("CN=nobody,O=Test", Cancel);

        Answers.IsError(PkiFailureInfo.BadMessageCheck, hashed);
        CollectionAssert.AreEqual(nobody.BodyEncoded.ToArray(), hashed.BodyEncoded.ToArray());
        Assert.AreEqual("1", await ca.CountAsync("select count(*) from audit_record where details like '%hashed%password.reversible%'", Cancel));
        IReadOnlyList<string> notes = await ca.Get<CmpAliases>().NotesAsync(new() { CaName = CmpCa.CaName, EndEntityProfile = "EMPTY" }, Cancel);
        Assert.Contains("password.reversible", Assert.ContainsSingle(notes));
        Assert.IsEmpty(await ca.Get<CmpAliases>().NotesAsync(new() { CaName = CmpCa.CaName, EndEntityProfile = "Reversible" }, Cancel));
    }

    [TestMethod]
    public async Task The_end_entity_of_another_CA_is_nobody_here()
    {
        await using CmpCa ca = await StartAsync();
        await RegisterAsync(ca, "foreign", "Reversible", Code, "Other");

        Answers.IsError(PkiFailureInfo.BadMessageCheck, await TestClient.WithSecret(ca, "foreign", Code).IrAsync("CN=foreign,O=Test", Cancel));
    }

    /// <summary>CMP-A-43: our addition goes on beside it, and is no wrong login of the code.</summary>
    [TestMethod]
    public async Task A_secret_of_the_senderKID_counts_as_before()
    {
        await using CmpCa ca = await StartAsync(alias => alias with { EndEntityProfile = "Reversible" });
        await ca.SetSecretAsync("device", "its very own", keepOthers: false, Cancel);
        await ca.CountAsync("update end_entity set max_failed_logins = 3, logins_left = 3", Cancel);
        TestClient client = Device(ca, code: "its very own");
        await client.SendAsync(TestClient.Body(client.Request("CN=x", t => t with { PublicKey = null })), Cancel); // refused for its template
        Assert.AreEqual("10|3", await StandingAsync(ca));

        Answers.CertificateOf(await Device(ca, code: "its very own").IrAsync(Subject, Cancel));
    }

    [TestMethod]
    public async Task Another_worker_goes_on_and_nobody_reads_the_code_anywhere()
    {
        await using CmpCa ca = await StartAsync();
        TestClient client = Device(ca);
        Certificate issued = Answers.CertificateOf(await client.IrAsync(Subject, Cancel));
        await GuessAsync(ca, "device");
        await using CmpCa other = await ca.AnotherAsync(Cancel);
        byte[] confirmation = client.Message(new PkiBody.CertificateConfirmation([new(CertHash.Compute(issued).OrThrow(), 0, PkiStatusInfo.Accepted)])).Encoded.ToArray();

        Answers.IsConfirmation(PkiMessage.Read((await other.SendAsync(confirmation, Cancel)).OrThrow()).OrThrow());

        string hex = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Code));
        foreach (string table in (string[])["audit_record", "cmp_transaction", "end_entity", "inbox", "cmp_guess"])
        {
            Assert.AreEqual("0", await ca.CountAsync($"select count(*) from {table} t where t::text like '%{Code}%' or t::text like '%{hex}%'", Cancel), table);
        }
    }

    /// <summary>A row that was swapped in the database opens nothing for anybody.</summary>
    [TestMethod]
    public async Task A_code_that_was_moved_to_another_end_entity_does_not_open()
    {
        await using CmpCa ca = await StartAsync();
        await RegisterAsync(ca, "victim", "Reversible", "a code of its own");
        await ca.CountAsync("update end_entity set sealed_secret = (select sealed_secret from end_entity where username = 'device') where username = 'victim'", Cancel);

        await Assert.ThrowsAsync<CryptographicException>(() => TestClient.WithSecret(ca, "victim", Code).IrAsync("CN=victim,O=Test", Cancel));
    }

    private static TestClient Device(CmpCa ca, string code = Code) => TestClient.WithSecret(ca, "device", code);

    private async Task GuessAsync(CmpCa ca, string keyId) =>
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await TestClient.WithSecret(ca, keyId, "not the code").IrAsync(Subject, Cancel));

    private Task<string> StandingAsync(CmpCa ca) => ca.CountAsync("select status || '|' || logins_left from end_entity", Cancel);

    private async Task<bool> TryAsync(CmpCa ca)
    {
        try
        {
            PkiMessage answer = await Device(ca).IrAsync(Subject, Cancel);
            return answer.Body is PkiBody.CertificateResponses { Content.Responses: [{ Status.Status: PkiStatus.Accepted }] };
        }
        catch (Exception e) when (e is Ca.Core.NotNowException or Ca.Core.Ledger.ConcurrentChangeException)
        {
            return false; // told to come again, and would be refused
        }
    }

    private async Task<CmpCa> StartAsync(Func<CmpAlias, CmpAlias>? change = null)
    {
        CmpCa ca = await CmpCa.StartAsync(Cancel);
        (await ca.Get<ProfileStore>().SetAsync(ca.Admin, "Reversible", FixedProfiles.Empty with { Password = new() { Reversible = true } }, Cancel)).OrThrow();
        await ca.ChangeAsync(alias => (change ?? (a => a))(alias with { Mode = CmpMode.Client }), Cancel);
        await RegisterAsync(ca, "device", "Reversible", Code);
        return ca;
    }

    private async Task RegisterAsync(CmpCa ca, string name, string profile, string code, string caName = CmpCa.CaName)
    {
        using Secret secret = Secret.FromText(code);
        var data = new EndEntityData { Username = name, SubjectDn = $"CN={name},O=Test", CaName = caName, EndEntityProfile = profile, CertificateProfile = "ENDUSER", Secret = secret };
        (await ca.Get<EndEntityStore>().SetAsync(ca.Admin, data, Cancel)).OrThrow();
    }
}
