using Pki.Cli;
using Pki.Migration.Tests.World;

namespace Pki.Migration.Tests.Import;

/// <summary>Whose a certificate is decides who has rights over it: neither nobody nor a stranger may come out of an import.</summary>
[TestClass]
public sealed class OwnerTests
{
    private const int Certificates = 20;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    /// <summary>Releases up to 6.x have no column for it (MIGRATION §2.1); rights over a certificate were those over its user.</summary>
    [TestMethod]
    public async Task A_certificate_that_names_no_end_entity_profile_gets_its_users()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        await WriteAsync(old, site.File("ejbca.sql"), user => user["endEntityProfileId"] = "1");
        await site.ImportAsync(site.File("ejbca.sql"));
        Assert.AreEqual(
            $"1\t{OldSite.UsersOf(Certificates)}\n0\t{Certificates - 1 - OldSite.UsersOf(Certificates)}\n",
            await site.QueryAsync("select end_entity_profile_id, count(*) from certificate where type = 1 group by 1 order by 1 desc", Cancel),
            "only a certificate whose user did not come along has none");
    }

    [TestMethod]
    [DataRow(false, DisplayName = "the import")]
    [DataRow(true, DisplayName = "a rehearsal")]
    public async Task A_user_whose_name_another_one_has_here_gets_nothing_of_his_and_gives_him_nothing(bool isDry)
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        await using (StreamWriter file = File.CreateText(site.File("other.sql")))
        {
            await file.WriteLineAsync($"INSERT INTO `CAData` (`cAId`,`subjectDN`) VALUES ({OldSite.OldCaId},'{OldSite.CaSubject}');");
            Dictionary<string, string?> user = OldSite.UserRow(2);
            user["subjectDN"] = "CN=somebody else,O=Old,C=SE";
            OldSite.Insert(file, "UserData", string.Join(',', user.Keys), 1, [[.. user.Values]]);
        }

        Assert.AreEqual(ExitCode.Success, (await site.ImportAsync(site.File("other.sql"))).Code);
        await WriteAsync(old, site.File("ejbca.sql"), _ => { });
        (ExitCode code, string output, _) = await site.ImportAsync(site.File("ejbca.sql"), isDry ? ["--dry-run"] : []);

        Assert.AreEqual(ExitCode.FunctionalError, code);
        Assert.Contains("another user has the name of its user here", output);
        Assert.Contains($"\"{OldSite.UserOf(2)}\",\"problem\":\"another user has this name here", await File.ReadAllTextAsync(site.SetAside, Cancel));
        Assert.AreEqual("CN=somebody else,O=Old,C=SE\n", await site.QueryAsync($"select subject_dn from end_entity where username = '{OldSite.UserOf(2)}'", Cancel));
        Assert.AreEqual("0\n", await site.QueryAsync($"select count(*) from certificate where username = '{OldSite.UserOf(2)}'", Cancel));
        Assert.AreEqual(isDry ? "0\n" : "1\n", await site.QueryAsync($"select count(*) from certificate where subject_dn = '{OldSite.SubjectOf(2)}' and username is null", Cancel), "the certificate is known all the same");
    }

    /// <summary>It may have been revoked, and its key or name may be somebody's: <c>pki import ejbca --from FOLDER</c> asks both.</summary>
    [TestMethod]
    public async Task A_forgotten_certificate_of_a_CA_that_signs_here_does_not_become_active_by_hand()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        await File.WriteAllTextAsync(site.File("forgotten.pem"), old.CertificateOf(20).ToPem(), Cancel);
        (ExitCode code, _, string error) = await site.PkiAsync("cert", "import", NewSite.CaName, "--from", site.File("forgotten.pem"));
        Assert.AreNotEqual(ExitCode.Success, code);
        Assert.Contains("pki import ejbca --from FOLDER", error);
        Assert.AreEqual("0\n", await site.QueryAsync("select count(*) from certificate where type = 1", Cancel));
    }

    /// <summary>As a release up to 6.x has it: without endEntityProfileId.</summary>
    private static async Task WriteAsync(OldSite old, string path, Action<Dictionary<string, string?>> change)
    {
        await using StreamWriter file = File.CreateText(path);
        await file.WriteLineAsync($"INSERT INTO `CAData` (`cAId`,`subjectDN`) VALUES ({OldSite.OldCaId},'{OldSite.CaSubject}');");
        old.InsertCrls(file, Certificates);
        foreach (Dictionary<string, string?> row in old.CertificateRows(Certificates))
        {
            row.Remove("endEntityProfileId");
            OldSite.Insert(file, "CertificateData", string.Join(',', row.Keys), 1, [[.. row.Values]]);
        }

        foreach (int user in Enumerable.Range(1, OldSite.UsersOf(Certificates)))
        {
            Dictionary<string, string?> row = OldSite.UserRow(user);
            change(row);
            OldSite.Insert(file, "UserData", string.Join(',', row.Keys), 1, [[.. row.Values]]);
        }
    }
}
