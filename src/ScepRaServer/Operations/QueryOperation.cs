using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using ScepRaServer.Publications;

namespace ScepRaServer.Operations;

/// <summary>
/// GetCert and GetCRL (RFC 8894 §3.3.4, §3.3.5). Their transactionIDs are no transactions: sscep and jscep send a
/// constant (SCEP.md T-13).
/// </summary>
internal sealed class QueryOperation(PublishedCrls crls, TimeProvider clock)
{
    private const int MaxCrlBytes = 8 * 1024 * 1024;

    public Decision Decide(Operation operation) => operation.Request.Body switch
    {
        ScepBody.CrlQuery => FindCrl(operation),
        // This RA keeps no certificates: they pass through it in transactions, and belong to their requesters.
        _ => new Decision.Failure(new(FailInfo.BadCertId, "certificate not found", "This RA keeps no certificates.")),
    };

    // sscep asks by the CA's own serial number, others by their certificate's: the answer is the same.
    private Decision FindCrl(Operation operation)
    {
        if (!operation.Alias.Options.ServeCrl)
        {
            return new Decision.Failure(ScepFailure.BadRequest("CRLs are not served here"));
        }

        CertificateList? crl = operation.Alias.Authorities.Select(crls.Of).FirstOrDefault(known => known is not null);
        return crl is not null && (crl.NextUpdate is not { } next || next >= clock.GetUtcNow()) && crl.Encoded.Length <= MaxCrlBytes
            ? new Decision.Crl(crl)
            : new Decision.Failure(new(FailInfo.BadCertId, "no CRL", "There is no CRL, or it is over, or too large."));
    }
}
