using System.Security.Cryptography.X509Certificates;
using AdminWeb.Configuration;
using Ca.Core.Roles;
using Microsoft.Extensions.Options;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Certificate = Pki.Protocols.X509.Certificate;

namespace AdminWeb.SignIn;

/// <summary>
/// From the certificate of the TLS connection to an actor. TLS has proved that the other side holds the key; everything
/// else is asked anew with each request, so that a revocation or a changed role ends a session at once.
/// </summary>
internal sealed class CertificateSignIn(AdministratorRegister register, IOptions<AdminWebOptions> options)
{
    /// <summary>The administrator, or why not.</summary>
    public async Task<Outcome<Administrator>> IdentifyAsync(X509Certificate2 presented, CancellationToken cancel)
    {
        if (!Der.DecodeBer<Certificate>(presented.RawDataMemory).Succeeded(out Certificate? certificate, out Refusal? refusal))
        {
            return refusal;
        }

        // RFC 5280 §4.2.1.12. Demanded, not merely tolerated: the link certificates of RAs are members of roles too, and
        // who has stolen one must not walk in here.
        if (!certificate.ExtendedKeyUsage.Contains(Oids.ClientAuth, StringComparer.Ordinal))
        {
            return new Refusal(RefusalCode.WrongKeyUsage, $"The certificate of '{certificate.Subject}' is not for TLS clients.");
        }

        if (!(await register.IdentifyAsync(certificate, options.Value.AdministratorIssuer, cancel)).Succeeded(out Actor? actor, out refusal))
        {
            return refusal;
        }

        return actor.May(AccessResources.Administrator)
            ? new Administrator(actor, AdministratorRegister.FingerprintOf(certificate), $"certificate {certificate.Serial}")
            : new Refusal(RefusalCode.NotAuthorized, $"'{actor.Name}' may not sign in: no role of its gives {AccessResources.Administrator}.");
    }
}
