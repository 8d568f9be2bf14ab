using Ca.Cmp.Rules;
using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Ca.Core.Roles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>
/// kur: a new certificate for one that is in force (RFC 9810 §5.3.5; CMP-O-4 to O-6). The holder updates the certificate
/// that signs the message; an RA names the one it means.
/// </summary>
internal sealed class KeyUpdateBody(TransactionRules rules, CmpTransactions transactions, CertificateStore certificates, EndEntityStore endEntities, Enroller enroller) : IRequestBody
{
    public IReadOnlyList<PkiBodyKind> Kinds { get; } = [PkiBodyKind.KeyUpdateRequest];

    public async Task<CmpFailure?> CheckAsync(Exchange exchange, CancellationToken cancel) => exchange.Requester.UsesMac
        ? new(PkiFailureInfo.WrongIntegrity, "CMP-O-4", "A key update is signed.") // RFC 9483 §4.1.3. X-14: nobody shows otherwise that he holds the old key.
        : await rules.CheckFirstAsync(exchange, cancel) ?? CertificateRequestBody.CheckOnlyOne(exchange);

    public async Task<Reply> DecideAsync(Exchange exchange, CancellationToken cancel)
    {
        CertReqMsg request = CertificateRequestBody.RequestOf(exchange);
        if (!TemplateRules.Read(exchange, request).Succeeded(out Wanted? wanted, out CmpFailure? failure)
            || !(await FindOldAsync(exchange, request.Request, cancel)).Succeeded(out CertificateView? old, out failure)
            || (failure = await CheckOldAsync(exchange, old, wanted, cancel)) is not null)
        {
            return Reject(exchange, failure);
        }

        return await enroller.EnrolAsync(exchange, new(PkiBodyKind.KeyUpdateResponse, request.Request.Id, wanted) { Updated = old }, cancel);
    }

    public Reply Reject(Exchange exchange, CmpFailure failure) => Reply.Rejection(PkiBodyKind.KeyUpdateResponse, CertificateRequestBody.RequestOf(exchange).Request.Id, failure);

    public WaitingFor Waiting(Exchange exchange) => WaitingFor.Certificate(PkiBodyKind.KeyUpdateResponse, CertificateRequestBody.RequestOf(exchange).Request.Id);

    /// <summary>CMP-C-42: oldCertID, by default the certificate that signs.</summary>
    private async Task<Checked<CertificateView>> FindOldAsync(Exchange exchange, CertRequest request, CancellationToken cancel)
    {
        CertificateView? own = exchange.Requester.Own;
        if (request.Control(Oids.OldCertId) is not { } control)
        {
            return own is null ? NoSuch("An RA names the certificate it means by oldCertID.") : own;
        }

        if (!control.Read<CertId>().Succeeded(out CertId? id, out Refusal? refusal))
        {
            return new CmpFailure(PkiFailureInfo.BadDataFormat, "CMP-C-42", "oldCertID cannot be read.", refusal.Detail);
        }

        bool ours = exchange.Ca.Certificate.Subject.Equals(id.Issuer.ToDistinguishedName());
        CertificateView? found = ours ? await certificates.FindAsync(exchange.Ca.Name, id.Serial.ToString(), cancel) : null;
        return found is not { Type: CertificateType.EndEntity, Username: not null } || (!exchange.Requester.IsRa && found.Serial != own?.Serial)
            ? NoSuch("There is no such certificate of this sender.")
            : found;
    }

    private async Task<CmpFailure?> CheckOldAsync(Exchange exchange, CertificateView old, Wanted wanted, CancellationToken cancel)
    {
        if (exchange.Requester.IsRa && !exchange.Requester.Actor.May(AccessResources.EditEndEntity, old.EndEntityProfileId))
        {
            // The issuer takes the old certificate for a proof of its holder; an RA shows somebody else's (CVE-2021-40088 for kur).
            return new(PkiFailureInfo.NotAuthorized, "CMP-M-5", "The sender has no right over that end entity.");
        }

        if (old.Status is not (CertificateStatus.Active or CertificateStatus.NotifiedAboutExpiration))
        {
            return new(PkiFailureInfo.CertRevoked, "CMP-O-4", "The certificate is no longer in force.");
        }

        if (wanted.KeySpec is null && !exchange.Alias.AllowUpdateWithSameKey && Der.DecodeBer<Certificate>(old.Encoded).OrThrow().PublicKey.SameKeyAs(wanted.Key.PublicKey))
        {
            return new(PkiFailureInfo.BadCertTemplate, "CMP-O-5", "The key is the one of the old certificate.");
        }

        if (!exchange.Alias.AllowAutomaticKeyUpdate && (await endEntities.FindAsync(old.Username!, cancel))?.Status != EndEntityStatus.New)
        {
            return new(PkiFailureInfo.NotAuthorized, "CMP-A-26", "Nobody has allowed an update.");
        }

        IReadOnlyList<CmpTransaction> earlier = await transactions.UpdatesOfAsync(exchange.Ca.Id, old.Serial, cancel);
        return earlier.Any(t => t.State == CmpTransactionState.Unconfirmed) ? new(PkiFailureInfo.BadRequest, "CMP-O-6", "An update of this certificate waits for its confirmation.")
            : earlier.Count > 0 ? new(PkiFailureInfo.CertRevoked, "CMP-O-6", "The certificate was updated already.")
            : null;
    }

    private static CmpFailure NoSuch(string text) => new(PkiFailureInfo.BadCertId, "CMP-C-42", text);
}
