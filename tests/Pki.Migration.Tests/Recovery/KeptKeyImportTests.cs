using System.Text.Json.Nodes;
using Ca.Core.Ledger;
using Ca.Core.Recovery;
using Pki.Cli;
using Pki.Cli.Configuration;
using Pki.Migration.Tests.World;
using Pki.Protocols.X509;

namespace Pki.Migration.Tests.Recovery;

/// <summary>Kept keys come along with their certificates and users (MIGRATION §2.6, §9 check 8).</summary>
[TestClass]
public sealed class KeptKeyImportTests
{
    private const int Good = 3, Bad = 6;
    private const string Waiting = "keeper1", NotMarked = "keeper2", Escrow = "select serial, username, is_marked::int from key_escrow order by serial";

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Kept_keys_are_taken_over_and_can_be_recovered()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string[] options = Prepare(old, site);

        (_, string output, string error) = await site.ImportAsync(site.File("ejbca.sql"), [.. options, "--dry-run"]);
        Check(site, output + error, stored: Good, known: 0);
        Assert.AreEqual(0, await site.CountAsync("key_escrow", Cancel), "a dry run stores nothing");
        Assert.AreEqual(0, await site.CountAsync("end_entity", Cancel));

        (ExitCode code, output, error) = await site.ImportAsync(site.File("ejbca.sql"), options);
        Assert.AreEqual(ExitCode.FunctionalError, code, "rows were set aside");
        Check(site, output + error, stored: Good, known: 0);
        const string Kept = "1e8481\tkeeper1\t1\n1e8482\tkeeper2\t0\n1e8483\tkeeper3\t0\n";
        Assert.AreEqual(Kept, await site.QueryAsync(Escrow, Cancel));
        Assert.AreEqual("70\n40\n", await site.QueryAsync($"select status from end_entity where username in ('{Waiting}', '{NotMarked}') order by username", Cancel));

        (_, output, error) = await site.ImportAsync(site.File("ejbca.sql"), options);
        Check(site, output + error, stored: 0, known: Good);
        Assert.AreEqual(Kept, await site.QueryAsync(Escrow, Cancel), "a second time changes nothing");

        await RecoverAsync(site);
    }

    [TestMethod]
    public async Task Without_the_key_encryption_key_kept_keys_stay_behind_and_the_report_says_so()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        Prepare(old, site);
        (ExitCode code, string output, string error) = await site.ImportAsync(site.File("ejbca.sql"));
        Assert.AreEqual(ExitCode.Success, code, error + output);
        Assert.Contains("kept keys were left behind", output);
        Assert.AreEqual("40\n40\n", await site.QueryAsync($"select status from end_entity where username in ('{Waiting}', '{NotMarked}') order by username", Cancel));

        (code, _, error) = await site.ImportAsync(site.File("ejbca.sql"), "--key-encryption-keystore", site.File("kek.p12"));
        Assert.AreEqual(ExitCode.UsageError, code, error);
        File.WriteAllText(site.File("wrong"), "other-word\n");
        (code, _, error) = await site.ImportAsync(site.File("ejbca.sql"), "--key-encryption-keystore", site.File("kek.p12"), "--key-encryption-password-file", site.File("wrong"));
        Assert.AreNotEqual(ExitCode.Success, code);
        Assert.Contains("password is wrong", error);
        Assert.DoesNotContain("other-word", error);
    }

    /// <summary>A user may fetch one key: of two marked rows the first counts, in one batch or in two, and in a dry run.</summary>
    [TestMethod]
    [DataRow("1", DisplayName = "in two batches")]
    [DataRow("100", DisplayName = "in one batch")]
    public async Task Of_two_marked_keys_of_a_user_one_stays_marked(string batch)
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string[] options = [.. Prepare(old, site), "--batch", batch];
        await using (var file = new StreamWriter(site.File("ejbca.sql"), append: true) { NewLine = "\n" })
        {
            Insert(file, "UserData", new(OldSite.UserRow(1)) { ["username"] = "twice", ["subjectDN"] = "CN=twice,O=Old,C=SE", ["status"] = "70", ["tokenType"] = "2" });
            foreach ((int serial, string key) in new[] { (3_000_001, "bc-rsa"), (3_000_002, "bc-ec") })
            {
                Insert(file, "CertificateData", old.Row(old.Make(serial, "CN=twice,O=Old,C=SE", KeptKeyFixtures.PublicKeyOf(key), isCa: false), 20, -1, "twice"));
                Insert(file, "KeyRecoveryData", new() { ["certSN"] = serial.ToString("x"), ["issuerDN"] = OldSite.CaSubject, ["keyData"] = Convert.ToBase64String(KeptKeyFixtures.Read(key + ".cms")), ["markedAsRecoverable"] = "1", ["username"] = "twice" });
            }
        }

        (_, string output, string error) = await site.ImportAsync(site.File("ejbca.sql"), [.. options, "--dry-run"]);
        Check(site, output + error, stored: Good + 2, known: 0);
        (_, output, error) = await site.ImportAsync(site.File("ejbca.sql"), options);
        Check(site, output + error, stored: Good + 2, known: 0);
        Assert.AreEqual("2dc6c1\t1\n2dc6c2\t0\n", await site.QueryAsync("select serial, is_marked::int from key_escrow where username = 'twice' order by serial", Cancel));
        Assert.AreEqual("70\n", await site.QueryAsync("select status from end_entity where username = 'twice'", Cancel));
    }

    [TestMethod]
    public async Task Killed_among_the_keys_it_goes_on_there()
    {
        using var old = new OldSite();
        using NewSite whole = await NewSite.WithAsync(old, Cancel);
        string[] options = Prepare(old, whole);
        await whole.ImportAsync(whole.File("ejbca.sql"), options);
        string expected = await whole.QueryAsync(Escrow, Cancel), users = await whole.QueryAsync("select username, status from end_entity order by 1", Cancel), aside = await File.ReadAllTextAsync(whole.SetAside, Cancel);

        using NewSite killed = await NewSite.WithAsync(old, Cancel);
        await killed.KillImportAtAsync("key_escrow", 2, whole.File("ejbca.sql"), [.. options, "--batch", "1"], Cancel);
        Assert.AreEqual(1, await killed.CountAsync("key_escrow", Cancel), "the one that was being stored is not");
        Assert.AreEqual(0, await killed.CountAsync("end_entity", Cancel), "users come after the keys");
        await killed.ImportAsync(whole.File("ejbca.sql"), [.. options, "--batch", "1", "--resume"]);
        Assert.AreEqual(expected, await killed.QueryAsync(Escrow, Cancel));
        Assert.AreEqual(users, await killed.QueryAsync("select username, status from end_entity order by 1", Cancel));
        Assert.AreEqual(aside, await File.ReadAllTextAsync(killed.SetAside, Cancel));
    }

    /// <summary>The old product encrypted to RSA keys only. With a key of another kind nothing opens, and each row says so.</summary>
    [TestMethod]
    public async Task With_an_EC_key_encryption_key_every_row_is_set_aside_with_words()
    {
        using var old = new OldSite();
        using NewSite site = await NewSite.WithAsync(old, Cancel);
        string[] options = Prepare(old, site);
        File.WriteAllBytes(site.File("ec.p12"), old.ExportCa("ec-word"));
        File.WriteAllText(site.File("ec.password"), "ec-word\n");
        (ExitCode code, string output, string error) = await site.ImportAsync(
            site.File("ejbca.sql"), "--key-encryption-keystore", site.File("ec.p12"), "--key-encryption-password-file", site.File("ec.password"), "--key-encryption-alias", "SignatureKeyAlias");
        Assert.AreEqual(ExitCode.FunctionalError, code, options[0] + error + output);
        Assert.AreEqual(0, await site.CountAsync("key_escrow", Cancel));
        Assert.Contains("KeyRecoveryData", await File.ReadAllTextAsync(site.SetAside, Cancel));
        Assert.Contains("encrypted in a way not known here", await File.ReadAllTextAsync(site.SetAside, Cancel));
        Assert.AreEqual("40\n40\n", await site.QueryAsync($"select status from end_entity where username in ('{Waiting}', '{NotMarked}') order by username", Cancel));
    }

    private static void Check(NewSite site, string output, int stored, int known)
    {
        JsonNode counts = JsonNode.Parse(File.ReadAllText(site.Report))!["counts"]!;
        Assert.AreEqual(stored, (int?)counts["stored"]!["KeyRecoveryData"] ?? 0, output);
        Assert.AreEqual(known, (int?)counts["known"]!["KeyRecoveryData"] ?? 0);
        Assert.AreEqual(Bad, (int?)counts["setAside"]!["KeyRecoveryData"] ?? 0, output);
        string list = File.ReadAllText(site.SetAside);
        foreach (string reason in new[] { "does not open with any", "is not allowed", "not that of the certificate", "bytes are announced", "certificate is not here", "belongs to another user" })
        {
            Assert.Contains(reason, list);
        }

        Assert.DoesNotContain(KeptKeyFixtures.Password, output + list + File.ReadAllText(site.Report));
    }

    private async Task RecoverAsync(NewSite site)
    {
        JsonNode config = JsonNode.Parse(await File.ReadAllTextAsync(site.Config, Cancel))!;
        config["Ca"]!["KeyRecovery"] = true;
        await File.WriteAllTextAsync(site.Config, config.ToJsonString(), Cancel);
        await using CaSession session = site.Open();
        foreach ((string user, string serial, string key) in new[] { (Waiting, "1e8481", "bc-rsa"), (NotMarked, "1e8482", "bc-ec"), ("keeper3", "1e8483", "jdk-rsa") })
        {
            var order = new RecoveryOrder { Actor = session.Operator, Username = user, IssuerDn = OldSite.CaSubject, Serial = serial };
            using KeyStore store = (await session.Get<KeyEscrow>().RecoverAsync(order, new CaWork(), Cancel)).OrThrow();
            Assert.IsTrue(store.Key.Public.SameKeyAs(KeptKeyFixtures.PublicKeyOf(key)));
            Assert.IsTrue(store.Certificate.PublicKey.SameKeyAs(store.Key.Public));
        }

        Assert.IsTrue((await session.Audit.VerifyAsync(Cancel)).All(chain => chain.Problem is null));
    }

    /// <summary>Three kept keys that are well and six that are not; two of them as Bouncy Castle encrypted them.</summary>
    private static string[] Prepare(OldSite old, NewSite site)
    {
        using KeyPair encryption = KeptKeyFixtures.EncryptionKey();
        using KeyPair stranger = KeyPair.Generate("RSA2048");
        byte[] rsa = KeptKeyFixtures.Read("bc-rsa.ser"), platform = KeptKeyFixtures.Read("jdk-rsa.ser");
        byte[] otherClass = (byte[])rsa.Clone();
        otherClass[rsa.AsSpan().IndexOf("KeyPair"u8)] = (byte)'L';
        string Encrypt(byte[] stream, KeyPair? to = null) => KeptKeyFixtures.Encrypt(stream, to ?? encryption);
        string Cms(string name) => Convert.ToBase64String(KeptKeyFixtures.Read(name));
        (string Key, string Data, string? User)[] rows =
        [
            ("bc-rsa", Cms("bc-rsa.cms"), null),
            ("bc-ec", Cms("bc-ec.cms"), null),
            ("jdk-rsa", Encrypt(platform), null),
            ("bc-rsa", Encrypt(rsa, stranger), null),
            ("bc-rsa", Encrypt(otherClass), null),
            ("bc-ec", Cms("bc-rsa.cms"), null),
            ("bc-rsa", Encrypt(rsa[..^300]), null),
            ("bc-rsa", Cms("bc-rsa.cms"), "somebody"),
            ("none", Cms("bc-rsa.cms"), null),
        ];

        string dump = site.File("ejbca.sql");
        old.WriteDump(dump, 5);
        using var file = new StreamWriter(dump, append: true) { NewLine = "\n" };
        for (int i = 1; i <= rows.Length; i++)
        {
            string user = $"keeper{i}", subject = $"CN={user},O=Old,C=SE";
            if (rows[i - 1].Key != "none")
            {
                Insert(file, "CertificateData", old.Row(old.Make(2_000_000 + i, subject, KeptKeyFixtures.PublicKeyOf(rows[i - 1].Key), isCa: false), 20, -1, user));
            }

            Insert(file, "UserData", new(OldSite.UserRow(i)) { ["username"] = user, ["subjectDN"] = subject, ["status"] = "70", ["tokenType"] = "2" });
            Insert(file, "KeyRecoveryData", new()
            {
                ["certSN"] = (2_000_000 + i).ToString("x"),
                ["issuerDN"] = OldSite.CaSubject,
                ["keyData"] = rows[i - 1].Data,
                ["markedAsRecoverable"] = i == 1 ? "1" : "0",
                ["username"] = rows[i - 1].User ?? user,
            });
        }

        File.WriteAllBytes(site.File("kek.p12"), KeptKeyFixtures.Read("kek.p12"));
        File.WriteAllText(site.File("kek.password"), KeptKeyFixtures.Password + "\n");
        return ["--key-encryption-keystore", site.File("kek.p12"), "--key-encryption-password-file", site.File("kek.password")];
    }

    private static void Insert(StreamWriter file, string table, Dictionary<string, string?> row) =>
        OldSite.Insert(file, table, string.Join(',', row.Keys), 1, [[.. row.Values]]);
}
