using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Pki.Protocols.Trust;

namespace Ca.Core.Tests.EndEntities;

/// <summary>CA_CORE §7.1: hashes of a legacy database are accepted and rewritten at their first use.</summary>
[TestClass]
public sealed class LegacySecretTests
{
    private const string Sha1OfAbc = "a9993e364706816aba3e25717850c26c9cd0d89d"; // FIPS 180-4
    private const string BcryptOfAbc = "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"; // published with jBCrypt

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(Sha1OfAbc, "abc", true)]
    [DataRow(Sha1OfAbc, " abc ", true, DisplayName = "the legacy product trimmed")]
    [DataRow(Sha1OfAbc, "abd", false)]
    [DataRow(Sha1OfAbc, "", false)]
    [DataRow(BcryptOfAbc, "abc", true)]
    [DataRow(BcryptOfAbc, "abd", false)]
    [DataRow("$2a$01$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i", "abc", false, DisplayName = "a cost that nobody computes")]
    [DataRow("$2a$31$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i", "abc", false, DisplayName = "a cost that would hang")]
    public void A_legacy_hash_is_compared(string stored, string password, bool matches)
    {
        using Secret secret = Secret.FromText(password);
        Assert.AreEqual(matches, SecretHash.Matches(secret, stored, 10_000));
        Assert.IsTrue(SecretHash.IsLegacy(stored));
    }

    [TestMethod]
    public async Task The_first_use_rewrites_it()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using Secret secret = Secret.FromText("abc");
        using Secret wrong = Secret.FromText("abd");
        (await ca.Get<EndEntityStore>().SetAsync(ca.Admin, new() { Username = "old", SubjectDn = "CN=old,O=Test", CaName = TestCa.RootName, Secret = secret }, Cancel)).OrThrow();
        await ca.ExecuteAsync($"update end_entity set secret = '{Sha1OfAbc}', allowed_requests = 2, requests_left = 2", Cancel);
        Assert.IsFalse((await ca.IssueAsync(Request(ca, wrong), Cancel)).Succeeded(out _, out _));
        Assert.AreEqual(Sha1OfAbc, await ca.ExecuteAsync("select secret from end_entity", Cancel), "a wrong guess rewrites nothing");
        (await ca.IssueAsync(Request(ca, secret), Cancel)).OrThrow();
        Assert.StartsWith("pbkdf2-sha256$", await ca.ExecuteAsync("select secret from end_entity", Cancel));
        (await ca.IssueAsync(Request(ca, secret), Cancel)).OrThrow();
    }

    [TestMethod]
    [DataRow("0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33", "foo", DisplayName = "SHA-1 of foo")]
    [DataRow("0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33", " foo\t", DisplayName = "and of foo with blanks around it")]
    [DataRow("da39a3ee5e6b4b0d3255bfef95601890afd80709", "", DisplayName = "SHA-1 of nothing")]
    [DataRow("da39a3ee5e6b4b0d3255bfef95601890afd80709", "  ", DisplayName = "SHA-1 of nothing, and blanks")]
    [DataRow("$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.", "", DisplayName = "bcrypt of nothing")]
    public async Task Flaw_E2_a_password_that_everybody_knows_is_nobodys_whatever_an_imported_hash_says(string stored, string password)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        using Secret own = Secret.FromText("abc");
        (await ca.Get<EndEntityStore>().SetAsync(ca.Admin, new() { Username = "old", SubjectDn = "CN=old,O=Test", CaName = TestCa.RootName, Secret = own }, Cancel)).OrThrow();
        await ca.ExecuteAsync($"update end_entity set secret = '{stored}'", Cancel);
        using Secret secret = Secret.FromText(password);
        Assert.IsTrue(SecretHash.Matches(secret, stored, 10_000), "the hash is of this password");
        Assert.IsFalse((await ca.IssueAsync(Request(ca, secret), Cancel)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.NotAuthorized, refusal.Code);
        Assert.AreEqual("0", await ca.ExecuteAsync("select count(*) from certificate where username = 'old'", Cancel));
    }

    private static IssuanceRequest Request(TestCa ca, Secret secret) =>
        ca.Request("old") with { SubjectDn = null, CreateOrEditUser = false, Secret = secret };
}
