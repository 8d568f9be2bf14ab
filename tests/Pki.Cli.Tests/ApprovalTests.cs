using System.Globalization;
using System.Text.Json.Nodes;
using Ca.Core.Roles;

namespace Pki.Cli.Tests;

/// <summary><c>pki approval</c>: an operator's request, decided by administrators with keystores of their own.</summary>
[TestClass]
public sealed class ApprovalTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task A_user_is_added_after_somebody_else_agreed()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        string[] anna = await AdministratorAsync(ca, "anna");
        long id = await AskAsync(ca, "router");

        Run list = await ca.MustAsync("approval", "list", "--match", "CN=ROUTER");
        StringAssert.Contains(list.Out, "router", StringComparison.Ordinal);
        StringAssert.Contains(list.Out, "0/1", StringComparison.Ordinal);
        Run show = await ca.MustAsync("approval", "show", Text(id));
        StringAssert.Contains(show.Out, "subjectDn: CN=router", StringComparison.Ordinal);
        StringAssert.Contains(show.Out, "You cannot decide", StringComparison.Ordinal);

        Run own = await ca.PkiAsync("approval", "approve", Text(id), "--yes");
        Assert.AreEqual(ExitCode.AuthorizationError, own.Code, "The account that asked approved.");
        Run approved = await ca.MustAsync(["approval", "approve", Text(id), "--comment", "read back ok", "--yes", .. anna]);
        StringAssert.Contains(approved.Out, "Approved", StringComparison.Ordinal);
        await ca.MustAsync(AddUser("router"));

        Assert.AreEqual(ExitCode.FunctionalError, (await ca.PkiAsync(["approval", "reject", Text(id), "--yes", .. anna])).Code);
        Assert.AreEqual(0, (await ca.MustAsync("approval", "list", "--json")).Records.Count);
        Assert.AreEqual("executed", (string?)(await ca.MustAsync("approval", "list", "--status", "decided", "--json")).Records.Single()!["status"]);
    }

    [TestMethod]
    public async Task A_rejection_is_remembered_until_it_is_forgotten()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        string[] anna = await AdministratorAsync(ca, "anna");
        long id = await AskAsync(ca, "router");
        await ca.MustAsync(["approval", "reject", Text(id), "--comment", "not ours", "--yes", .. anna]);
        Run again = await ca.PkiAsync(AddUser("router"));
        StringAssert.Contains(again.Error, "rejected", StringComparison.Ordinal);
        await ca.MustAsync(["approval", "forget", Text(id), .. anna]);
        Assert.AreNotEqual(id, await WaitsAsync(ca, "router"));
    }

    [TestMethod]
    public async Task More_time_is_given_and_the_wrong_key_is_not_approved()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        string[] anna = await AdministratorAsync(ca, "anna");
        long id = await AskAsync(ca, "router");
        StringAssert.Contains((await ca.MustAsync(["approval", "extend", Text(id), "--time", "12h", .. anna])).Out, "Waits until", StringComparison.Ordinal);
        Run wrong = await ca.PkiAsync(["approval", "approve", Text(id), "--expect-key", "00:11:22", "--yes", .. anna]);
        Assert.AreEqual(ExitCode.FunctionalError, wrong.Code);
        Assert.AreEqual("waiting", (string?)(await ca.MustAsync("approval", "list", "--json")).Records.Single()!["status"]);
    }

    [TestMethod]
    public async Task What_is_wrong_on_the_command_line_and_what_is_not_allowed_have_their_exit_codes()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        long id = await AskAsync(ca, "router");
        Assert.AreEqual(ExitCode.UsageError, (await ca.PkiAsync("approval", "approve", Text(id))).Code, "Without --yes nothing is decided.");
        Assert.AreEqual(ExitCode.FunctionalError, (await ca.PkiAsync("approval", "show", "4711")).Code);
        Assert.AreEqual(ExitCode.UsageError, (await ca.PkiAsync("approval", "show", "first")).Code);
        Assert.AreEqual(ExitCode.FunctionalError, (await ca.PkiAsync("ca", "set-approvals", "ScepCA", "--revocation", "6")).Code);
    }

    [TestMethod]
    public async Task The_JSON_of_a_request_has_these_members()
    {
        using SmallCa ca = await SmallCa.CreateAsync(TestContext.CancellationToken);
        long id = await AskAsync(ca, "router");
        const string Members = "caName certificateProfile code consumedBy decidedAt endEntityProfile expireAt forgotten given id isOwn protocol repeats requestedAt requester requesterSerial required result source status subjectAltName subjectDn transactionId type uniqueId username";
        Assert.AreEqual(Members, Names((await ca.MustAsync("approval", "list", "--json")).Records.Single()!));
        JsonNode detail = JsonNode.Parse((await ca.MustAsync("approval", "show", Text(id), "--json")).Out)!;
        Assert.AreEqual("acts decisions earlier facts fingerprints obstacle related request warnings", Names(detail));
    }

    [TestMethod]
    public void Characters_that_deceive_the_eye_are_written_out() =>
        Assert.AreEqual("CN=a\\u202Eb\\u000Ac\\u200B", Commands.ApprovalTable.Safe("CN=a\u202Eb\nc\u200B"));

    /// <summary>An administrator with a keystore, who may approve; the options that make it decide.</summary>
    private static async Task<string[]> AdministratorAsync(SmallCa ca, string name)
    {
        JsonObject files = await ca.IssueAsync(name, "ManagementCA", "LINK", "P-256");
        await ca.MustAsync("role", "create", "approvers-" + name);
        foreach (string resource in (string[])[AccessResources.ApproveEndEntity, AccessResources.ApproveCaAction, "/endentityprofilesrules", AccessResources.AnyCa])
        {
            await ca.MustAsync("role", "add-rule", "approvers-" + name, resource, "AcceptRecursive");
        }

        string serial = (string)(await ca.MustAsync("cert", "list", "--user", name, "--json")).Records.Single()!["serial"]!;
        await ca.MustAsync("role", "add-member", "approvers-" + name, "--ca", "ManagementCA", "--with", "CertificateSerialNumber", "--value", serial);
        return ["--as", (string)files["Path"]!, "--password-file", (string)files["PasswordFile"]!];
    }

    private static async Task<long> AskAsync(SmallCa ca, string user)
    {
        await ca.MustAsync("ca", "set-approvals", "ScepCA", "--add-edit", "1", "--revocation", "1");
        return await WaitsAsync(ca, user);
    }

    private static async Task<long> WaitsAsync(SmallCa ca, string user)
    {
        Run waits = await ca.PkiAsync(AddUser(user));
        Assert.AreEqual(ExitCode.FunctionalError, waits.Code);
        StringAssert.Contains(waits.Error, "Waits for approval", StringComparison.Ordinal);
        return (long)(await ca.MustAsync("approval", "list", "--user", user, "--json")).Records.Single()!["id"]!;
    }

    private static string[] AddUser(string user) => ["user", "add", user, "--subject", $"CN={user}", "--ca", "ScepCA", "--certificate-profile", "ENDUSER"];

    private static string Names(JsonNode record) => string.Join(' ', record.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
