using Ca.Core.Authorities;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Ca.Core.Certificates;

/// <summary>Builds and signs a full CRL (RFC 5280 §5), and verifies it before anybody gets it.</summary>
internal static class CrlBuilder
{
    public static CertificateList Build(CertificateAuthority ca, KeyPair key, long number, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate, IReadOnlyCollection<RevokedCertificate> revoked)
    {
        SignatureAlgorithm algorithm = ca.SignatureAlgorithm!;
        byte[] tbs = new ToBeSignedCertificateList(
            algorithm,
            ca.Certificate.Subject.Encoded,
            thisUpdate,
            nextUpdate,
            revoked,
            [CertificateExtensions.AuthorityKeyIdentifier(ca.Certificate), CertificateExtensions.CrlNumber(number)]).Encode();
        byte[] signature = key.Sign(tbs, algorithm);
        return ca.Certificate.PublicKey.Verify(tbs, signature, algorithm)
            ? Der.Decode<CertificateList>(SignedStructure.Assemble(tbs, algorithm, signature)).OrThrow()
            : throw new InvalidOperationException($"The signature of a CRL of CA '{ca.Name}' does not verify with its certificate.");
    }
}
