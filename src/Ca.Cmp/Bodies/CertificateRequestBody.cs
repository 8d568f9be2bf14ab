using Ca.Cmp.Rules;
using Ca.Core.Issuance;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>ir and cr: a certificate by CRMF (RFC 9810 §5.3.1, §5.3.3; CMP-O-1).</summary>
internal sealed class CertificateRequestBody(TransactionRules rules, Enroller enroller) : IBodyHandler
{
    public IReadOnlyList<PkiBodyKind> Kinds { get; } = [PkiBodyKind.InitializationRequest, PkiBodyKind.CertificationRequest];

    public async Task<Reply> AnswerAsync(Exchange exchange, CancellationToken cancel)
    {
        if (await rules.CheckFirstAsync(exchange, cancel) is { } failure)
        {
            return Reply.Error(failure);
        }

        var body = (PkiBody.CertificateRequests)exchange.Message.Body;
        PkiBodyKind answer = body.Kind + 1; // ip follows ir, cp follows cr
        if (body.Requests is not [var request])
        {
            // CMP-C-8: never the first only, as others do.
            return Reply.Error(new(PkiFailureInfo.BadRequest, "CMP-C-8", "One message asks for one certificate."));
        }

        if (!TemplateRules.Read(exchange, request).Succeeded(out Wanted? wanted, out failure))
        {
            return Reply.Rejection(answer, request.Request.Id, failure);
        }

        return await enroller.EnrolAsync(exchange, new(answer, request.Request.Id, wanted), cancel);
    }
}

/// <summary>What a template asks for, its proof of possession verified.</summary>
/// <param name="Key">The key.</param>
/// <param name="Subject">The name; null when absent.</param>
/// <param name="AltNames">Text of the subjectAltName; null when absent.</param>
/// <param name="Validity">The validity; null when left to the CA.</param>
internal sealed record Wanted(RequestedKey Key, DistinguishedName? Subject, string? AltNames, OptionalValidity? Validity);
