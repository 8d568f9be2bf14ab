using System.Security.Cryptography;
using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Answers;

/// <summary>Puts header and protection around an answer (CMP.md §4, CMP-S-7, S-13 to S-16).</summary>
internal sealed class AnswerWriter(CmpResponder responder, TimeProvider clock)
{
    private const int NonceLength = 16;
    private const int SaltLength = 16; // CMP-S-5

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
        using MacKey? own = OwnKey(exchange.Alias.AnswerMac, key, exchange.Requester.Secret);
        return MessageProtection.Mac(header, WithCaCertificates(exchange, reply), own ?? key, ExtraCertificates([], more, exchange.Alias));
    }

    /// <summary>CMP-S-7: a key with parameters of ours, of the family of the request's; null where the request's own serve.</summary>
    private static MacKey? OwnKey(CmpAnswerMac? wanted, MacKey request, Secret? secret)
    {
        if (wanted is null || secret is null)
        {
            return null;
        }

        (string hash, string hmac) = wanted.Hash switch
        {
            CmpMacHash.Sha384 => (Oids.Sha384, Oids.HmacWithSha384),
            CmpMacHash.Sha512 => (Oids.Sha512, Oids.HmacWithSha512),
            _ => (Oids.Sha256, Oids.HmacWithSha256),
        };
        byte[] salt = RandomNumberGenerator.GetBytes(SaltLength);
        MacAlgorithm algorithm = request.Algorithm.Oid == Oids.Pbmac1 ? Pbmac1.Create(salt, wanted.Pbkdf2Iterations, hmac) : PasswordBasedMac.Create(salt, wanted.PbmIterations, hash, hmac);
        return algorithm.DeriveKey(secret);
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
