using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Pki.Migration.Tests.World;

namespace Pki.Migration.Tests.Roles;

/// <summary>Roles come along without anybody getting more than before (MIGRATION §2.7, §9 check 9; CA_CORE §12.1).</summary>
[TestClass]
public sealed class RoleImportTests
{
    private const int Accept = 1, Decline = 2, Serial = 11, CommonName = 8, FullDn = 15;
    private const string Certificate = "CertificateAuthenticationToken";

    private readonly StringBuilder sql = new();
    private int keys;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Rules_and_members_of_an_older_release_are_taken_over()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string ca = (await site.QueryAsync("select ca_id from authority", Cancel)).Trim();
        int role = Group("RA Admins");
        Rule(role, "/administrator", Accept);
        Rule(role, $"/ca/{OldSite.OldCaId}", Accept);
        Rule(role, "/ca/999", Accept);
        Rule(role, "/ra_functionality", Accept, recursive: true);
        Rule(role, "/endentityprofilesrules/1/", Accept, recursive: true);
        Rule(role, "/hardtoken_functionality/issue_hardtokens", Accept);
        Rule(role, "/log_functionality", 0);
        Member(role, Serial, "0A1B2C");
        Member(role, CommonName, "anna", matching: 1001);
        Member(role, CommonName, "bert", matching: 1002);
        Member(role, CommonName, "carl", token: "AlwaysAllowLocalAuthenticationToken");
        Member(role, CommonName, "dora", caId: 999);

        string output = await ImportAsync(site);
        JsonNode shown = await ShowAsync(site, "RA Admins");
        CollectionAssert.AreEquivalent(
            new[]
            {
                "/administrator Accept", $"/ca/{ca} Accept", "/ra_functionality AcceptRecursive", "/endentityprofilesrules/1 AcceptRecursive",
                "/ra_functionality/reactivate_end_entity Decline", "/ra_functionality/vouch_for_key Decline",
            },
            Rules(shown));
        CollectionAssert.AreEquivalent(new[] { "CertificateSerialNumber EqualCase 0A1B2C", "CommonName EqualIgnoreCase anna" }, Members(shown));
        foreach (string told in new[] { "'/ca/999'", "1 rules for what this system has not", "'bert'", "'carl'", "'dora'" })
        {
            Assert.Contains(told, output);
        }

        Assert.Contains("0 of them new", await ImportAsync(site), "a second time changes nothing");
        Assert.AreEqual("2", (await site.QueryAsync("select count(*) from role_member", Cancel)).Trim());
    }

    /// <summary>A decline of an older release held for all below it. Here the nearest rule counts.</summary>
    [TestMethod]
    public async Task What_was_declined_above_is_not_accepted_below()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        int role = Group("Narrow");
        Rule(role, "/", Accept, recursive: true);
        Rule(role, "/ra_functionality", Decline);
        Rule(role, "/ra_functionality/view_end_entity", Accept);
        await ImportAsync(site);
        CollectionAssert.AreEquivalent(new[] { "/ AcceptRecursive", "/ra_functionality Decline" }, Rules(await ShowAsync(site, "Narrow")));
    }

    [TestMethod]
    public async Task A_prohibition_that_would_get_lost_keeps_the_role_out()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        int role = Group("Not there");
        Rule(role, "/ca", Accept, recursive: true);
        Rule(role, "/ca/999", Decline);
        Assert.Contains("it declines a CA or profile that is not here", await ImportAsync(site));
        Assert.AreEqual("0", (await site.QueryAsync("select count(*) from role where name = 'Not there'", Cancel)).Trim());
    }

    /// <summary>In the map the star means "all others": good for certificates, and never for rights.</summary>
    [TestMethod]
    public async Task The_star_of_the_map_gives_no_rights()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        int role = Group("Starred");
        Rule(role, "/ca/999", Accept);
        Rule(role, "/endentityprofilesrules/4711", Accept, recursive: true);
        Member(role, CommonName, "eve", caId: 999);
        await File.WriteAllTextAsync(site.File("map.json"), $$"""{ "cas": { "*": "{{NewSite.CaName}}" }, "endEntityProfiles": { "*": "EMPTY" } }""", Cancel);
        await ImportAsync(site, "--map", site.File("map.json"));
        JsonNode shown = await ShowAsync(site, "Starred");
        Assert.IsEmpty(Rules(shown));
        Assert.IsEmpty(Members(shown));
    }

    /// <summary>Older releases merged the roles of a person, so that one took from another. Who may be in both is left to a person.</summary>
    [TestMethod]
    public async Task Members_who_may_be_in_roles_that_contradict_each_other_are_left_out_of_both()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        (int wide, int narrow, int apart) = (Group("Wide"), Group("Narrow"), Group("Apart"));
        Rule(wide, "/ca_functionality", Accept, recursive: true);
        Rule(narrow, "/ca_functionality/create_crl", Decline);
        Rule(apart, "/administrator", Accept);
        Member(wide, Serial, "01");
        Member(wide, Serial, "02");
        Member(narrow, Serial, "002");
        Member(narrow, FullDn, "CN=Somebody");
        Member(apart, Serial, "03");

        string output = await ImportAsync(site);
        Assert.IsEmpty(Members(await ShowAsync(site, "Wide")), "the certificate of 'CN=Somebody' may have the number 01");
        Assert.IsEmpty(Members(await ShowAsync(site, "Narrow")));
        CollectionAssert.AreEquivalent(new[] { "CertificateSerialNumber EqualCase 03" }, Members(await ShowAsync(site, "Apart")));
        Assert.Contains("which says otherwise", output);
    }

    /// <summary>What one role took from another it took whether that role comes along or not, and whoever of its members does.</summary>
    [TestMethod]
    [DataRow("/ca/999", FullDn, "CN=Joe,O=Acme", 1001, OldSite.OldCaId, DisplayName = "the role that declines is not taken over")]
    [DataRow("/ra_functionality/view_end_entity", CommonName, "somebody else", 1002, OldSite.OldCaId, DisplayName = "its member is recognised by what he is not")]
    [DataRow("/ra_functionality/view_end_entity", CommonName, "somebody else", 1000, 999, DisplayName = "its member's CA is not here")]
    [DataRow("/ra_functionality/view_end_entity", FullDn, "O=Acme, CN=joe", 1001, OldSite.OldCaId, DisplayName = "its member's name is in another order")]
    public async Task What_a_role_took_from_another_is_not_given_back_because_it_is_left_out(string declined, int with, string value, int matching, int caId)
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        (int wide, int narrow) = (Group("Wide"), Group("Narrow"));
        Rule(wide, "/", Accept, recursive: true);
        Rule(narrow, declined, Decline);
        Member(wide, FullDn, "CN=Joe,O=Acme", matching: 1001);
        Member(wide, FullDn, "CN=Ann,O=Acme", matching: 1001);
        Member(narrow, with, value, matching, caId: caId);

        string output = await ImportAsync(site);
        string[] stayed = with == FullDn ? ["FullDn EqualIgnoreCase CN=Ann,O=Acme"] : [];
        CollectionAssert.AreEquivalent(stayed, Members(await ShowAsync(site, "Wide")), "Ann is surely not Joe");
        Assert.Contains("may be in role 'Narrow' too", output);
    }

    [TestMethod]
    public async Task Who_is_recognised_without_a_certificate_is_nobody_who_has_one()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        (int wide, int local) = (Group("Wide"), Group("Local"));
        Rule(wide, "/", Accept, recursive: true);
        Rule(local, "/ra_functionality", Decline);
        Member(wide, Serial, "01");
        Member(local, CommonName, "anybody", token: "AlwaysAllowLocalAuthenticationToken");
        await ImportAsync(site);
        CollectionAssert.AreEquivalent(new[] { "CertificateSerialNumber EqualCase 01" }, Members(await ShowAsync(site, "Wide")));
    }

    /// <summary>A row that cannot be read may be a prohibition.</summary>
    [TestMethod]
    public async Task A_rule_that_cannot_be_read_stops_the_import_of_roles()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        Rule(Group("Wide"), "/", Accept, recursive: true);
        await File.WriteAllBytesAsync(site.File("roles.sql"), [.. System.Text.Encoding.Latin1.GetBytes(sql + "INSERT INTO `AccessRulesData` (`accessRule`, `rule`) VALUES ('/ca/\u00e9',2);\n")], Cancel);
        (_, _, string error) = await site.PkiAsync("import", "roles", "--from", site.File("roles.sql"));
        Assert.Contains("AccessRulesData, row 2: column accessRule is not UTF-8", error);
        Assert.AreEqual("0", (await site.QueryAsync("select count(*) from role where name = 'Wide'", Cancel)).Trim());
    }

    [TestMethod]
    public async Task Roles_of_a_newer_release_are_taken_instead_of_what_an_upgrade_has_left()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string ca = (await site.QueryAsync("select ca_id from authority", Cancel)).Trim();
        Rule(Group("Left over"), "/", Accept, recursive: true);
        Insert("RoleData", ("id", "17"), ("roleName", "Routers"), ("nameSpace", ""), ("rawData", Raw(("/ca/" + OldSite.OldCaId.ToString(CultureInfo.InvariantCulture) + "/", true), ("/ra_functionality/", true), ("/ra_functionality/keyrecovery/", false))));
        Insert("RoleMemberData", ("primaryKey", "1"), ("tokenType", Certificate), ("tokenIssuerId", OldSite.OldCaId.ToString(CultureInfo.InvariantCulture)), ("tokenMatchKey", "11"), ("tokenMatchOperator", "1000"), ("tokenMatchValue", "4D2"), ("roleId", "17"), ("description", null));
        Insert("RoleData", ("id", "18"), ("roleName", "Broken"), ("nameSpace", ""), ("rawData", "<java><object class=\"javax.script.ScriptEngineManager\"/></java>"));

        string output = await ImportAsync(site);
        JsonNode shown = await ShowAsync(site, "Routers");
        Assert.IsTrue(Rules(shown).Contains($"/ca/{ca} AcceptRecursive") && Rules(shown).Contains("/ra_functionality/keyrecovery Decline"));
        CollectionAssert.AreEquivalent(new[] { "CertificateSerialNumber EqualCase 4D2" }, Members(shown));
        Assert.Contains("rawData:", output);
        Assert.AreEqual("1", (await site.QueryAsync("select count(*) from role where name in ('Routers', 'Broken', 'Left over')", Cancel)).Trim());
    }

    [TestMethod]
    public async Task A_role_of_the_same_name_and_a_dry_run_change_nothing()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        await site.MustAsync("role", "create", "RA Admins", "--template", "SUPERVISOR");
        int role = Group("RA Admins");
        Rule(role, "/", Accept, recursive: true);
        Member(role, Serial, "01");
        Rule(Group("Dry"), "/administrator", Accept);
        await ImportAsync(site, "--dry-run");
        Assert.AreEqual("1", (await site.QueryAsync("select count(*) from role", Cancel)).Trim());
        Assert.Contains("left alone", await ImportAsync(site));
        Assert.IsEmpty(Members(await ShowAsync(site, "RA Admins")));
    }

    private int Group(string name)
    {
        Insert("AdminGroupData", ("pK", (++keys).ToString(CultureInfo.InvariantCulture)), ("adminGroupName", name), ("rowVersion", "0"));
        return keys;
    }

    private void Rule(int group, string resource, int rule, bool recursive = false) =>
        Insert("AccessRulesData", ("pK", "1"), ("accessRule", resource), ("isRecursive", recursive ? "1" : "0"), ("rule", rule.ToString(CultureInfo.InvariantCulture)), ("AdminGroupData_accessRules", group.ToString(CultureInfo.InvariantCulture)));

    private void Member(int group, int with, string value, int matching = 1000, string token = Certificate, int caId = OldSite.OldCaId) =>
        Insert("AdminEntityData", ("pK", "1"), ("cAId", caId.ToString(CultureInfo.InvariantCulture)), ("matchType", matching.ToString(CultureInfo.InvariantCulture)), ("matchValue", value), ("matchWith", with.ToString(CultureInfo.InvariantCulture)), ("tokenType", token), ("AdminGroupData_adminEntities", group.ToString(CultureInfo.InvariantCulture)));

    private void Insert(string table, params (string Column, string? Value)[] row)
    {
        using var writer = new StringWriter(sql);
        OldSite.Insert(writer, table, string.Join(',', row.Select(c => c.Column)), 1, [[.. row.Select(c => c.Value)]]);
    }

    private static string Raw(params (string Resource, bool Allowed)[] rules) =>
        "<java version=\"1.8.0\" class=\"java.beans.XMLDecoder\"><object class=\"java.util.LinkedHashMap\"><void method=\"put\"><string>accessRules</string><object class=\"java.util.LinkedHashMap\">"
        + string.Concat(rules.Select(rule => $"<void method=\"put\"><string>{rule.Resource}</string><boolean>{(rule.Allowed ? "true" : "false")}</boolean></void>"))
        + "</object></void></object></java>";

    private async Task<string> ImportAsync(NewSite site, params string[] more)
    {
        string dump = site.File("roles.sql");
        await using (StreamWriter file = File.CreateText(dump))
        {
            OldSite.Insert(file, "CAData", "cAId,name,subjectDN", 1, [[OldSite.OldCaId.ToString(CultureInfo.InvariantCulture), "OldCA", OldSite.CaSubject]]);
            await file.WriteAsync(sql.ToString());
        }

        return await site.MustAsync(["import", "roles", "--from", dump, .. more]);
    }

    private static async Task<JsonNode> ShowAsync(NewSite site, string role) => JsonNode.Parse(await site.MustAsync("role", "show", role, "--json"))!;

    private static string[] Rules(JsonNode role) => [.. role["rules"]!.AsArray().Select(rule => $"{rule!["resource"]} {Word(rule["decision"])}")];

    private static string[] Members(JsonNode role) => [.. role["members"]!.AsArray().Select(m => $"{Word(m!["with"])} {Word(m["operator"])} {m["value"]}")];

    private static string Word(JsonNode? name) => name!.ToString() is { Length: > 0 } text ? char.ToUpperInvariant(text[0]) + text[1..] : "";
}
