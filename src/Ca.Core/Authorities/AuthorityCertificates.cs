using Ca.Core.Certificates;
using Ca.Core.Issuance;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Authorities;

/// <summary>
/// Makes a CA's own certificate. A plan on disk is not needed here: the new CA's first act is to be stored, and a
/// certificate of a CA that nobody knows can be used by nobody, since its key never left the token.
/// </summary>
internal static class AuthorityCertificates
{
    public static Outcome<Certificate> Make(AuthorityPlan plan, KeyPair key, KeyPair signingKey, DateTimeOffset now)
    {
        SignatureAlgorithm? algorithm = plan.Parent is { } parent
            ? parent.SignatureAlgorithm
            : SignatureAlgorithmNames.Find(plan.Order.SignatureAlgorithm ?? SignatureAlgorithmNames.DefaultFor(key.Public), key.Public);
        string own = plan.Order.SignatureAlgorithm ?? SignatureAlgorithmNames.DefaultFor(key.Public);
        if (algorithm is null || SignatureAlgorithmNames.Find(own, key.Public) is null)
        {
            return new Refusal(RefusalCode.UnsupportedAlgorithm, $"signatureAlgorithm '{own}' does not fit the key; there are {string.Join(", ", SignatureAlgorithmNames.All)}.");
        }

        Certificate? signer = plan.Parent?.Certificate;
        DateTimeOffset start = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero) - CertificateComposer.Backdating;
        DateTimeOffset end = plan.Validity.EndFrom(start);
        start = signer is not null && start < signer.NotBefore ? signer.NotBefore : start;
        end = signer is not null && end > signer.NotAfter ? signer.NotAfter : end;
        if (end <= start)
        {
            return new Refusal(RefusalCode.PolicyViolation, "validity: the certificate would end before it begins.");
        }

        DistinguishedName issuer = signer?.Subject ?? plan.Subject;
        AuthoritySettings settings = plan.Parent?.Settings ?? plan.Order.Settings;
        ReadOnlyMemory<byte> signerId = signer?.SubjectKeyIdentifier ?? key.Public.KeyIdentifier();
        List<CertificateExtension> extensions = ProfileExtensions.OfAuthority(plan.Profile, settings, key.Public, signerId);
        var serial = new SerialNumber(SerialNumbers.Next(settings.SerialNumberOctets));
        byte[] tbs = new ToBeSignedCertificate(serial, algorithm, issuer.Encoded, start, end, plan.Subject.Encoded, key.Public.Encoded, extensions).Encode();
        CertificateType type = signer is null ? CertificateType.RootCa : CertificateType.SubCa;
        if (Linter.Check(tbs, new(issuer, signer, key.Public, algorithm, type)) is { } flaw)
        {
            return new Refusal(RefusalCode.PolicyViolation, "The certificate would not be sound: " + flaw);
        }

        byte[] signature = signingKey.Sign(tbs, algorithm);
        SubjectPublicKey verifier = signer?.PublicKey ?? key.Public;
        return verifier.Verify(tbs, signature, algorithm)
            ? Der.Decode<Certificate>(SignedStructure.Assemble(tbs, algorithm, signature))
            : throw new InvalidOperationException("The signature of a new CA certificate does not verify.");
    }
}
