using System.Numerics;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>CAs that are not ours.</summary>
internal static class Vendors
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static int serials;

    /// <summary>A certificate and its key.</summary>
    public sealed record Issuer(Certificate Certificate, KeyPair Key);

    public static Issuer Root { get; } = Ca("CN=Vendor root,O=Vendor", null);

    /// <summary>Below the root: what makes the devices' certificates.</summary>
    public static Issuer Line { get; } = Ca("CN=Production line,O=Vendor", Root);

    /// <summary>Of the same name as the root, and not it.</summary>
    public static Issuer Stranger { get; } = Ca("CN=Vendor root,O=Vendor", null);

    /// <summary>Below the root, and no CA.</summary>
    public static Issuer NoCa { get; } = Ca("CN=A device,O=Vendor", Root, isCa: false);

    public static Certificate Issue(string subject, SubjectPublicKey key, Issuer issuer, bool isCa, DateTimeOffset? validUntil = null, IReadOnlyList<CertificateExtension>? more = null) =>
        Sign(DistinguishedName.Parse(subject).OrThrow(), key, issuer.Certificate.Subject, issuer.Key, isCa, validUntil, more);

    /// <summary>A root of the same name with a new key.</summary>
    public static Certificate Renewed(Certificate root) => Ca(root.Subject.ToString(), null).Certificate;

    public static CertificateList CrlOf(Certificate revoked) => new ToBeSignedCertificateList(
        SignatureAlgorithm.For(Root.Key.Public, HashAlgorithmName.SHA256), Root.Certificate.Subject.Encoded, Start, Start.AddYears(5), [new(revoked.Serial, Start, RevocationReason.KeyCompromise)],
        [CertificateExtensions.AuthorityKeyIdentifier(Root.Certificate), CertificateExtensions.CrlNumber(1)]).Sign(Root.Key);

    private static Issuer Ca(string subject, Issuer? issuer, bool isCa = true)
    {
        KeyPair key = KeyPair.Generate("P-256");
        DistinguishedName name = DistinguishedName.Parse(subject).OrThrow();
        return new(Sign(name, key.Public, issuer?.Certificate.Subject ?? name, issuer?.Key ?? key, isCa, null), key);
    }

    private static Certificate Sign(DistinguishedName subject, SubjectPublicKey key, DistinguishedName issuer, KeyPair issuerKey, bool isCa, DateTimeOffset? validUntil, IReadOnlyList<CertificateExtension>? more = null)
    {
        SignatureAlgorithm algorithm = SignatureAlgorithm.For(issuerKey.Public, HashAlgorithmName.SHA256);
        byte[] tbs = new ToBeSignedCertificate(
            new SerialNumber(new BigInteger(Interlocked.Increment(ref serials) + 1000)), algorithm, issuer.Encoded, Start, validUntil ?? Start.AddYears(10), subject.Encoded, key.Encoded,
            [
                CertificateExtensions.BasicConstraints(isCa),
                CertificateExtensions.KeyUsage(isCa ? KeyUsages.KeyCertSign | KeyUsages.CrlSign : KeyUsages.DigitalSignature),
                CertificateExtensions.SubjectKeyIdentifier(key),
                .. more ?? [],
            ]).Encode();
        return Der.Decode<Certificate>(SignedStructure.Assemble(tbs, algorithm, issuerKey.Sign(tbs, algorithm))).OrThrow();
    }
}
