using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>genm (RFC 9810 §5.3.19; CMP.md 7.5).</summary>
[TestClass]
public sealed class InfoTests
{
    private const string CrlUri = "http://crl.example.com/root.crl";

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Nothing_asked_and_something_unknown_asked_are_answered_with_nothing()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);

        Assert.IsEmpty(await AskAsync(ca));
        Assert.IsEmpty(await AskAsync(ca, new InfoTypeAndValue("1.2.3.4")));
    }

    [TestMethod]
    public async Task The_chain_and_what_else_is_configured_are_the_CA_certificates()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { CaPubsCas = ["Other"], ExtraCertsCas = ["Other"] });

        InfoTypeAndValue answer = Assert.ContainsSingle(await AskAsync(ca, new InfoTypeAndValue(Oids.CaCerts)));

        string[] names = [.. answer.Read<SequenceOf<CmpCertificate>>().OrThrow().Items.Select(c => c.Read().OrThrow().Subject.ToString())];
        CollectionAssert.AreEqual((string[])["CN=Root,O=Test,C=SE", "CN=Other,O=Test,C=SE"], names);
        PkiMessage issued = await TestClient.WithSecret(ca).IrAsync("CN=device,O=Test", Cancel);
        CollectionAssert.AreEqual(names, ((PkiBody.CertificateResponses)issued.Body).Content.CaCertificates.Select(c => c.Read().OrThrow().Subject.ToString()).ToArray(), "CMP-A-23");
    }

    [TestMethod]
    public async Task The_newest_CRL_is_sent_to_those_who_have_an_older_one()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        CertificateAuthorities authorities = ca.Get<CertificateAuthorities>();
        (await authorities.SetSettingsAsync(ca.Admin, CmpCa.CaName, new() { CrlDistributionPoints = [CrlUri] }, Cancel)).OrThrow();
        CrlView crl = (await ca.Get<Crls>().CreateAsync(ca.Admin, CmpCa.CaName, Cancel)).OrThrow();
        var issuer = new CrlSource.Issuer(new([GeneralName.Directory((await authorities.FindAsync(CmpCa.CaName, Cancel))!.Certificate.Subject)]));
        var point = new CrlSource.DistributionPoint(new([GeneralName.FromUri(CrlUri)]));

        CollectionAssert.AreEqual(crl.Encoded, Assert.ContainsSingle(await AskAsync(ca, new InfoTypeAndValue(Oids.CurrentCrl))).Value!.Value.ToArray());
        foreach ((CrlStatus status, bool sent) in ((CrlStatus, bool)[])
        [
            (new(issuer), true),
            (new(point), true),
            (new(issuer, crl.ThisUpdate.AddDays(-1)), true),
            (new(issuer, crl.ThisUpdate), false),
            (new(new CrlSource.DistributionPoint(new([GeneralName.FromUri("http://127.0.0.1:1/x.crl")]))), false),
        ])
        {
            InfoTypeAndValue answer = Assert.ContainsSingle(await AskAsync(ca, InfoTypeAndValue.Of(Oids.CrlStatusList, new SequenceOf<CrlStatus>([status]))));
            Assert.AreEqual(Oids.Crls, answer.Oid);
            Assert.AreEqual(sent, !answer.IsAbsent, status.ToString());
        }
    }

    /// <summary>CMP_PEERS V12: nothing but the configured links, and only to those they lead on from.</summary>
    [TestMethod]
    public async Task V12_A_roots_successor_is_told_to_those_who_know_the_root()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        Certificate old = (await ca.Get<CertificateAuthorities>().FindAsync(CmpCa.CaName, Cancel))!.Certificate;
        InfoTypeAndValue question = InfoTypeAndValue.Of(Oids.RootCaCert, old);
        Assert.IsTrue(Assert.ContainsSingle(await AskAsync(ca, question)).IsAbsent);
        await ca.ChangeAsync(alias => alias with { RootUpdate = new(Vendors.Renewed(old).ToPem()) }, Cancel);

        InfoTypeAndValue answer = Assert.ContainsSingle(await AskAsync(ca, question));

        Assert.AreEqual(Oids.RootCaKeyUpdate, answer.Oid);
        Assert.AreEqual(old.Subject, answer.Read<RootCaKeyUpdateContent>().OrThrow().NewWithNew.Read().OrThrow().Subject);
        Assert.IsTrue(Assert.ContainsSingle(await AskAsync(ca, InfoTypeAndValue.Of(Oids.RootCaCert, Vendors.Root.Certificate))).IsAbsent, "another root");
        await RefusedAsync(ca, new InfoTypeAndValue(Oids.RootCaCert, new byte[] { 4, 0 }));
        Assert.IsFalse((await ca.Get<CmpAliases>().SetAsync(ca.Admin, "x", new CmpAlias { CaName = CmpCa.CaName, RootUpdate = new(Vendors.Line.Certificate.ToPem()) }, Cancel)).Succeeded(out _, out _), "no root");
    }

    [TestMethod]
    public async Task A_template_says_which_keys_and_extensions_a_profile_wants()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { Profiles = new Dictionary<string, string> { ["web"] = "SERVER" } });
        var named = (PkiHeader header) => header with { GeneralInfo = [InfoTypeAndValue.Of(Oids.CertProfile, new SequenceOf<Utf8Text>([new("web")]))] };

        PkiMessage answer = await TestClient.WithSecret(ca).SendAsync(new PkiBody.General(PkiBodyKind.GeneralMessage, [new(Oids.CertReqTemplate)]), Cancel, named);

        CertReqTemplateContent content = ((PkiBody.General)answer.Body).Items.Single().Read<CertReqTemplateContent>().OrThrow();
        Assert.IsTrue(content.Template.Extensions.Any(e => e.Oid == Oids.ExtendedKeyUsage));
        Assert.IsNull(content.Template.PublicKey);
        Assert.IsTrue(content.KeySpecifications.Any(k => k.Oid == Oids.RsaKeyLenControl) && content.KeySpecifications.Any(k => k.Oid == Oids.AlgIdControl));
        PkiMessage unknown = await TestClient.WithSecret(ca).SendAsync(
            new PkiBody.General(PkiBodyKind.GeneralMessage, [new(Oids.CertReqTemplate)]), Cancel, h => h with { GeneralInfo = [InfoTypeAndValue.Of(Oids.CertProfile, new SequenceOf<Utf8Text>([new("nothing")]))] });
        Answers.IsError(PkiFailureInfo.BadRequest, unknown);
    }

    [TestMethod]
    public async Task The_older_questions_are_answered_too()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);

        Assert.IsGreaterThan(3, Assert.ContainsSingle(await AskAsync(ca, new InfoTypeAndValue(Oids.SignKeyPairTypes))).Read<SequenceOf<AlgorithmIdentifier>>().OrThrow().Items.Count);
        Assert.HasCount(1, Assert.ContainsSingle(await AskAsync(ca, new InfoTypeAndValue(Oids.EncKeyPairTypes))).Read<SequenceOf<AlgorithmIdentifier>>().OrThrow().Items);
        Assert.AreEqual(Oids.Aes256Cbc, Assert.ContainsSingle(await AskAsync(ca, new InfoTypeAndValue(Oids.PreferredSymmAlg))).Read<AlgorithmIdentifier>().OrThrow().Oid);
        Assert.AreEqual(Oids.KeyPairParamRep, Assert.ContainsSingle(await AskAsync(ca, InfoTypeAndValue.Of(Oids.KeyPairParamReq, new ObjectIdentifier(Oids.EcPublicKey)))).Oid);
        InfoTypeAndValue language = Assert.ContainsSingle(await AskAsync(ca, InfoTypeAndValue.Of(Oids.SuppLangTags, new SequenceOf<Utf8Text>([new("sv"), new("en-GB")]))));
        Assert.AreEqual("en-GB", language.Read<SequenceOf<Utf8Text>>().OrThrow().Items.Single().Text);
        await RefusedAsync(ca, InfoTypeAndValue.Of(Oids.SuppLangTags, new SequenceOf<Utf8Text>([new("sv")])));
        await RefusedAsync(ca, InfoTypeAndValue.Of(Oids.PreferredSymmAlg, new AlgorithmIdentifier(Oids.Aes256Cbc)));
        await RefusedAsync(ca, new InfoTypeAndValue(Oids.RevPassphrase));
    }

    /// <summary>CMP-O-87.</summary>
    [TestMethod]
    public async Task Whoever_shows_no_protection_learns_what_is_public_only_where_the_alias_says_so()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        PkiMessage Unprotected(PkiBody body) => PkiMessage.Create(TestClient.WithSecret(ca).Header(), body);
        var question = new PkiBody.General(PkiBodyKind.GeneralMessage, [new(Oids.CaCerts)]);
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await ca.SendAsync(Unprotected(question), Cancel));
        await ca.ChangeAsync(alias => alias with { AllowUnprotectedInfo = true }, Cancel);

        PkiMessage answer = await ca.SendAsync(Unprotected(question), Cancel);

        Assert.AreEqual(PkiBodyKind.GeneralResponse, answer.Body.Kind);
        Assert.IsNull(MessageProtection.ObjectionTo(answer, answer.ExtraCerts[0].Read().OrThrow().PublicKey, CmpAlgorithmPolicy.Default), "signed");
        TestClient client = TestClient.WithSecret(ca);
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await ca.SendAsync(Unprotected(TestClient.Body(client.Request("CN=x"))), Cancel));
    }

    /// <summary>CMP-H-17.</summary>
    [TestMethod]
    public async Task An_original_message_is_shown_by_an_RA_and_belongs_to_the_transaction()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient device = TestClient.WithSecret(ca);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        PkiMessage original = device.Message(TestClient.Body(device.Request("CN=device,O=Test")));
        PkiHeader Showing(PkiHeader h, PkiMessage shown) => h with { GeneralInfo = [InfoTypeAndValue.Of(Oids.OrigPkiMessage, new SequenceOf<PkiMessage>([shown]))] };

        Answers.IsError(PkiFailureInfo.BadMessageCheck, await ra.IrAsync("CN=device,O=Test", Cancel, h => Showing(h, original)));
        ra.TransactionId = original.Header.TransactionId!.Value.ToArray();
        Answers.CertificateOf(await ra.IrAsync("CN=device,O=Test", Cancel, h => Showing(h, original) with { SenderNonce = original.Header.SenderNonce }));
        await ca.ChangeAsync(alias => alias with { Mode = CmpMode.Client, Authentication = [new(CmpModule.EndEntityCertificate)] }, Cancel);
        TestClient holder = await Signers.DeviceAsync(ca, Cancel);
        Answers.IsError(PkiFailureInfo.BadMessageCheck, await holder.IrAsync("CN=device,O=Test", Cancel, h => Showing(h, original)));
    }

    private async Task<IReadOnlyList<InfoTypeAndValue>> AskAsync(CmpCa ca, params InfoTypeAndValue[] questions)
    {
        PkiMessage answer = await TestClient.WithSecret(ca).SendAsync(new PkiBody.General(PkiBodyKind.GeneralMessage, questions), Cancel);
        Assert.AreEqual(PkiBodyKind.GeneralResponse, answer.Body.Kind, (answer.Body as PkiBody.Error)?.Content.Status.Text?.ToString());
        return ((PkiBody.General)answer.Body).Items;
    }

    private async Task RefusedAsync(CmpCa ca, InfoTypeAndValue question) =>
        Answers.IsError(PkiFailureInfo.BadRequest, await TestClient.WithSecret(ca).SendAsync(new PkiBody.General(PkiBodyKind.GeneralMessage, [question]), Cancel));
}
