using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace ExtRa.Messages.Client;

/// <summary>
/// Which answers the RA side believes: those signed by exactly the configured worker certificates, or by certificates
/// with digitalSignature that the configured issuer signed (ARCHITECTURE.md 4, FLAWS.md D6).
/// </summary>
/// <param name="services">Worker certificates that are accepted as they are. The first is the one to encrypt to.</param>
/// <param name="issuer">The CA whose certificates are accepted beside; null for none.</param>
public sealed class ServiceTrust(IReadOnlyList<Certificate> services, Certificate? issuer)
{
    /// <summary>The certificate that requests are encrypted to, or null.</summary>
    public Certificate? Recipient => services.Count > 0 ? services[0] : null;

    /// <summary>Accepts or refuses the signer of an answer.</summary>
    public Outcome<Certificate> Check(Certificate? signer, DateTimeOffset now)
    {
        if (signer is null)
        {
            return new Refusal(RefusalCode.NotSigned, "The answer is not signed.");
        }

        bool pinned = services.Any(service => service.Encoded.Span.SequenceEqual(signer.Encoded.Span));
        if (!pinned && (issuer is null || !issuer.Subject.EncodedEquals(signer.Issuer) || !signer.IsSignedBy(issuer.PublicKey)))
        {
            return new Refusal(RefusalCode.UnknownIssuer, $"The answer is signed by '{signer.Subject}', which is not a configured worker.");
        }

        if (!signer.IsValidAt(now))
        {
            return new Refusal(RefusalCode.Expired, $"The worker certificate '{signer.Subject}' is outside its validity period.");
        }

        if (signer.IsCa || signer.KeyUsage is not { } usage || !usage.HasFlag(KeyUsages.DigitalSignature))
        {
            return new Refusal(RefusalCode.WrongKeyUsage, $"The certificate '{signer.Subject}' may not sign answers.");
        }

        return signer;
    }
}
