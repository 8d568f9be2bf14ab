using Ca.Cmp.Rules;
using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>
/// Which certificate a revocation is about, and whether the sender may speak of it: its holder may, and an RA within its
/// rights over CA and end entity profile, which the revoker looks at (CVE-2021-40088).
/// </summary>
internal sealed class RevocationTargets(CmpTransactions transactions, CertificateStore certificates)
{
    /// <summary>CMP-O-40: issuer and serial number say which; whatever else is there must fit.</summary>
    public async Task<Checked<CertificateView>> FindAsync(Exchange exchange, CertTemplate wanted, CancellationToken cancel)
    {
        if (wanted is not { Issuer: { IsEmpty: false } issuer, Serial: { } serial })
        {
            return new CmpFailure(PkiFailureInfo.AddInfoNotAvailable, "CMP-O-40", "Issuer and serial number are needed.");
        }

        if (!issuer.Equals(exchange.Ca.Certificate.Subject))
        {
            return new CmpFailure(PkiFailureInfo.WrongAuthority, "CMP-O-44", "Another CA issued that certificate.");
        }

        if (await certificates.FindAsync(exchange.Ca.Name, serial.ToString(), cancel) is not { } found || !Fits(wanted, Der.DecodeBer<Certificate>(found.Encoded).OrThrow()))
        {
            return new CmpFailure(PkiFailureInfo.BadCertId, "CMP-O-44", "There is no such certificate.");
        }

        // A client speaks for the certificates of its own end entity, also where nobody's name stands at one (CMP-M-6, CMP_PEERS V20).
        CmpFailure? failure = exchange.Requester.IsRa || (exchange.Requester is { MayOnlyEnrol: false, Username: { } user } && found.Username == user)
            ? await CheckPendingAsync(exchange, found, cancel)
            : new(PkiFailureInfo.NotAuthorized, "CMP-O-43", "The sender may not revoke that certificate.");
        return failure is null ? found : failure;
    }

    private static bool Fits(CertTemplate wanted, Certificate certificate) =>
        (wanted.Subject is null || wanted.Subject.Equals(certificate.Subject))
        && (wanted.PublicKey is null || wanted.PublicKey.SameKeyAs(certificate.PublicKey))
        && (wanted.Version is null || wanted.Version + 1 == certificate.Version)
        && (wanted.Validity?.NotBefore is not { } from || from == certificate.NotBefore) && (wanted.Validity?.NotAfter is not { } until || until == certificate.NotAfter)
        && wanted.Extensions.All(e => certificate.Extension(e.Oid) is { } there && there.Value.Span.SequenceEqual(e.Value.Span));

    /// <summary>CMP-O-6: while an update waits for its confirmation, the old certificate is left alone.</summary>
    private async Task<CmpFailure?> CheckPendingAsync(Exchange exchange, CertificateView target, CancellationToken cancel) =>
        (await transactions.UpdatesOfAsync(exchange.Ca.Id, target.Serial, cancel)).Any(t => t.State == CmpTransactionState.Unconfirmed)
            ? new(PkiFailureInfo.BadRequest, "CMP-O-6", "An update of this certificate waits for its confirmation.")
            : null;
}
