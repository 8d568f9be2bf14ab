using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using CmpProxy.Configuration;
using CmpProxy.Gate;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CmpProxy.Http;

/// <summary>
/// Whose TLS client certificates are accepted (CMP-T-18): of issuers that are configured, by certificates that came along.
/// Nothing is fetched (CMP-L-2).
/// </summary>
internal sealed class TlsClients(TlsOptions options, TimeProvider clock)
{
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    private readonly TrustFiles? issuers = options.ClientCertificates == TlsClientCertificates.None ? null
        : new(new GateOptions { TrustedIssuers = [.. options.TrustedIssuers] }, CmpProxyOptions.Section + ":Tls");

    public void Configure(HttpsConnectionAdapterOptions https)
    {
        if (issuers is not null)
        {
            https.ClientCertificateMode = options.ClientCertificates == TlsClientCertificates.Require ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = Accepts;
        }
    }

    private bool Accepts(X509Certificate2 shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (!Der.DecodeBer<Certificate>(shown.RawData).Succeeded(out Certificate? certificate, out _) || (certificate.ExtendedKeyUsage.Count > 0 && !certificate.ExtendedKeyUsage.Contains(ClientAuth, StringComparer.Ordinal)))
        {
            return false;
        }

        IEnumerable<Certificate> between = (chain?.ChainPolicy.ExtraStore ?? [])
            .Select(c => Der.DecodeBer<Certificate>(c.RawData).Succeeded(out Certificate? read, out Refusal? _) ? read : null).OfType<Certificate>();
        return CertificatePath.Find(certificate, between, issuers!.Current.Issuers, clock.GetUtcNow()).Succeeded(out _, out _);
    }
}
