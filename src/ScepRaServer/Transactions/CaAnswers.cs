using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using ScepRaServer.Aliases;
using ScepRaServer.Publications;

namespace ScepRaServer.Transactions;

/// <summary>Reads the answer in a row, and tells when a transaction is over.</summary>
internal sealed class CaAnswers(ExtRaLink link, PublishedCrls crls, TimeProvider clock)
{
    /// <summary>Reads the answer.</summary>
    /// <param name="alias">Whose CA must have signed a certificate.</param>
    /// <param name="row">The row, trusted in nothing.</param>
    /// <param name="request">The sealed request where it is still at hand; the answer must name it then.</param>
    public CaAnswer Read(ScepAlias alias, MessageRow row, string? request)
    {
        if (row.Status != MessageStatus.Processed)
        {
            return CaAnswer.Pending.Instance;
        }

        if (!link.OpenAnswer(row, request).Succeeded(out MessageContent? content, out Refusal? refusal))
        {
            return new CaAnswer.Unbelievable(refusal);
        }

        return content.SubMessages switch
        {
            [PKCS10Response { Success: true } issued] => Check(alias, issued),
            [Response { Success: false } refused] => new CaAnswer.Refused(refused.Reason, refused.FailInfo),
            // T-16: a success without a certificate is never passed on.
            _ => new CaAnswer.Unbelievable(new(RefusalCode.Malformed, "The answer holds neither a certificate nor a refusal.")),
        };
    }

    /// <summary>
    /// True when a new request may begin a new transaction: refused and forgotten, certificate past half of its life or
    /// revoked (SCEP.md T-04, T-06), or an answer that has been unbelievable for too long to be waited for.
    /// </summary>
    public bool IsOver(ScepAlias alias, MessageRow row, CaAnswer answer) => answer switch
    {
        CaAnswer.Refused or CaAnswer.Unbelievable => IsForgotten(alias, row),
        CaAnswer.Issued(var certificate, var authority) =>
            certificate.NotBefore + ((certificate.NotAfter - certificate.NotBefore) / 2) <= clock.GetUtcNow() || crls.IsRevoked(authority, certificate),
        _ => false,
    };

    /// <summary>True when a refusal is older than the alias remembers it.</summary>
    public bool IsForgotten(ScepAlias alias, MessageRow row) =>
        clock.GetUtcNow() - MessageRow.Time(row.ModifyTime) > alias.Options.RejectedMemory;

    private static CaAnswer Check(ScepAlias alias, PKCS10Response issued)
    {
        if (issued.Certificate is not { Length: > 0 } encoded)
        {
            return new CaAnswer.Unbelievable(new(RefusalCode.Malformed, "The answer says success and holds no certificate."));
        }

        if (!Der.Decode<Certificate>(encoded).Succeeded(out Certificate? certificate, out Refusal? refusal))
        {
            return new CaAnswer.Unbelievable(refusal);
        }

        return alias.AuthorityOf(certificate) is { } authority
            ? new CaAnswer.Issued(certificate, authority)
            : new CaAnswer.Unbelievable(new(RefusalCode.UnknownIssuer, $"The certificate from '{certificate.Issuer}' is not of the CA '{alias.CaName}'."));
    }
}
