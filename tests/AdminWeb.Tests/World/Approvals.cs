using Ca.Core.Approvals;
using Ca.Core.Authorities;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Tests;
using Pki.Protocols.X509;

namespace AdminWeb.Tests;

/// <summary>Requests that wait for people.</summary>
internal static class Approvals
{
    private static readonly Actor Ra = Actor.With("CN=extra-1,O=Test", RoleTemplates.Rules("RAADMINISTRATOR", [], []));

    /// <summary>The CA demands so many approvals from now on.</summary>
    public static async Task DemandAsync(this TestCa ca, int approvals, CancellationToken cancel) =>
        (await ca.Get<CertificateAuthorities>().SetSettingsAsync(
            ca.Admin, TestCa.RootName, new() { Approvals = new() { AddEditEndEntity = approvals, Revocation = approvals } }, cancel)).OrThrow();

    /// <summary>An RA asks for a new end entity with a certificate; the number of the request that waits.</summary>
    public static async Task<long> AskAsync(this TestCa ca, string name, CancellationToken cancel, KeyPair? key = null)
    {
        IssuanceRequest request = ca.Request(name, TestCa.Csr($"CN={name}", key ?? KeyPair.Generate("P-256"))) with { Actor = Ra, SubjectAltName = $"dNSName={name}.example" };
        var work = new CaWork(new()
        {
            Source = "worker-1",
            Message = new(Web.DataSource, TestCa.Key(name), "9F86D081884C7D659A2FEAA0C55AD015", "Scep", "K7QX-3M9P"),
        });
        ApprovalPendingException pending = await Assert.ThrowsExactlyAsync<ApprovalPendingException>(() => ca.Issuer.IssueAsync(request, work, cancel));
        return pending.Id;
    }

    /// <summary>Somebody who decides, and sees what is needed for it.</summary>
    public static Task ApproverAsync(this TestCa ca, string name, CancellationToken cancel, params AccessRule[] more) => ca.Role(
        $"Approver {name}",
        [
            new(AccessResources.Administrator, AccessDecision.Accept),
            new(AccessResources.ApproveEndEntity, AccessDecision.Accept),
            new(AccessResources.ViewCertificate, AccessDecision.Accept),
            new("/endentityprofilesrules", AccessDecision.AcceptRecursive),
            new(AccessResources.AnyCa, AccessDecision.AcceptRecursive),
            .. more,
        ],
        name,
        cancel);
}
