using System.Security.Cryptography;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Ca.Core.Profiles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>Registered end entities that show an enrolment code (CMP-A-6, A-7, A-9; CMP-C-40; CMP-X-6, X-7).</summary>
[TestClass]
public sealed class EnrolmentCodeTests
{
    private const string Code = "Only once 4711";

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_token_brings_one_certificate_and_the_name_that_is_registered()
    {
        await using CmpCa ca = await StartAsync([new(CmpModule.RegTokenPwd)], alias => alias with { UsernameAttribute = "CN" });
        TestClient client = TestClient.WithSecret(ca);

        Certificate issued = Answers.CertificateOf(await client.SendAsync(WithToken(client, "CN=device,O=Elsewhere", Code), Cancel));

        Assert.AreEqual("CN=device,O=Test", issued.Subject.ToString());
        Answers.IsConfirmation(await client.ConfirmAsync(issued, Cancel));
        TestClient again = TestClient.WithSecret(ca);
        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, await again.SendAsync(WithToken(again, "CN=device,O=Test", Code), Cancel));
        Assert.AreEqual("1", await ca.IssuedAsync(Cancel), "spent with the certificate");
    }

    [TestMethod]
    public async Task A_wrong_token_an_unknown_and_a_finished_end_entity_read_the_same()
    {
        await using CmpCa ca = await StartAsync([new(CmpModule.RegTokenPwd)]);
        await RegisterAsync(ca, "finished", EndEntityStatus.Generated);
        var texts = new HashSet<string?>();

        foreach ((string subject, string code) in ((string, string)[])[("CN=device,O=Test", "something else"), ("CN=nobody,O=Test", Code), ("CN=finished,O=Test", Code)])
        {
            TestClient client = TestClient.WithSecret(ca);
            PkiMessage answer = await client.SendAsync(WithToken(client, subject, code), Cancel);
            Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, answer);
            texts.Add(Answers.ResponseOf(answer).Status.Text?.ToString());
        }

        Assert.HasCount(1, texts);
        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
    }

    /// <summary>CMP_PEERS V24: of two that show one token at the same time, one succeeds.</summary>
    [TestMethod]
    public async Task V24_A_token_shown_twice_at_once_brings_one_certificate()
    {
        await using CmpCa ca = await StartAsync([new(CmpModule.RegTokenPwd)]);

        Task<bool>[] races = [.. Enumerable.Range(0, 4).Select(_ => TryAsync(ca))];
        bool[] won = await Task.WhenAll(races);

        Assert.AreEqual(1, won.Count(w => w));
        Assert.AreEqual("1", await ca.IssuedAsync(Cancel));
    }

    /// <summary>CMP_PEERS V28: what was a password on the way in is nowhere on the way out, even under a profile that takes names from requests.</summary>
    [TestMethod]
    public async Task V28_A_password_in_the_subject_is_neither_certified_nor_logged()
    {
        await using CmpCa ca = await StartAsync([new(CmpModule.DnPartPwd, "UID")]);
        (await ca.Get<ProfileStore>().SetAsync(ca.Admin, "Open", FixedProfiles.EndUser with { AllowDnOverride = true }, Cancel)).OrThrow();
        await RegisterAsync(ca, "device", EndEntityStatus.New, "Open");
        TestClient wrong = TestClient.WithSecret(ca);
        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, await wrong.IrAsync("UID=wrong 0815,CN=device,O=Test", Cancel));
        TestClient client = TestClient.WithSecret(ca);

        Certificate issued = Answers.CertificateOf(await client.IrAsync($"UID={Code},CN=device,O=Test", Cancel));

        Assert.AreEqual("CN=device,O=Test", issued.Subject.ToString());
        string everything = await ca.CountAsync("select string_agg(details::text, ' ') from audit_record", Cancel)
            + await ca.CountAsync("select string_agg(subject_dn, ' ') from certificate", Cancel);
        Assert.DoesNotContain(Code, everything);
        Assert.DoesNotContain("wrong 0815", everything);
        Assert.Contains("CN=device", everything);
    }

    [TestMethod]
    public async Task A_challenge_password_is_the_token_of_a_pkcs10_request()
    {
        await using CmpCa ca = await StartAsync([new(CmpModule.RegTokenPwd)], alias => alias with { UsernameAttribute = "CN" });
        TestClient client = TestClient.WithSecret(ca);
        var request = CertificationRequest.Create(DistinguishedName.Parse("CN=device").OrThrow(), client.NewKey, HashAlgorithmName.SHA256, [RequestAttribute.ForChallenge(Secret.FromText(Code))]);

        PkiMessage answer = await client.SendAsync(new PkiBody.Pkcs10(request), Cancel);

        Assert.AreEqual("CN=device,O=Test", Answers.CertificateOf(answer).Subject.ToString());
    }

    /// <summary>CMP-M-7: what does not apply is skipped; what applies and fails makes way for a later one.</summary>
    [TestMethod]
    public async Task The_first_module_that_applies_and_succeeds_counts()
    {
        await using CmpCa ca = await StartAsync([new(CmpModule.RegTokenPwd), new(CmpModule.Hmac)]);
        await ca.SetSecretAsync("device", "its very own", keepOthers: false, Cancel);
        TestClient withoutToken = TestClient.WithSecret(ca, "device", "its very own");

        Certificate issued = Answers.CertificateOf(await withoutToken.IrAsync("CN=device,O=Test", Cancel));

        Answers.IsConfirmation(await withoutToken.ConfirmAsync(issued, Cancel));
        Assert.AreEqual("2", await ca.CountAsync("select count(*) from audit_record where details::text like '%\"Hmac\"%'", Cancel));
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await TestClient.WithSecret(ca).IrAsync("CN=device,O=Test", Cancel));
    }

    [TestMethod]
    public async Task A_right_token_under_a_wrong_secret_is_not_even_looked_at()
    {
        await using CmpCa ca = await StartAsync([new(CmpModule.RegTokenPwd)]);
        TestClient client = TestClient.WithSecret(ca, secret: "not the secret");

        Answers.IsError(PkiFailureInfo.BadMessageCheck, await client.SendAsync(WithToken(client, "CN=device,O=Test", Code), Cancel));
    }

    [TestMethod]
    public async Task Another_subject_is_refused_where_the_alias_demands_the_registered_one()
    {
        await using CmpCa ca = await StartAsync([new(CmpModule.RegTokenPwd)], alias => alias with { UsernameAttribute = "CN", RequireSubjectMatch = true });
        TestClient client = TestClient.WithSecret(ca);

        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, await client.SendAsync(WithToken(client, "CN=device,O=Elsewhere", Code), Cancel));
        Answers.CertificateOf(await client.SendAsync(WithToken(client, "CN=device,O=Test", Code), Cancel, h => h with { TransactionId = RandomNumberGenerator.GetBytes(16), RecipientNonce = null }));
    }

    /// <summary>CMP-A-40.</summary>
    [TestMethod]
    public async Task Combinations_that_cannot_work_are_refused_when_they_are_saved()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        CmpAliases aliases = ca.Get<CmpAliases>();
        var alias = new CmpAlias { CaName = CmpCa.CaName, Mode = CmpMode.Client };

        foreach (CmpAlias impossible in (CmpAlias[])
        [
            alias with { Mode = CmpMode.Ra, Authentication = [new(CmpModule.RegTokenPwd)] },
            alias with { Authentication = [new(CmpModule.DnPartPwd)] },
            alias with { Authentication = [new(CmpModule.DnPartPwd, "no such attribute")] },
            alias with { Authentication = [new(CmpModule.RegTokenPwd, "UID")] },
            alias with { UsernameAttribute = "nothing" },
        ])
        {
            Assert.IsFalse((await aliases.SetAsync(ca.Admin, "x", impossible, Cancel)).Succeeded(out _, out Refusal? refusal));
            Assert.AreEqual(RefusalCode.PolicyViolation, refusal!.Code);
        }
    }

    private async Task<bool> TryAsync(CmpCa ca)
    {
        try
        {
            TestClient client = TestClient.WithSecret(ca);
            PkiMessage answer = await client.SendAsync(WithToken(client, "CN=device,O=Test", Code), Cancel);
            return Answers.ResponseOf(answer).Status.Status == PkiStatus.Accepted;
        }
        catch (Exception e) when (e is Ca.Core.NotNowException or Ca.Core.Ledger.ConcurrentChangeException)
        {
            return false; // told to come again, and would be refused
        }
    }

    /// <summary>CMP-C-63: every device knows the secret of the alias, so a key encrypted to it would be everybody's.</summary>
    [TestMethod]
    public async Task No_key_is_made_for_who_shares_his_secret_with_others()
    {
        await using CmpCa ca = await StartAsync([new(CmpModule.RegTokenPwd)], alias => alias with { AllowServerKeyGeneration = true });
        TestClient client = TestClient.WithSecret(ca);
        CertReqMsg request = client.Request("CN=device,O=Test", t => t with { PublicKey = null }, controls: [AttributeTypeAndValue.Of(Oids.RegToken, new SecretText(Secret.FromText(Code)))]) with { Possession = null };

        PkiMessage answer = await client.SendAsync(TestClient.Body(request), Cancel, h => h with { Version = PkiHeader.Cmp2021 });

        Answers.IsRejection(PkiBodyKind.InitializationResponse, PkiFailureInfo.NotAuthorized, answer);
        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
    }

    private static PkiBody WithToken(TestClient client, string subject, string code) =>
        TestClient.Body(client.Request(subject, controls: [AttributeTypeAndValue.Of(Oids.RegToken, new SecretText(Secret.FromText(code)))]));

    private async Task<CmpCa> StartAsync(IReadOnlyList<CmpAuthentication> modules, Func<CmpAlias, CmpAlias>? change = null)
    {
        CmpCa ca = await CmpCa.StartAsync(Cancel, alias => (change ?? (a => a))(alias with { Mode = CmpMode.Client, Authentication = modules }));
        await RegisterAsync(ca, "device", EndEntityStatus.New);
        return ca;
    }

    private async Task RegisterAsync(CmpCa ca, string name, EndEntityStatus status, string profile = "ENDUSER")
    {
        EndEntityStore store = ca.Get<EndEntityStore>();
        using Secret code = Secret.FromText(Code);
        var data = new EndEntityData { Username = name, SubjectDn = $"CN={name},O=Test", CaName = CmpCa.CaName, EndEntityProfile = "EMPTY", CertificateProfile = profile };
        (await store.SetAsync(ca.Admin, data, Cancel)).OrThrow();
        (await store.SetSecretAsync(ca.Admin, name, code, Cancel)).OrThrow();
        if (status != EndEntityStatus.New)
        {
            (await store.SetStatusAsync(ca.Admin, name, status, Cancel)).OrThrow();
        }
    }
}
