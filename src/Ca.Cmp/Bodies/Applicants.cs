using Ca.Cmp.Authentication;
using Ca.Cmp.Rules;
using Ca.Core.EndEntities;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>Which registered end entity asks, and whether it may (CMP-A-9, A-26, M-1). An RA passes untouched where it updates nothing.</summary>
internal sealed class Applicants(EndEntityStore endEntities, NamedEntities names)
{
    private static readonly EndEntityStatus[] MayEnrol = [EndEntityStatus.New, EndEntityStatus.Failed, EndEntityStatus.InProcess, EndEntityStatus.KeyRecovery];

    /// <summary>
    /// The enrolment with the name of the end entity. One that shows a code is let through even where nobody has that
    /// name: the core then works as long as for a wrong code and says the same (CMP-X-7).
    /// </summary>
    public async Task<Checked<Enrolment>> FindAsync(Exchange exchange, Enrolment wanted, CancellationToken cancel)
    {
        Requester requester = exchange.Requester;
        if (requester.Code is { } code)
        {
            return await CheckSubjectAsync(exchange, wanted with { Username = await names.UsernameOfAsync(exchange.Arrival, code.Subject, cancel) }, code.Subject, cancel);
        }

        if (requester.IsRa || requester.Own is not null)
        {
            // A certificate for its holder is an update by whatever name it is asked for.
            string? updated = wanted.Updated?.Username ?? requester.Own?.Username;
            return updated is not null && !exchange.Alias.AllowAutomaticKeyUpdate && (await endEntities.FindAsync(updated, cancel))?.Status != EndEntityStatus.New
                ? new CmpFailure(PkiFailureInfo.NotAuthorized, "CMP-A-26", "Nobody has allowed an update.")
                : wanted with { Username = requester.Username };
        }

        // The issuer would refuse it as well, in words that tell one from the other.
        return requester.Username is not { } username || await endEntities.FindAsync(username, cancel) is not { } found || !MayEnrol.Contains(found.Status)
            ? FailureMap.MayNotEnrol()
            : await CheckSubjectAsync(exchange, wanted with { Username = username }, wanted.Wanted.Subject, cancel);
    }

    private async Task<Checked<Enrolment>> CheckSubjectAsync(Exchange exchange, Enrolment wanted, DistinguishedName? subject, CancellationToken cancel) =>
        exchange.Alias.RequireSubjectMatch && subject is { IsEmpty: false }
        && await endEntities.FindAsync(wanted.Username!, cancel) is { } found
        && !(DistinguishedName.Parse(found.SubjectDn).Succeeded(out DistinguishedName? registered, out _) && registered.Equals(subject))
            ? Differs(exchange)
            : wanted;

    /// <summary>Who has only shown a code, not yet compared, is not told what is registered.</summary>
    private static CmpFailure Differs(Exchange exchange) => exchange.Requester.Code is not null
        ? FailureMap.MayNotEnrol("The subject is not the one that is registered.")
        : new(PkiFailureInfo.BadCertTemplate, "CMP-M-1", "The subject is not the one that is registered.");
}
