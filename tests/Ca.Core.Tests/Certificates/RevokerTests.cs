using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using static Ca.Core.Tests.Issuance.FlawTests;

namespace Ca.Core.Tests.Certificates;

/// <summary>CA_CORE §9.3 and §17 check 7.</summary>
[TestClass]
public sealed class RevokerTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(null, RevocationReason.KeyCompromise, null, DisplayName = "active to revoked")]
    [DataRow(null, RevocationReason.CertificateHold, null, DisplayName = "active to hold")]
    [DataRow(null, RevocationReason.RemoveFromCrl, "not on hold", DisplayName = "active cannot be released")]
    [DataRow(RevocationReason.CertificateHold, RevocationReason.RemoveFromCrl, null, DisplayName = "hold to released")]
    [DataRow(RevocationReason.CertificateHold, RevocationReason.Superseded, null, DisplayName = "hold to final")]
    [DataRow(RevocationReason.CertificateHold, RevocationReason.CertificateHold, "already revoked", DisplayName = "hold twice")]
    [DataRow(RevocationReason.KeyCompromise, RevocationReason.Superseded, "already revoked", DisplayName = "final twice")]
    [DataRow(RevocationReason.KeyCompromise, RevocationReason.CertificateHold, "already revoked", DisplayName = "final to hold")]
    [DataRow(RevocationReason.KeyCompromise, RevocationReason.RemoveFromCrl, "not on hold", DisplayName = "final cannot be released")]
    public async Task Which_change_may_follow_which(RevocationReason? first, RevocationReason then, string? refusal)
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        string serial = await IssueAsync(ca, "device");
        if (first is { } earlier)
        {
            (await RevokeAsync(ca, serial, earlier)).OrThrow();
        }

        Outcome<Revocation> outcome = await RevokeAsync(ca, serial.ToUpperInvariant(), then);

        if (refusal is not null)
        {
            Refused(RefusalCode.Conflict, refusal, outcome);
            return;
        }

        outcome.OrThrow();
        CertificateView view = (await ca.Get<CertificateStore>().FindAsync(TestCa.RootName, serial, Cancel))!;
        Assert.AreEqual(then == RevocationReason.RemoveFromCrl ? CertificateStatus.Active : CertificateStatus.Revoked, view.Status);
        Assert.AreEqual(then, view.Reason);
    }

    [TestMethod]
    public async Task Hold_keeps_its_date_when_it_becomes_final_and_a_released_certificate_can_be_revoked_again()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        string serial = await IssueAsync(ca, "device");
        DateTimeOffset held = (await RevokeAsync(ca, serial, RevocationReason.CertificateHold)).OrThrow().At;
        ca.Clock.Advance(TimeSpan.FromHours(1));
        Assert.AreEqual(held, (await RevokeAsync(ca, serial, RevocationReason.Superseded)).OrThrow().At);

        string second = await IssueAsync(ca, "second");
        (await RevokeAsync(ca, second, RevocationReason.CertificateHold)).OrThrow();
        (await RevokeAsync(ca, second, RevocationReason.RemoveFromCrl)).OrThrow();
        (await RevokeAsync(ca, second, RevocationReason.KeyCompromise)).OrThrow();
    }

    [TestMethod]
    public async Task Dates_are_never_in_the_future_and_back_only_where_the_profile_says_so()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        string serial = await IssueAsync(ca, "device");
        RevocationOrder order = Order(ca, serial, RevocationReason.KeyCompromise);
        DateTimeOffset now = ca.Clock.GetUtcNow();
        Refused(RefusalCode.PolicyViolation, "future", await ca.Get<Revoker>().RevokeAsync(order with { RevokedAt = now.AddSeconds(1) }, new(), Cancel));
        Refused(RefusalCode.PolicyViolation, "back-dated", await ca.Get<Revoker>().RevokeAsync(order with { RevokedAt = now.AddDays(-1) }, new(), Cancel));

        (await ca.Get<Ca.Core.Profiles.ProfileStore>().SetAsync(ca.Admin, "BACK", new Ca.Core.Profiles.CertificateProfile { AllowBackdatedRevocation = true }, Cancel)).OrThrow();
        Issued issued = (await ca.IssueAsync(ca.Request("other") with { CertificateProfile = "BACK" }, Cancel)).OrThrow();
        RevocationOrder back = Order(ca, issued.Certificate.Serial.ToString(), RevocationReason.KeyCompromise) with { RevokedAt = now.AddDays(-1) };
        Assert.AreEqual(now.AddDays(-1), (await ca.Get<Revoker>().RevokeAsync(back, new(), Cancel)).OrThrow().At);
    }

    /// <summary>RFC 5280 §5.3.2: what is known to have happened, whenever that was.</summary>
    [TestMethod]
    public async Task An_invalidity_date_lies_in_the_past_and_goes_with_a_revocation()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        RevocationOrder order = Order(ca, await IssueAsync(ca, "device"), RevocationReason.CertificateHold);
        DateTimeOffset now = ca.Clock.GetUtcNow().AddTicks(-(ca.Clock.GetUtcNow().Ticks % TimeSpan.TicksPerSecond));
        foreach ((string words, RevocationOrder wrong) in ((string, RevocationOrder)[])
        [
            ("future", order with { InvalidityDate = now.AddMinutes(5).AddSeconds(2) }),
            ("fractions", order with { InvalidityDate = now.AddMilliseconds(-1) }),
        ])
        {
            Refused(RefusalCode.PolicyViolation, words, await ca.Get<Revoker>().RevokeAsync(wrong, new(), Cancel));
        }

        var work = new CaWork();
        (await ca.Get<Revoker>().RevokeAsync(order with { InvalidityDate = now.AddYears(-30) }, work, Cancel)).OrThrow();
        await ca.Ledger.CommitAsync(work, Cancel);

        Assert.AreEqual(now.AddYears(-30), (await ca.Get<CertificateStore>().FindAsync(TestCa.RootName, order.Serial, Cancel))!.InvalidityDate);
        RevocationOrder release = order with { Reason = RevocationReason.RemoveFromCrl };
        Refused(RefusalCode.PolicyViolation, "release", await ca.Get<Revoker>().RevokeAsync(release with { InvalidityDate = now }, new(), Cancel));
    }

    [TestMethod]
    public async Task Flaw_E13_a_certificate_of_another_user_is_not_revoked()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        string serial = await IssueAsync(ca, "device");
        Refused(RefusalCode.NotFound, "no certificate", await ca.Get<Revoker>().RevokeAsync(Order(ca, serial, RevocationReason.KeyCompromise) with { Username = "other" }, new(), Cancel));
        (await ca.Get<Revoker>().RevokeAsync(Order(ca, serial, RevocationReason.KeyCompromise) with { Username = "device" }, new(), Cancel)).OrThrow();
    }

    [TestMethod]
    public async Task The_right_to_revoke_end_entities_reaches_no_CA_and_no_other_profile()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        string serial = await IssueAsync(ca, "device");
        string root = (await ca.Get<Ca.Core.Authorities.CertificateAuthorities>().FindAsync(TestCa.RootName, Cancel))!.Certificate.Serial.ToString();
        var ra = Actor.With("ra", RoleTemplates.Rules("RAADMINISTRATOR", [], [1]));
        var other = Actor.With("other", RoleTemplates.Rules("RAADMINISTRATOR", [], [4711]));

        Refused(RefusalCode.NotAuthorized, "CA certificates", await ca.Get<Revoker>().RevokeAsync(Order(ca, root, RevocationReason.KeyCompromise) with { Actor = ra }, new(), Cancel));
        Refused(RefusalCode.NotAuthorized, "may not", await ca.Get<Revoker>().RevokeAsync(Order(ca, serial, RevocationReason.KeyCompromise) with { Actor = other }, new(), Cancel));
        (await ca.Get<Revoker>().RevokeAsync(Order(ca, serial, RevocationReason.KeyCompromise) with { Actor = ra }, new(), Cancel)).OrThrow();
    }

    [TestMethod]
    public async Task Revoking_a_user_revokes_all_that_is_not_final_and_the_user_in_one_step()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        string final = await IssueAsync(ca, "device");
        string held = await IssueAsync(ca, "device");
        string active = await IssueAsync(ca, "device");
        (await RevokeAsync(ca, final, RevocationReason.KeyCompromise)).OrThrow();
        (await RevokeAsync(ca, held, RevocationReason.CertificateHold)).OrThrow();

        var work = new CaWork();
        Revocation[] done = (await ca.Get<Revoker>().RevokeUserAsync(ca.Admin, "device", RevocationReason.CessationOfOperation, work, Cancel)).OrThrow();
        await ca.Ledger.CommitAsync(work, Cancel);

        CollectionAssert.AreEquivalent(new[] { held, active }, done.Select(d => d.Serial).ToArray());
        Assert.AreEqual(EndEntityStatus.Revoked, (await ca.Get<EndEntityStore>().FindAsync("device", Cancel))!.Status);
        Assert.IsTrue((await ca.Get<CertificateStore>().ListAsync(new() { Username = "device" }, Cancel)).All(c => c.Status == CertificateStatus.Revoked));
        Refused(RefusalCode.Conflict, "already revoked", await ca.Get<Revoker>().RevokeUserAsync(ca.Admin, "device", RevocationReason.Unspecified, new(), Cancel));
    }

    [TestMethod]
    public async Task Of_two_revocations_at_the_same_moment_one_is_stored()
    {
        await using TestCa ca = await TestCa.StartAsync(Cancel);
        string serial = await IssueAsync(ca, "device");
        CaWork one = new(), two = new();
        (await ca.Get<Revoker>().RevokeAsync(Order(ca, serial, RevocationReason.KeyCompromise), one, Cancel)).OrThrow();
        (await ca.Get<Revoker>().RevokeAsync(Order(ca, serial, RevocationReason.CertificateHold), two, Cancel)).OrThrow();

        await ca.Ledger.CommitAsync(one, Cancel);
        await Assert.ThrowsExactlyAsync<ConcurrentChangeException>(() => ca.Ledger.CommitAsync(two, Cancel));
        Assert.AreEqual(RevocationReason.KeyCompromise, (await ca.Get<CertificateStore>().FindAsync(TestCa.RootName, serial, Cancel))!.Reason);
    }

    private async Task<string> IssueAsync(TestCa ca, string username) => (await ca.IssueAsync(ca.Request(username), Cancel)).OrThrow().Certificate.Serial.ToString();

    private static RevocationOrder Order(TestCa ca, string serial, RevocationReason reason) => new() { Actor = ca.Admin, CaName = TestCa.RootName, Serial = serial, Reason = reason };

    private async Task<Outcome<Revocation>> RevokeAsync(TestCa ca, string serial, RevocationReason reason)
    {
        var work = new CaWork();
        Outcome<Revocation> outcome = await ca.Get<Revoker>().RevokeAsync(Order(ca, serial, reason), work, Cancel);
        await ca.Ledger.CommitAsync(work, Cancel);
        return outcome;
    }
}
