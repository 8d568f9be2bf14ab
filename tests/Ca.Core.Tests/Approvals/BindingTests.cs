using System.Security.Cryptography;
using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Ca.Core.Issuance;
using Ca.Core.Profiles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Tests.Approvals;

/// <summary>An approval serves for the very content that people saw (APPROVALS §3.3, FLAWS E11).</summary>
[TestClass]
public sealed class BindingTests
{
    private static readonly KeyPair Key = KeyPair.Generate("P-256");

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("key")]
    [DataRow("subject")]
    [DataRow("alternative name")]
    [DataRow("e-mail")]
    [DataRow("certificate profile")]
    [DataRow("end entity profile")]
    [DataRow("CA")]
    [DataRow("RA")]
    [DataRow("user")]
    [DataRow("requested extension")]
    public async Task Flaw_E11_an_approval_gives_nothing_to_a_request_that_differs_in(string what)
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        await SecondCaAndProfilesAsync(world);
        IssuanceRequest approved = world.Enrol("router", Key);
        await world.ApproveAsync(await world.WaitsAsync(approved, Cancel), Cancel);

        Look other = await world.LookAsync(Changed(world, approved, what), Cancel);
        Assert.IsNull(other.Issued, "It was issued on another request's approval.");

        Issued issued = await world.IssuedAsync(approved, Cancel);
        Assert.IsTrue(issued.Certificate.PublicKey.SameKeyAs(Key.Public));
    }

    [TestMethod]
    public async Task Flaw_E11_between_approval_and_execution_another_key_for_the_user_gets_nothing_and_spoils_nothing()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        IssuanceRequest approved = world.Enrol("router", Key);
        await world.ApproveAsync(await world.WaitsAsync(approved, Cancel), Cancel);
        Refusal refused = await world.RefusedAsync(world.Enrol("router"), Cancel);
        Assert.AreEqual(RefusalCode.Conflict, refused.Code);
        await world.IssuedAsync(approved, Cancel);
    }

    [TestMethod]
    public async Task A_client_that_signs_its_request_anew_meets_the_same_approval()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        IssuanceRequest first = world.Enrol("router", Key), again = world.Enrol("router", Key);
        Assert.IsFalse(first.Request.Encoded.Span.SequenceEqual(again.Request.Encoded.Span), "ECDSA signatures differ each time.");
        long id = await world.WaitsAsync(first, Cancel);
        Assert.AreEqual(id, await world.WaitsAsync(again, Cancel));
        await world.ApproveAsync(id, Cancel);
        await world.IssuedAsync(again, Cancel);
    }

    [TestMethod]
    public async Task An_approval_is_spent_once_and_a_repeat_gets_the_same_certificate()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel);
        IssuanceRequest request = world.Enrol("router", Key);
        long id = await world.WaitsAsync(request, Cancel);
        await world.ApproveAsync(id, Cancel);
        Issued first = await world.IssuedAsync(request, Cancel);
        Look repeat = await world.LookAsync(request with { PlanKey = TestCa.Key("another transaction") }, Cancel);
        Assert.IsTrue(repeat.Issued is { Reused: true } || repeat.Pending is not null, repeat.Refusal?.ToString() ?? "A second certificate was made.");
        Assert.AreEqual("1", await world.Ca.ExecuteAsync("select count(*) from certificate where username = 'router'", Cancel));
        Assert.IsTrue(repeat.Issued is null || repeat.Issued.Certificate.Serial.Equals(first.Certificate.Serial));
    }

    [TestMethod]
    public async Task When_the_end_entity_changed_meanwhile_the_approval_fails_and_people_are_asked_again()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, new());
        await world.IssuedAsync(world.Enrol("router"), Cancel);
        await world.DemandAsync(new() { AddEditEndEntity = 1 }, Cancel);
        IssuanceRequest request = world.Enrol("router", Key) with { SubjectDn = "CN=router,O=New" };
        WorkOrigin message = world.Message();
        long id = await world.WaitsAsync(request, Cancel, message);
        await world.ApproveAsync(id, Cancel);
        await world.Ca.ExecuteAsync("update end_entity set subject_alt_name = 'dNSName=somebody.else' where username = 'router'", Cancel);

        Assert.AreNotEqual(id, await world.WaitsAsync(request, Cancel, message));
        ApprovalView failed = await world.ViewAsync(id, Cancel);
        Assert.AreEqual(ApprovalStatus.ExecutionFailed, failed.Status);
        StringAssert.Contains(failed.Result, "changed", StringComparison.Ordinal);
    }

    [TestMethod]
    public async Task The_facts_show_old_and_new_and_no_password()
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(Cancel, new());
        await world.IssuedAsync(world.Enrol("router"), Cancel);
        await world.DemandAsync(new() { AddEditEndEntity = 1 }, Cancel);
        IssuanceRequest request = world.Enrol("router", Key) with { SubjectDn = "CN=router,O=New" };
        ApprovalDetail detail = (await world.Desk.FindAsync(world.Anna, await world.WaitsAsync(request, Cancel), Cancel)).OrThrow();
        Assert.AreEqual(ApprovalType.EditEndEntity, detail.Request.Type);
        Assert.AreEqual(new("subjectDn", "CN=router,O=New", "CN=router,O=Test"), detail.Facts.Single(f => f.Name == "subjectDn"));
        Assert.AreEqual(Convert.ToHexStringLower(Key.Public.Sha256()), detail.Facts.Single(f => f.Name == "publicKeySha256").Value);
        CollectionAssert.Contains(detail.Fingerprints.ToArray(), "request MD5 " + Convert.ToHexStringLower(MD5.HashData(request.Request.Encoded.Span)));
        Assert.HasCount(1, detail.Related);
    }

    private static IssuanceRequest Changed(ApprovalWorld world, IssuanceRequest request, string what) => (what switch
    {
        "key" => world.Enrol("router"),
        "subject" => request with { SubjectDn = "CN=router,O=Other" },
        "alternative name" => request with { SubjectAltName = "dNSName=vpn.example" },
        "e-mail" => request with { Email = "a@b.example" },
        "certificate profile" => request with { CertificateProfile = "second" },
        "end entity profile" => request with { EndEntityProfile = "second" },
        "CA" => request with { CaName = "Second" },
        "RA" => request with { Actor = world.OtherRa },
        "user" => request with { Username = "other" },
        _ => request with { Request = TestCa.Csr("CN=router", Key, [RequestAttribute.ForExtensions(new CertificateExtension("2.5.29.15", Critical: true, new byte[] { 3, 2, 1, 6 }))]) },
    }) with { PlanKey = TestCa.Key("the attacker's") };

    private async Task SecondCaAndProfilesAsync(ApprovalWorld world)
    {
        ProfileStore profiles = world.Ca.Get<ProfileStore>();
        (await profiles.SetAsync(world.Ca.Admin, "second", new CertificateProfile(), Cancel)).OrThrow();
        EndEntityProfile empty = (await profiles.ListEndEntityProfilesAsync(Cancel)).First(p => p.Name == "EMPTY");
        (await profiles.SetAsync(world.Ca.Admin, "second", empty, Cancel)).OrThrow();
        (await world.Ca.Get<CertificateAuthorities>().CreateAsync(world.Ca.Admin, new()
        {
            Name = "Second",
            SubjectDn = "CN=Second",
            Token = "keys",
            KeyAlias = "second",
            KeySpec = "P-256",
            Settings = new() { Approvals = new() { AddEditEndEntity = 1 } },
        }, Cancel)).OrThrow();
    }
}
