using System.Security.Cryptography;
using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Answers;

/// <summary>Puts header and protection around an answer (CMP.md §4, CMP-S-7, S-13 to S-16).</summary>
internal sealed class AnswerWriter(CmpResponder responder, TimeProvider clock)
{
    private const int NonceLength = 16;

    /// <summary>The one place where nonces are made. Never an echo (CMP.md §4).</summary>
    public static byte[] NewNonce() => RandomNumberGenerator.GetBytes(NonceLength);

    /// <summary>The answer to a sender who is known.</summary>
    public async Task<PkiMessage> WriteAsync(Exchange exchange, Reply reply, CancellationToken cancel)
    {
        PkiHeader header = HeaderOf(exchange.Header, exchange.Nonce) with { TransactionId = exchange.TransactionId, GeneralInfo = InfoOf(reply) };
        Certificate[] more = reply.Chain.Count == 0 ? [] : [.. reply.Chain, .. Named(exchange, exchange.Alias.ExtraCertsCas)];
        if (exchange.Requester.Key is not { } key || exchange.Alias.ResponseProtection == CmpAnswerProtection.Signature)
        {
            return await SignAsync(exchange.Alias, exchange.Ca, header, reply.Body, more, cancel);
        }

        header = header with { Sender = GeneralName.Directory(exchange.Ca.Certificate.Subject), SenderKeyId = exchange.Header.SenderKeyId };
        return MessageProtection.Mac(header, WithCaCertificates(exchange, reply), key, ExtraCertificates([], more, exchange.Alias));
    }

    /// <summary>An error to somebody who could not be identified: signed, unless the alias is told to do as an EJBCA does (CMP-S-16).</summary>
    public async Task<PkiMessage> WriteErrorAsync(CmpAlias alias, CertificateAuthority ca, PkiHeader? request, CmpFailure failure, CancellationToken cancel)
    {
        PkiHeader header = HeaderOf(request ?? new PkiHeader(), NewNonce());
        var reply = Reply.Error(failure);
        return alias.UnprotectedErrors
            ? PkiMessage.Create(header with { Sender = GeneralName.Directory(ca.Certificate.Subject) }, reply.Body)
            : await SignAsync(alias, ca, header, reply.Body, [], cancel);
    }

    private PkiHeader HeaderOf(PkiHeader request, byte[] nonce) => new()
    {
        Version = request.Version is PkiHeader.Cmp2000 or PkiHeader.Cmp2021 ? request.Version : PkiHeader.Cmp2021,
        Recipient = request.Sender,
        MessageTime = clock.GetUtcNow(),
        TransactionId = request.TransactionId,
        SenderNonce = nonce,
        RecipientNonce = request.SenderNonce,
    };

    private Task<PkiMessage> SignAsync(CmpAlias alias, CertificateAuthority ca, PkiHeader header, PkiBody body, IReadOnlyList<Certificate> more, CancellationToken cancel)
    {
        CmpSigner signer = CmpResponder.SignerOf(alias, ca);
        header = header with { Sender = GeneralName.Directory(signer.Certificate.Subject), SenderKeyId = signer.Certificate.SubjectKeyIdentifier };
        return responder.SignAsync(alias, ca, header, body, ExtraCertificates([signer.Certificate, .. signer.Chain], more, alias), cancel);
    }

    private static IReadOnlyList<InfoTypeAndValue> InfoOf(Reply reply) => reply switch
    {
        { ImplicitConfirm: true } => [InfoTypeAndValue.WithNull(Oids.ImplicitConfirm)],
        { ConfirmBy: { } until } => [InfoTypeAndValue.Of(Oids.ConfirmWaitTime, new CmpTime(until))],
        _ => [],
    };

    /// <summary>CMP-O-8: caPubs may be believed as far as the MAC is, so they are sent under a MAC only; the issuing CA first.</summary>
    private static PkiBody WithCaCertificates(Exchange exchange, Reply reply) =>
        exchange.Alias.SendCaCertificates && reply.Chain.Count > 0 && reply.Body is PkiBody.CertificateResponses responses
            ? new PkiBody.CertificateResponses(responses.Kind, responses.Content with { CaCertificates = [.. reply.Chain.Concat(Named(exchange, exchange.Alias.CaPubsCas)).Select(CmpCertificate.Of)] })
            : reply.Body;

    private static IEnumerable<Certificate> Named(Exchange exchange, IEnumerable<string> names) =>
        names.Select(exchange.Configuration.FindCa).OfType<CertificateAuthority>().Select(ca => ca.Certificate);

    /// <summary>CMP-O-7: the signer and its chain first, then the chain of the new certificate; a root only as the signer or on demand.</summary>
    private static IReadOnlyList<CmpCertificate> ExtraCertificates(IReadOnlyList<Certificate> signer, IReadOnlyList<Certificate> chain, CmpAlias alias) =>
    [
        .. signer.Take(1).Concat(signer.Skip(1).Concat(chain).Where(c => alias.IncludeRootInExtraCerts || !c.IsSelfIssued))
            .DistinctBy(c => Convert.ToHexString(c.Sha256Fingerprint()), StringComparer.Ordinal).Select(CmpCertificate.Of),
    ];
}
