using System.Security.Cryptography;
using Ca.Core.Cmp;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>Shared secrets: whose count, how they are exchanged, and where they are not (CMP-S-6, A-42, A-43).</summary>
[TestClass]
public sealed class SecretTests
{
    private const string Subject = "CN=user1,O=Test";

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("device-1", "not the secret", DisplayName = "a wrong secret")]
    [DataRow("device-9", "insta rocks", DisplayName = "the alias' secret from a sender that has its own")]
    public async Task Who_does_not_know_the_secret_gets_badMessageCheck_that_is_signed(string keyId, string secret)
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        await ca.SetSecretAsync("device-9", "its very own", keepOthers: false, Cancel);
        TestClient client = TestClient.WithSecret(ca, keyId, secret);

        PkiMessage answer = await client.IrAsync(Subject, Cancel);

        Answers.IsError(PkiFailureInfo.BadMessageCheck, answer);
        Certificate signer = answer.ExtraCerts[0].Read().OrThrow();
        Assert.IsNull(MessageProtection.ObjectionTo(answer, signer.PublicKey, CmpAlgorithmPolicy.Default), "signed by the CA");
        Assert.AreEqual("0", await ca.IssuedAsync(Cancel));
    }

    /// <summary>CMP-A-43: of two in force one may lie with a token that is away, or be broken; whoever has the other is served.</summary>
    [TestMethod]
    public async Task A_secret_that_does_not_open_stands_in_the_way_of_no_other()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        await ca.SetSecretAsync("", "the secret of next year", keepOthers: true, Cancel);
        foreach ((int broken, string right) in ((int, string)[])[(1, "the secret of next year"), (2, CmpCa.Secret)])
        {
            await ca.CountAsync("create table kept as select * from cmp_secret", Cancel);
            await ca.CountAsync($"update cmp_secret set sealed = overlay(sealed placing '\\x00000000'::bytea from length(sealed) - 3) where number = {broken}", Cancel);
            Answers.CertificateOf(await TestClient.WithSecret(ca, secret: right).IrAsync($"CN=user{broken},O=Test", Cancel));
            await Assert.ThrowsAsync<CryptographicException>(() => TestClient.WithSecret(ca, secret: "neither of them").IrAsync(Subject, Cancel), "it might have been the broken one");
            await ca.CountAsync("delete from cmp_secret; insert into cmp_secret select * from kept; drop table kept", Cancel);
        }

        Assert.AreEqual("2", await ca.IssuedAsync(Cancel));
    }

    [TestMethod]
    public async Task An_unknown_sender_reads_the_same_as_a_wrong_secret()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { Mode = CmpMode.Client });
        await ca.SetSecretAsync("known", "its very own", keepOthers: false, Cancel);

        PkiMessage wrong = await TestClient.WithSecret(ca, "known", "not the secret").IrAsync(Subject, Cancel);
        PkiMessage unknown = await TestClient.WithSecret(ca, "nobody", "not the secret").IrAsync(Subject, Cancel);

        CollectionAssert.AreEqual(wrong.BodyEncoded.ToArray(), unknown.BodyEncoded.ToArray());
    }

    [TestMethod]
    public async Task Secrets_can_be_exchanged_one_device_after_the_other()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        await ca.SetSecretAsync("", "the next secret", keepOthers: true, Cancel);
        Answers.CertificateOf(await TestClient.WithSecret(ca).IrAsync("CN=a,O=Test", Cancel));
        Answers.CertificateOf(await TestClient.WithSecret(ca, secret: "the next secret").IrAsync("CN=b,O=Test", Cancel));

        await ca.SetSecretAsync("", "the last secret", keepOthers: false, Cancel);

        Answers.IsError(PkiFailureInfo.BadMessageCheck, await TestClient.WithSecret(ca, secret: "the next secret").IrAsync("CN=c,O=Test", Cancel));
    }

    [TestMethod]
    public async Task Secrets_are_nowhere_in_the_database()
    {
        await using CmpCa ca = await CmpCa.StartAsync(Cancel);
        await TestClient.WithSecret(ca).IrAsync(Subject, Cancel);

        string sealedSecrets = await ca.CountAsync("select count(*) from cmp_secret where position(convert_to('insta rocks', 'UTF8') in sealed) > 0", Cancel);
        string audited = await ca.CountAsync("select count(*) from audit_record t where t::text like '%insta rocks%'", Cancel);

        Assert.AreEqual("0 0", $"{sealedSecrets} {audited}");
    }
}
