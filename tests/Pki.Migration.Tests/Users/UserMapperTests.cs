using Ca.Core.Authorities;
using Ca.Core.EndEntities;
using Ca.Core.Importing;
using Pki.Cli.Configuration;
using Pki.Migration.Import;
using Pki.Migration.Sources;
using Pki.Migration.Tests.World;
using Pki.Migration.Users;

namespace Pki.Migration.Tests.Users;

/// <summary>MIGRATION §2.2 and §5: each rule for the columns of UserData.</summary>
[TestClass]
public sealed class UserMapperTests
{
    private const string Bcrypt10 = "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"; // a published test value of cost 10
    private const string BcryptOfNothing = "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s."; // published with jBCrypt
    private static NewSite site = null!;
    private static CertificateAuthority ca = null!;
    private static SiteNames names = null!;

    [ClassInitialize]
    public static async Task PrepareAsync(TestContext context)
    {
        using var old = new OldSite();
        site = await NewSite.WithAsync(old, context.CancellationToken);
        await using CaSession session = site.Open();
        ca = (await session.Authorities.FindAsync(NewSite.CaName, context.CancellationToken))!;
        names = new(
            new() { EndEntityProfiles = new Dictionary<string, string> { ["2000"] = "Routers" } },
            [ca],
            [],
            new Dictionary<string, int> { ["ENDUSER"] = 1 },
            new Dictionary<string, int> { ["EMPTY"] = 1, ["Routers"] = 5555 });
        names.Learn(OldSite.OldCaId, OldSite.CaSubject);
    }

    [ClassCleanup]
    public static void Clean() => site.Dispose();

    [TestMethod]
    [DataRow("10", EndEntityStatus.New, UserMapper.PendingNote)]
    [DataRow("11", EndEntityStatus.Failed, UserMapper.PendingNote)]
    [DataRow("20", EndEntityStatus.Initialized, null)]
    [DataRow("30", EndEntityStatus.New, UserMapper.InProcessNote)]
    [DataRow("40", EndEntityStatus.Generated, null)]
    [DataRow("50", EndEntityStatus.Revoked, null)]
    [DataRow("60", EndEntityStatus.Historical, null)]
    [DataRow("70", EndEntityStatus.Generated, UserMapper.KeyRecoveryNote)]
    public void A_status_is_taken_over(string status, EndEntityStatus expected, string? note)
    {
        Mapped<ImportedEndEntity> mapped = Map(("status", status));
        Assert.AreEqual(expected, mapped.Value!.Status);
        Assert.AreEqual(note, mapped.Notes.FirstOrDefault());
    }

    [TestMethod]
    [DataRow("username", null, "username", DisplayName = "no name")]
    [DataRow("username", "a\nb", "control characters", DisplayName = "a line break in the name")]
    [DataRow("subjectEmail", "a\0b", "cannot be stored", DisplayName = "a NUL")]
    [DataRow("clearPassword", Pki.Migration.Sources.LegacyRow.NotUtf8, "not UTF-8", DisplayName = "a text of another charset")]
    [DataRow("subjectDN", "nothing", "subjectDN", DisplayName = "no distinguished name")]
    [DataRow("cAId", "77", "cAId 77", DisplayName = "an unknown CA")]
    [DataRow("status", "99", "status 99", DisplayName = "an unknown status")]
    [DataRow("endEntityProfileId", "3000", "endEntityProfileId 3000", DisplayName = "an unknown profile: its rules would be lost")]
    [DataRow("extendedInformationData", "<java><object class=\"java.lang.Runtime\"/></java>", "not allowed", DisplayName = "code in the extended information")]
    [DataRow("extendedInformationData", "<!DOCTYPE x [<!ENTITY a \"b\">]><java/>", "extendedInformationData", DisplayName = "entities in the extended information")]
    public void What_cannot_be_taken_over_is_set_aside(string column, string? value, string expected) =>
        Assert.Contains(expected, Map((column, value)).Problem!);

    [TestMethod]
    [DataRow("7")]
    [DataRow("8", DisplayName = "8: removed from the CRL that it was never on")]
    [DataRow("100")]
    [DataRow("hold", DisplayName = "no number: it would be issued active, though something else was wanted")]
    public void A_reason_to_issue_revoked_that_does_not_exist_is_set_aside(string reason) => Assert.Contains("reason", Map((
        "extendedInformationData",
        $"<java class=\"java.beans.XMLDecoder\"><object class=\"java.util.HashMap\"><void method=\"put\"><string>customdata_REVOCATIONREASON</string><string>{reason}</string></void></object></java>")).Problem!);

    [TestMethod]
    public void Half_a_character_is_set_aside() => // an attribute's argument could not carry it
        Assert.Contains("cannot be stored", Map(("subjectAltName", "dNSName=" + (char)0xDC00)).Problem!);

    [TestMethod]
    public void Users_of_CAs_are_not_needed() =>
        Assert.AreEqual(UserMapper.CaUserNote, Map(("username", "SYSTEMCA"), ("subjectDN", OldSite.CaSubject)).Notes.Single());

    [TestMethod]
    public void A_profile_and_a_CA_are_found_by_their_old_numbers()
    {
        ImportedEndEntity user = Map(("endEntityProfileId", "2000")).Value!;
        Assert.AreEqual((5555, ca.Id), (user.EndEntityProfileId, user.CaId));
    }

    [TestMethod]
    [DataRow("1", 1, null)]
    [DataRow("2", 2, null)]
    [DataRow("4", 4, null)]
    [DataRow("101", 1, UserMapper.HardTokenNote)]
    [DataRow("0", 1, UserMapper.HardTokenNote)]
    public void A_token_type_is_taken_over(string old, int expected, string? note)
    {
        Mapped<ImportedEndEntity> mapped = Map(("tokenType", old), ("status", "40"));
        Assert.AreEqual(expected, mapped.Value!.TokenType);
        Assert.AreEqual(note, mapped.Notes.FirstOrDefault());
    }

    [TestMethod]
    [DataRow("a9993e364706816aba3e25717850c26c9cd0d89d", true, DisplayName = "SHA-1")]
    [DataRow(Bcrypt10, true, DisplayName = "bcrypt of cost 10")]
    [DataRow("$2a$01$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy", false, DisplayName = "bcrypt of the legacy default cost 1: nobody here computes it")]
    [DataRow("$2a$31$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy", false, DisplayName = "bcrypt of cost 31: it would hang")]
    [DataRow("hello", false, DisplayName = "something else")]
    public void A_password_hash_is_kept_where_it_can_be_verified(string hash, bool kept)
    {
        Mapped<ImportedEndEntity> mapped = Map(("passwordHash", hash), ("status", "40"));
        Assert.AreEqual(kept ? hash : null, mapped.Value!.Secret);
        Assert.AreEqual(!kept, mapped.Notes.Contains(UserMapper.ResetNote));
    }

    [TestMethod]
    [DataRow("10", "2", "pw", true, "hash of pw", UserMapper.ClearTakenNote, DisplayName = "waiting for a key store, and allowed")]
    [DataRow("10", "2", "pw", false, null, UserMapper.ClearNote, DisplayName = "not allowed")]
    [DataRow("40", "2", "pw", true, null, UserMapper.ClearNote, DisplayName = "has its key store")]
    [DataRow("10", "1", "pw", true, null, UserMapper.ClearNote, DisplayName = "has a key of its own")]
    [DataRow("10", "2", "encrypted:abc", true, null, UserMapper.EncryptedNote, DisplayName = "encrypted by a newer release")]
    public void A_clear_password_is_taken_over_only_where_it_is_needed(string status, string token, string clear, bool allowed, string? secret, string note)
    {
        var row = OldSite.UserRow(1);
        (row["status"], row["tokenType"], row["clearPassword"], row["passwordHash"]) = (status, token, clear, null);
        Mapped<ImportedEndEntity> mapped = new UserMapper(names, allowed ? p => p.LendText(text => "hash of " + text) : null).Map(Row(row));
        Assert.AreEqual(secret, mapped.Value!.Secret);
        Assert.Contains(note, mapped.Notes);
        Assert.DoesNotContain(clear, string.Concat(mapped.Notes));
    }

    [TestMethod]
    [DataRow("passwordHash", "71f8893d4a3b2dc9a3a9b4d28ab9b2b4d0f0a3a1", EndEntityStatus.New, DisplayName = "a hash of its own")]
    [DataRow("passwordHash", "SHA1:foo123", EndEntityStatus.Initialized, DisplayName = "SHA-1 of what the legacy SCEP RA gave everybody")]
    [DataRow("passwordHash", "SHA1:", EndEntityStatus.Initialized, DisplayName = "SHA-1 of nothing")]
    [DataRow("passwordHash", BcryptOfNothing, EndEntityStatus.Initialized, DisplayName = "bcrypt of nothing")]
    [DataRow("passwordHash", null, EndEntityStatus.Initialized, DisplayName = "none")]
    [DataRow("clearPassword", "foo123", EndEntityStatus.Initialized, DisplayName = "in the clear")]
    [DataRow("clearPassword", "  ", EndEntityStatus.Initialized, DisplayName = "blanks in the clear")]
    public void Flaw_E2_nobody_may_enrol_without_a_secret_of_its_own(string column, string? value, EndEntityStatus expected)
    {
        var row = OldSite.UserRow(1);
        (row["status"], row["tokenType"]) = ("30", "2"); // INPROCESS, as the legacy SCEP RA left them
        row[column] = value?.StartsWith("SHA1:", StringComparison.Ordinal) == true ? Sha1(value[5..]) : value;
        Mapped<ImportedEndEntity> mapped = new UserMapper(names, p => p.LendText(text => "hash of " + text)).Map(Row(row));
        Assert.AreEqual(expected, mapped.Value!.Status);
        Assert.AreEqual(expected == EndEntityStatus.New, mapped.Value.Secret is not null);
        Assert.AreEqual(value is not null && expected != EndEntityStatus.New, mapped.Notes.Contains(UserMapper.WellKnownNote));
        Assert.AreEqual(expected != EndEntityStatus.New, mapped.Notes.Contains(UserMapper.NoSecretNote));
    }

    [TestMethod]
    public void Extended_information_becomes_fields_and_the_rest_is_kept()
    {
        const string Document = """
            <?xml version="1.0" encoding="UTF-8"?><java version="1.8" class="java.beans.XMLDecoder"><object class="org.cesecore.util.Base64PutHashMap">
            <void method="put"><string>version</string><float>4.0</float></void>
            <void method="put"><string>customdata_ENDTIME</string><string>B64:MDozMDowMA==</string></void>
            <void method="put"><string>customdata_REQUESTCOUNTER</string><string>B64:Mw==</string></void>
            <void method="put"><string>customdata_REVOCATIONREASON</string><string>6</string></void>
            <void method="put"><string>maxfailedloginattempts</string><int>5</int></void>
            <void method="put"><string>remainingloginattempts</string><int>2</int></void>
            <void method="put"><string>customdata_site</string><string>row &lt;3&gt;</string></void>
            </object></java>
            """;
        Mapped<ImportedEndEntity> mapped = Map(("extendedInformationData", Document));
        ImportedEndEntity user = mapped.Value!;
        Assert.AreEqual(("0:30:00", 3, 6, 5, 2), (user.EndTime, user.RequestsLeft, user.IssuanceRevocationReason, user.MaxFailedLogins, user.LoginsLeft));
        Assert.AreEqual("row <3>", (string?)System.Text.Json.Nodes.JsonNode.Parse(user.LegacyExtra!)!["customdata_site"]);
        Assert.Contains(UserMapper.ExtraNote, mapped.Notes);
    }

    [TestMethod]
    public void The_bits_of_the_type_are_kept() => Assert.AreEqual(0x181, Map(("type", "385")).Value!.Type);

    private static Mapped<ImportedEndEntity> Map(params (string Column, string? Value)[] changes)
    {
        Dictionary<string, string?> row = OldSite.UserRow(1);
        foreach ((string column, string? value) in changes)
        {
            row[column] = value;
        }

        return new UserMapper(names, null).Map(Row(row));
    }

    private static string Sha1(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    private static LegacyRow Row(Dictionary<string, string?> row) =>
        new(row.Keys.Index().ToDictionary(k => k.Item, k => k.Index, StringComparer.OrdinalIgnoreCase), [.. row.Values], 1);
}
