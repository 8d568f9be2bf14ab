using Ca.Core.EndEntities;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Certificates;

/// <summary>How much is revoked.</summary>
public enum RevocationScope
{
    /// <summary>One certificate.</summary>
    Certificate,

    /// <summary>All certificates of a user.</summary>
    AllCertificates,

    /// <summary>All certificates, and the user.</summary>
    User,
}

/// <summary>Asks for a revocation as RAs do: by the certificate's issuer and serial number, by the user's name, or by both.</summary>
public sealed record RequestedRevocation
{
    /// <summary>Who asks.</summary>
    public required Actor Actor { get; init; }

    /// <summary>DN of the CA that issued the certificate; null: only the user counts.</summary>
    public string? IssuerDn { get; init; }

    /// <summary>Hex, however written.</summary>
    public string? Serial { get; init; }

    /// <summary>The user; null: the certificate's owner.</summary>
    public string? Username { get; init; }

    /// <summary>RemoveFromCrl releases one certificate from hold.</summary>
    public required RevocationReason Reason { get; init; }

    /// <summary>How much.</summary>
    public required RevocationScope Scope { get; init; }
}

/// <content>From what an RA says to what is revoked.</content>
public sealed partial class Revoker
{
    /// <summary>Stages what is asked for. A certificate and a user named together must belong together (FLAWS E13).</summary>
    public async Task<Outcome<Revocation[]>> RevokeRequestedAsync(RequestedRevocation asked, CaWork work, CancellationToken cancel)
    {
        bool byCertificate = asked is { IssuerDn: not null, Serial: not null };
        if (!byCertificate && (asked.Username is null || asked.Scope == RevocationScope.Certificate))
        {
            return new Refusal(RefusalCode.Malformed, "Neither a certificate nor a user is named that could be revoked.");
        }

        CertificateRow? row = null;
        if (byCertificate && !(await FindCertificateAsync(asked, cancel)).Succeeded(out row, out Refusal? refusal))
        {
            return refusal;
        }

        return (asked.Scope, asked.Username ?? row?.Username) switch
        {
            (RevocationScope.Certificate, _) => await RevokeOneAsync(asked, row!, work, cancel),
            (_, null) => new Refusal(RefusalCode.NotFound, $"Certificate {asked.Serial} belongs to no user."),
            (RevocationScope.AllCertificates, { } user) => await RevokeAllAsync(asked.Actor, user, asked.Reason, work, cancel),
            (_, { } user) => await RevokeUserAsync(asked.Actor, user, asked.Reason, work, cancel),
        };
    }

    private async Task<Outcome<Revocation[]>> RevokeOneAsync(RequestedRevocation asked, CertificateRow row, CaWork work, CancellationToken cancel)
    {
        string caName = (await configuration.CurrentAsync(cancel)).FindCa(row.CaId)!.Name;
        var order = new RevocationOrder { Actor = asked.Actor, CaName = caName, Serial = row.Serial, Reason = asked.Reason, Username = asked.Username };
        return (await RevokeAsync(order, work, cancel)).Succeeded(out Revocation? done, out Refusal? refusal) ? new[] { done } : refusal;
    }

    private async Task<Outcome<CertificateRow>> FindCertificateAsync(RequestedRevocation asked, CancellationToken cancel)
    {
        if (Forbidden.IsUnusable(asked.IssuerDn) || (await configuration.CurrentAsync(cancel)).FindCaByDn(asked.IssuerDn!) is not { } ca)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no CA '{asked.IssuerDn}'.");
        }

        string serial = CertificateStore.NormaliseSerial(asked.Serial!);
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        CertificateRow? row = await db.Set<CertificateRow>().AsNoTracking().SingleOrDefaultAsync(r => r.CaId == ca.Id && r.Serial == serial, cancel);
        return row is null || (asked.Username is not null && row.Username != asked.Username)
            ? new Refusal(RefusalCode.NotFound, $"CA '{ca.Name}' has no certificate {serial}{(asked.Username is null ? "" : $" of user '{asked.Username}'")}.")
            : row;
    }
}
