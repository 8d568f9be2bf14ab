using Ca.Core.Approvals;
using Ca.Core.Certificates;
using Ca.Core.Profiles;
using Pki.Cli.Configuration;
using Pki.Migration.Profiles;
using Pki.Migration.Tests.World;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Tests.Profiles;

/// <summary>MIGRATION §2.8: exported profiles become ours, and nothing is lost without a word.</summary>
[TestClass]
public sealed class ProfileTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void A_certificate_profile_is_translated()
    {
        LegacyCertificateProfile read = Certificate(
            ("validity", "<long>365</long>"),
            ("type", "<int>1</int>"),
            ("allowvalidityoverride", "<boolean>true</boolean>"),
            ("availablebitlengths", List("<int>1024</int>", "<int>2048</int>", "<int>256</int>")),
            ("signaturealgorithm", "<string>SHA384WithRSA</string>"),
            ("usekeyusage", "<boolean>true</boolean>"),
            ("keyusage", List("<boolean>true</boolean>", "<boolean>false</boolean>", "<boolean>true</boolean>")),
            ("useextendedkeyusage", "<boolean>true</boolean>"),
            ("extendedkeyusage", List("<string>1.3.6.1.5.5.7.3.2</string>")),
            ("usecrldistributionpoint", "<boolean>true</boolean>"),
            ("crldistributionpointuri", "<string>http://a/x.crl;\"http://b/y.crl\"</string>"),
            ("availablecas", List("<int>-55</int>", "<int>77</int>")),
            ("usecnpostfix", "<boolean>true</boolean>"),
            ("cnpostfix", "<string> (old)</string>"),
            ("useqcstatement", "<boolean>true</boolean>"),
            ("cvcterminaltype", "<int>0</int>"),
            ("surprise", "<int>1</int>"));
        CertificateProfile profile = read.Profile;
        Assert.AreEqual("365d", profile.Validity);
        Assert.IsTrue(profile.AllowValidityOverride);
        CollectionAssert.AreEqual(new[] { "RSA2048", "P-256" }, profile.AllowedKeys.ToArray());
        Assert.AreEqual("SHA384", profile.SignatureDigest);
        Assert.AreEqual(KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment, profile.KeyUsage.Usages);
        CollectionAssert.AreEqual(new[] { "1.3.6.1.5.5.7.3.2" }, profile.ExtendedKeyUsage.Purposes.ToArray());
        CollectionAssert.AreEqual(new[] { "http://a/x.crl", "http://b/y.crl" }, profile.CrlDistributionPoints.Uris.ToArray());
        CollectionAssert.AreEqual(new[] { "OldCA" }, profile.AvailableCas.ToArray());
        Assert.AreEqual(" (old)", profile.CommonNamePostfix);
        string notes = string.Join('\n', read.Notes);
        foreach (string expected in new[] { "below 2048", "old id 77", "useqcstatement is in use", "surprise: not known" })
        {
            Assert.Contains(expected, notes);
        }

        Assert.DoesNotContain("cvc", notes);
    }

    [TestMethod]
    public void The_rights_of_a_CA_do_not_get_into_a_profile_for_end_entities()
    {
        string all = List([.. Enumerable.Repeat("<boolean>true</boolean>", 9)]);
        LegacyCertificateProfile read = Certificate(("type", "<int>1</int>"), ("keyusage", all));
        Assert.AreEqual(KeyUsages.None, read.Profile.KeyUsage.Usages & (KeyUsages.KeyCertSign | KeyUsages.CrlSign));
        Assert.Contains("keyCertSign", string.Concat(read.Notes));
        Assert.AreEqual(CertificateType.SubCa, Certificate(("type", "<int>2</int>"), ("keyusage", all)).Profile.Type);
    }

    [TestMethod]
    public void A_profile_of_CAs_that_are_not_here_is_for_nobody() =>
        Assert.HasCount(1, Certificate(("availablecas", List("<int>77</int>"))).Profile.AvailableCas, "an empty list would mean: any CA");

    [TestMethod]
    public void An_end_entity_profile_is_translated()
    {
        string counts = List([.. Enumerable.Range(0, 60).Select(f => $"<int>{(f is 5 or 12 or 18 ? 1 : f == 11 ? 2 : 0)}</int>")]);
        LegacyEndEntityProfile read = EndEntity(
            ("NUMBERARRAY", counts),
            ("10005", "<boolean>true</boolean>"), ("20005", "<boolean>true</boolean>"), ("30005", "<boolean>true</boolean>"),
            ("12", "<string>Example</string>"), ("10012", "<boolean>true</boolean>"), ("20012", "<boolean>true</boolean>"), ("30012", "<boolean>false</boolean>"),
            ("11", "<string>Routers;Phones</string>"), ("10011", "<boolean>true</boolean>"), ("30011", "<boolean>false</boolean>"),
            ("111", "<string/>"), ("10111", "<boolean>true</boolean>"), ("30111", "<boolean>true</boolean>"),
            ("10018", "<boolean>true</boolean>"), ("30018", "<boolean>true</boolean>"),
            ("29", "<string>2000</string>"), ("30", "<string>2000;1;9999</string>"),
            ("32", "<string>1;2;101</string>"), ("37", "<string>-55</string>"), ("38", "<string>-55;77</string>"),
            ("10093", "<boolean>true</boolean>"), ("93", "<string>5</string>"), ("30093", "<boolean>true</boolean>"));
        EndEntityProfile profile = read.Profile;
        Assert.AreEqual("CN OU OU O", string.Join(' ', profile.SubjectFields.Select(f => f.Type)));
        ProfileField organization = profile.SubjectFields.Single(f => f.Type == "O");
        Assert.AreEqual(("Example", true, false), (organization.Value, organization.Required, organization.Modifiable));
        Assert.AreEqual("Routers;Phones", profile.SubjectFields[1].Value);
        Assert.AreEqual("dNSName", profile.AltNameFields.Single().Type);
        CollectionAssert.AreEqual(new[] { "Router", "ENDUSER" }, profile.CertificateProfiles.ToArray());
        Assert.AreEqual(("Router", "OldCA"), (profile.DefaultCertificateProfile, profile.DefaultCa));
        CollectionAssert.AreEqual(new[] { 1, 2 }, profile.TokenTypes.ToArray());
        Assert.AreEqual("5", profile.MaxFailedLogins.Value);
        string notes = string.Join('\n', read.Notes);
        foreach (string expected in new[] { "old id 9999", "old id 77", "token types" })
        {
            Assert.Contains(expected, notes);
        }
    }

    /// <summary>What could not be filled there cannot be filled here, and what is not known is told.</summary>
    [TestMethod]
    public void A_field_that_had_to_stay_empty_or_was_not_in_use_is_left_out()
    {
        string counts = List([.. Enumerable.Range(0, 110).Select(f => $"<int>{(f is 5 or 11 or 12 or 106 ? 1 : 0)}</int>")]);
        LegacyEndEntityProfile read = EndEntity(
            ("30", "<string>1</string>"), ("NUMBERARRAY", counts),
            ("10005", "<boolean>true</boolean>"), ("30005", "<boolean>true</boolean>"),
            ("10011", "<boolean>true</boolean>"), ("30011", "<boolean>false</boolean>"), ("11", "<string/>"),
            ("10012", "<boolean>false</boolean>"), ("30012", "<boolean>true</boolean>"));
        Assert.AreEqual("CN", string.Join(' ', read.Profile.SubjectFields.Select(field => field.Type)));
        Assert.Contains("the field number 106 is in use and not known here.", read.Notes);
    }

    [TestMethod]
    public void A_field_that_must_be_filled_and_may_not_keeps_the_profile_out()
    {
        string counts = List([.. Enumerable.Range(0, 60).Select(f => $"<int>{(f is 11 ? 1 : 0)}</int>")]);
        Assert.IsFalse(LegacyEndEntityProfile.Read(
            Document(("30", "<string>1</string>"), ("NUMBERARRAY", counts), ("10011", "<boolean>true</boolean>"), ("20011", "<boolean>true</boolean>"), ("30011", "<boolean>false</boolean>")),
            CaName, ProfileName).Succeeded(out _, out Refusal? refusal));
        Assert.Contains("OU is required", refusal.Detail);
    }

    /// <summary>A certificate without the extension may do everything: what cannot be read must not become that.</summary>
    [TestMethod]
    [DataRow("useextendedkeyusage", "extendedkeyusage", "<string>1.3.6.1.5.5.7.3.1</string>", true, DisplayName = "purposes in another form")]
    [DataRow("useextendedkeyusage", "other", "<string/>", true, DisplayName = "no list of purposes")]
    [DataRow("useextendedkeyusage", "extendedkeyusage", "<object class=\"java.util.ArrayList\"/>", false, DisplayName = "an empty list: there was no extension")]
    [DataRow("usekeyusage", "other", "<string/>", true, DisplayName = "no list of usages")]
    public void Usages_that_cannot_be_read_are_not_dropped(string flag, string key, string value, bool isUsed)
    {
        CertificateProfile profile = Certificate((flag, "<boolean>true</boolean>"), (key, value)).Profile;
        Assert.AreEqual(isUsed, flag == "usekeyusage" ? profile.KeyUsage.Use : profile.ExtendedKeyUsage.Use, "in use and empty is refused when it is stored");
    }

    /// <summary>An empty list means "any" here: a profile whose certificate profiles did not come along must not be for all of them.</summary>
    [TestMethod]
    public void An_end_entity_profile_for_what_is_not_here_is_refused() =>
        Assert.IsFalse(LegacyEndEntityProfile.Read(Document(("30", "<string>9999</string>"), ("38", "<string>-55</string>")), CaName, ProfileName).Succeeded(out _, out _));

    [TestMethod]
    public void Policies_keep_their_statements_and_a_notice_is_told()
    {
        static string Policy(string oid, string? id, string? qualifier) =>
            "<object class=\"org.cesecore.certificates.certificateprofile.CertificatePolicy\">"
            + $"<void property=\"policyID\"><string>{oid}</string></void>"
            + (id is null ? "" : $"<void property=\"qualifierId\"><string>{id}</string></void><void property=\"qualifier\"><string>{qualifier}</string></void>") + "</object>";
        LegacyCertificateProfile read = Certificate(
            ("usecertificatepolicies", "<boolean>true</boolean>"),
            ("certificatepolicies", List(Policy("1.2.3", "1.3.6.1.5.5.7.2.2", "You are told"), Policy("1.2.3", "1.3.6.1.5.5.7.2.1", "http://old/cps"), Policy("1.2.4", null, null))));
        CollectionAssert.AreEqual(new[] { new CertificatePolicy("1.2.3", "http://old/cps"), new CertificatePolicy("1.2.4") }, read.Profile.CertificatePolicies.Policies.ToArray());
        Assert.Contains("the user notice of 1.2.3 was left out", string.Concat(read.Notes));
    }

    [TestMethod]
    [DataRow("<string>77;78</string>", "(none of the old CAs is here)", DisplayName = "none of the CAs came along")]
    [DataRow("<string/>", "(none of the old CAs is here)", DisplayName = "it names none")]
    [DataRow("<string>77;-55</string>", "OldCA", DisplayName = "one of two came along")]
    [DataRow("<string>-55;1</string>", "", DisplayName = "any CA")]
    public void An_end_entity_profile_is_never_for_more_CAs_than_it_was(string old, string expected) =>
        Assert.AreEqual(expected, string.Join(',', EndEntity(("30", "<string>1</string>"), ("38", old)).Profile.Cas));

    [TestMethod]
    [DataRow("30", "<string>9998;9999</string>", "bring those in first", DisplayName = "none of its certificate profiles came along: an empty list would mean any")]
    [DataRow("31", "<string>1</string>", "bring those in first", DisplayName = "it names no certificate profile")]
    [DataRow("40005", "<object class=\"java.util.LinkedHashMap\"><void method=\"put\"><string>Regex</string><string>[0-9]+</string></void></object>", "not translated", DisplayName = "it checks values by patterns")]
    public void An_end_entity_profile_that_would_allow_more_than_it_did_is_refused(string key, string value, string expected)
    {
        (string, string)[] entries = key == "40005" ? [("30", "<string>1</string>"), (key, value)] : [(key, value)];
        Assert.IsFalse(LegacyEndEntityProfile.Read(Document(entries), _ => null, id => id == 1 ? "ENDUSER" : null).Succeeded(out _, out Refusal? refusal));
        Assert.Contains(expected, refusal.Detail);
    }

    [TestMethod]
    public void Approvals_and_subsets_of_names_come_along()
    {
        CertificateProfile profile = Certificate(
            ("approvalsettings", List("<int>1</int>", "<int>3</int>")),
            ("numofreqapprovals", "<int>2</int>"),
            ("usesubjectdnsubset", "<boolean>true</boolean>"),
            ("subjectdnsubset", List("<int>2</int>", "<int>9</int>", "<int>101</int>")),
            ("usesubjectaltnamesubset", "<boolean>true</boolean>"),
            ("subjectaltnamesubset", List("<int>18</int>", "<int>23</int>"))).Profile;
        Assert.AreEqual(new ApprovalRules { AddEditEndEntity = 2, Revocation = 2 }, profile.Approvals);
        CollectionAssert.AreEqual(new[] { "CN", "O" }, profile.SubjectSubset.ToArray());
        CollectionAssert.AreEqual(new[] { "dNSName", "uri", "uniformResourceIdentifier" }, profile.SubjectAltNameSubset.ToArray());
        CertificateProfile off = Certificate(("approvalsettings", List()), ("numofreqapprovals", "<int>1</int>"), ("usesubjectdnsubset", "<boolean>false</boolean>"), ("subjectdnsubset", List("<int>2</int>")), ("approvalprofile", "<int>-1</int>")).Profile;
        Assert.AreEqual(new ApprovalRules(), off.Approvals);
        Assert.IsEmpty(off.SubjectSubset);
    }

    [TestMethod]
    [DataRow("approvalsettings", "<object class=\"java.util.ArrayList\"><void method=\"add\"><int>9</int></void></object>", DisplayName = "an approval for something unknown")]
    [DataRow("approvalprofile", "<int>1234</int>", DisplayName = "an approval profile")]
    [DataRow("approvals", "<object class=\"java.util.LinkedHashMap\"><void method=\"put\"><string>REVOCATION</string><int>1234</int></void></object>", DisplayName = "approval profiles by action")]
    [DataRow("usesubjectdnsubset", "<boolean>true</boolean>", DisplayName = "a subset of nothing: an empty list would mean everything")]
    [DataRow("usesubjectaltnamesubset", "<boolean>true</boolean>", DisplayName = "a SAN subset of nothing")]
    public void A_certificate_profile_that_would_allow_more_than_it_did_is_refused(string key, string value) =>
        Assert.IsFalse(LegacyCertificateProfile.Read(Document(("type", "<int>1</int>"), (key, value)), _ => null).Succeeded(out _, out _));

    [TestMethod]
    public void A_CA_profile_with_name_constraints_is_refused() =>
        Assert.IsFalse(LegacyCertificateProfile.Read(Document(("type", "<int>2</int>"), ("usenameconstraints", "<boolean>true</boolean>")), _ => null).Succeeded(out _, out _));

    [TestMethod]
    public void Only_the_curves_that_were_allowed_are() =>
        CollectionAssert.AreEqual(new[] { "P-384" }, Certificate(("availablekeyalgorithms", List("<string>ECDSA</string>")), ("availableeccurves", List("<string>secp384r1</string>", "<string>brainpoolP256r1</string>")), ("availablebitlengths", List("<int>256</int>", "<int>384</int>"))).Profile.AllowedKeys.ToArray());

    [TestMethod]
    [DataRow("<object class=\"java.util.ArrayList\"/>", 1, DisplayName = "an empty list: none")]
    [DataRow("<object class=\"java.util.ArrayList\"><void method=\"add\"><int>-1</int></void></object>", 0, DisplayName = "any")]
    public void A_certificate_profile_is_never_for_more_CAs_than_it_was(string list, int expected) =>
        Assert.HasCount(expected, Certificate(("availablecas", list)).Profile.AvailableCas);

    [TestMethod]
    public void A_hostile_document_is_refused() =>
        Assert.IsFalse(LegacyCertificateProfile.Read("<java><object class=\"java.lang.Runtime\"/></java>", _ => null).Succeeded(out _, out _));

    [TestMethod]
    public async Task Exported_files_are_stored_and_mapped()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, TestContext.CancellationToken);
        string folder = site.File("profiles");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "certprofile_My+Router-2000.xml"), Document(("type", "<int>1</int>"), ("keyusage", List("<boolean>true</boolean>"))), TestContext.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "entityprofile_Routers-3000.xml"), Document(("NUMBERARRAY", List([.. Enumerable.Range(0, 60).Select(f => f == 5 ? "<int>1</int>" : "<int>0</int>")])), ("29", "<string>2000</string>"), ("30", "<string>2000</string>"), ("32", "<string>1</string>"), ("38", "<string>1</string>")), TestContext.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "certprofile_Bad-2001.xml"), "<!DOCTYPE x><java/>", TestContext.CancellationToken);
        string dump = site.File("ejbca.sql");
        old.WriteDump(dump, 5);
        string output = await site.MustAsync("import", "profiles", folder, "--settings", dump, "--out-map", site.File("map.json"));
        Assert.Contains("refused", output);
        Assert.Contains("\"-123456\": \"OldCA\"", await File.ReadAllTextAsync(site.File("map.json"), TestContext.CancellationToken));

        // The map is what the next step needs.
        string users = site.File("users.sql");
        await using (StreamWriter file = File.CreateText(users))
        {
            Dictionary<string, string?> row = OldSite.UserRow(1);
            (row["certificateProfileId"], row["endEntityProfileId"]) = ("2000", "3000");
            OldSite.Insert(file, "UserData", string.Join(',', row.Keys), 1, [[.. row.Values]]);
        }

        Assert.AreEqual(Pki.Cli.ExitCode.Success, (await site.ImportAsync(users, "--map", site.File("map.json"))).Code);
        await using CaSession session = site.Open();
        int id = (await session.Profiles.ListEndEntityProfilesAsync(TestContext.CancellationToken)).Single(p => p.Name == "Routers").Id;
        Assert.AreEqual($"{id}\n", await site.QueryAsync("select end_entity_profile_id from end_entity", TestContext.CancellationToken));
    }

    /// <summary>Whoever made or tightened it here meant it.</summary>
    [TestMethod]
    public async Task A_profile_that_is_here_with_other_content_is_left_alone()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, TestContext.CancellationToken);
        Directory.CreateDirectory(site.File("profiles"));
        await File.WriteAllTextAsync(Path.Combine(site.File("profiles"), "certprofile_Router-2000.xml"), Document(("type", "<int>1</int>"), ("keyusage", List("<boolean>true</boolean>"))), TestContext.CancellationToken);
        string[] import = ["import", "profiles", site.File("profiles"), "--out-map", site.File("map.json")];
        Assert.Contains("taken over", await site.MustAsync(import));
        Assert.Contains("here already", await site.MustAsync(import));

        await site.QueryAsync("update certificate_profile set definition = replace(definition, '730d', '10d')", TestContext.CancellationToken);
        Assert.Contains("left alone", await site.MustAsync(import));
        Assert.Contains("10d", await site.QueryAsync("select definition from certificate_profile", TestContext.CancellationToken));
        Assert.Contains("2000", await File.ReadAllTextAsync(site.File("map.json"), TestContext.CancellationToken), "it is still what the old number means");

        Assert.Contains("taken over", await site.MustAsync([.. import, "--replace"]));
        Assert.Contains("730d", await site.QueryAsync("select definition from certificate_profile", TestContext.CancellationToken));
    }

    private static LegacyCertificateProfile Certificate(params (string Key, string Value)[] entries) =>
        LegacyCertificateProfile.Read(Document(entries), CaName).OrThrow();

    private static LegacyEndEntityProfile EndEntity(params (string Key, string Value)[] entries) =>
        LegacyEndEntityProfile.Read(Document(entries), CaName, ProfileName).OrThrow();

    private static string? CaName(int id) => id == -55 ? "OldCA" : null;

    private static string? ProfileName(int id) => id switch { 2000 => "Router", 1 => "ENDUSER", _ => null };

    private static string Document(params (string Key, string Value)[] entries) =>
        $"<java version=\"1.8\" class=\"java.beans.XMLDecoder\"><object class=\"java.util.LinkedHashMap\">{string.Concat(entries.Select(e => $"<void method=\"put\">{(int.TryParse(e.Key, out _) ? $"<int>{e.Key}</int>" : $"<string>{e.Key}</string>")}{e.Value}</void>"))}</object></java>";

    private static string List(params string[] items) => $"<object class=\"java.util.ArrayList\">{string.Concat(items.Select(i => $"<void method=\"add\">{i}</void>"))}</object>";
}
