using Pki.Protocols.Cmp;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CmpProxy.Gate;

/// <summary>
/// Lets messages through that are signed by a certificate of a trusted issuer (CMP-P-4). Intermediate certificates come
/// from the message or from the files; nothing is ever fetched because of what a message says (CMP-L-2).
/// </summary>
internal sealed class SignatureGate(TrustFiles files, bool requireCrl, bool allowSha1, TimeProvider clock)
{
    private readonly CmpAlgorithmPolicy policy = CmpAlgorithmPolicy.Default with { Digests = allowSha1 ? DigestPolicy.WithSha1 : DigestPolicy.Strict };

    /// <summary>Null for a message that may go on; InternalFailure where issuers or CRLs are not available.</summary>
    public Refusal? ObjectionTo(PkiMessage message)
    {
        List<Certificate> presented = [.. message.ExtraCerts.Select(item => item.Read()).Select(outcome => outcome.Succeeded(out Certificate? found, out _) ? found : null).OfType<Certificate>()];
        if (SignerOf(message.Header, presented) is not { } signer)
        {
            return new(RefusalCode.NotSigned, "The signer's certificate is not in extraCerts.");
        }

        // The signature first: a path costs several, and who cannot even sign shall not make us verify them.
        return MessageProtection.ObjectionTo(message, signer.PublicKey, policy)
            ?? ObjectionToUse(signer)
            ?? ObjectionToPath(signer, presented, files.Current);
    }

    // RFC 9810 §5.1: the first of extraCerts; older clients put it elsewhere and name it by senderKID.
    private static Certificate? SignerOf(PkiHeader header, List<Certificate> presented) =>
        presented.FirstOrDefault(candidate => header.SenderKeyId is { } id && candidate.SubjectKeyIdentifier is { } own && own.Span.SequenceEqual(id.Span))
        ?? (presented is [var first, ..] ? first : null);

    private static Refusal? ObjectionToUse(Certificate signer) =>
        signer.KeyUsage is { } usage && !usage.HasFlag(KeyUsages.DigitalSignature) ? new(RefusalCode.WrongKeyUsage, $"The certificate '{signer.Subject}' may not sign.") : null;

    // From the anchor downwards: what a revoked issuer says of others is worth nothing.
    private Refusal? ObjectionToPath(Certificate signer, List<Certificate> presented, TrustFiles.Content trusted) =>
        CertificatePath.Find(signer, presented, trusted.Issuers, clock.GetUtcNow()).Succeeded(out IReadOnlyList<Certificate>? path, out Refusal? refusal)
            ? path.Zip(path.Skip(1)).Reverse().Select(pair => ObjectionToStatus(pair.First, pair.Second, trusted)).FirstOrDefault(objection => objection is not null)
            : refusal;

    private Refusal? ObjectionToStatus(Certificate certificate, Certificate issuer, TrustFiles.Content trusted)
    {
        DateTimeOffset now = clock.GetUtcNow();
        CertificateList? crl = trusted.Crls
            .Where(crl => crl.Issuer.EncodedEquals(issuer.Subject) && crl.BaseNumber is null && crl.ThisUpdate <= now && !(crl.NextUpdate < now))
            .OrderByDescending(crl => crl.ThisUpdate)
            .FirstOrDefault(crl => crl.IsSignedBy(issuer.PublicKey));
        return crl is null && requireCrl ? new(RefusalCode.InternalFailure, $"There is no valid CRL of '{issuer.Subject}'.")
            : crl?.Find(certificate.Serial) is not null ? new(RefusalCode.Revoked, $"The certificate '{certificate.Subject}' is revoked.")
            : null;
    }
}
