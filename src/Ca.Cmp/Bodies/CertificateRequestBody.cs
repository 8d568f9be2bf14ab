using Ca.Cmp.Rules;
using Ca.Core.Issuance;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>ir and cr: a certificate by CRMF (RFC 9810 §5.3.1, §5.3.3; CMP-O-1).</summary>
internal sealed class CertificateRequestBody(TransactionRules rules, Enroller enroller) : IRequestBody
{
    public IReadOnlyList<PkiBodyKind> Kinds { get; } = [PkiBodyKind.InitializationRequest, PkiBodyKind.CertificationRequest];

    public async Task<CmpFailure?> CheckAsync(Exchange exchange, CancellationToken cancel) => await rules.CheckFirstAsync(exchange, cancel) ?? CheckOnlyOne(exchange);

    public async Task<Reply> DecideAsync(Exchange exchange, CancellationToken cancel)
    {
        CertReqMsg request = RequestOf(exchange);
        return TemplateRules.Read(exchange, request).Succeeded(out Wanted? wanted, out CmpFailure? failure)
            ? await enroller.EnrolAsync(exchange, new(AnswerTo(exchange), request.Request.Id, wanted), cancel)
            : Reject(exchange, failure);
    }

    public Reply Reject(Exchange exchange, CmpFailure failure) => Reply.Rejection(AnswerTo(exchange), RequestOf(exchange).Request.Id, failure);

    public WaitingFor Waiting(Exchange exchange) => WaitingFor.Certificate(AnswerTo(exchange), RequestOf(exchange).Request.Id);

    /// <summary>CMP-C-8: never the first only, as others do.</summary>
    public static CmpFailure? CheckOnlyOne(Exchange exchange) =>
        ((PkiBody.CertificateRequests)exchange.Message.Body).Requests is [_] ? null : new(PkiFailureInfo.BadRequest, "CMP-C-8", "One message asks for one certificate.");

    /// <summary>The one request.</summary>
    public static CertReqMsg RequestOf(Exchange exchange) => ((PkiBody.CertificateRequests)exchange.Message.Body).Requests[0];

    /// <summary>ip follows ir, cp follows cr, kup follows kur.</summary>
    public static PkiBodyKind AnswerTo(Exchange exchange) => exchange.Message.Body.Kind + 1;
}

/// <summary>What a template asks for, its proof of possession verified.</summary>
/// <param name="Key">The key.</param>
/// <param name="Subject">The name; null when absent.</param>
/// <param name="AltNames">Text of the subjectAltName; null when absent.</param>
/// <param name="Validity">The validity; null when left to the CA.</param>
internal sealed record Wanted(RequestedKey Key, DistinguishedName? Subject, string? AltNames, OptionalValidity? Validity)
{
    /// <summary>The kind of key to be made here; null where the requester has one.</summary>
    public string? KeySpec { get; init; }
}
