using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using Known = Pki.Protocols.Asn1.Oids;
using Links = Pki.Protocols.Cmp.RootCaKeyUpdateContent;

namespace Ca.Cmp.Info;

/// <summary>caCerts, rootCaCert and caKeyUpdateInfo (RFC 9810 §5.3.19.14, .15, .5; CMP-O-81, O-82, O-86).</summary>
internal sealed class CaCertificates : IInfoSource
{
    public IReadOnlyList<string> Oids { get; } = [Known.CaCerts, Known.RootCaCert, Known.CaKeyUpdateInfo];

    public Task<InfoAnswer> FindAsync(Exchange exchange, InfoTypeAndValue asked, CancellationToken cancel) => Task.FromResult(asked.Oid switch
    {
        Known.RootCaCert => RootUpdate(exchange.Alias, asked),
        _ when !asked.IsAbsent => InfoAnswer.Wrong(),
        Known.CaCerts => InfoTypeAndValue.Of(asked.Oid, new Pki.Protocols.Asn1.SequenceOf<CmpCertificate>([.. All(exchange).Select(CmpCertificate.Of)])),
        _ => KeyUpdate(exchange.Alias, asked),
    });

    private static IEnumerable<Certificate> All(Exchange exchange) => exchange.Ca.Chain
        .Concat(exchange.Alias.CaPubsCas.Select(exchange.Configuration.FindCa).OfType<CertificateAuthority>().Select(ca => ca.Certificate))
        .DistinctBy(c => Convert.ToHexString(c.Sha256Fingerprint()), StringComparer.Ordinal);

    /// <summary>The answer to rootCaCert is rootCaKeyUpdate, without a value where there is no update.</summary>
    private static InfoAnswer RootUpdate(CmpAlias alias, InfoTypeAndValue asked)
    {
        Certificate? old = null;
        if (!asked.IsAbsent && !asked.Read<Certificate>().Succeeded(out old, out Refusal? refusal))
        {
            return InfoAnswer.Wrong(refusal.Detail);
        }

        return alias.RootUpdate?.Read().OrThrow() is { } links && (old is null || links.LeadFrom(old))
            ? InfoTypeAndValue.Of(Known.RootCaKeyUpdate, new Links(CmpCertificate.Of(links.NewWithNew), Of(links.NewWithOld), Of(links.OldWithNew)))
            : new InfoTypeAndValue(Known.RootCaKeyUpdate);
    }

    /// <summary>The form of RFC 4210, for clients that know no other: it needs both links.</summary>
    private static InfoAnswer KeyUpdate(CmpAlias alias, InfoTypeAndValue asked) =>
        alias.RootUpdate?.Read().OrThrow() is { NewWithOld: { } newWithOld, OldWithNew: { } oldWithNew } links
            ? InfoTypeAndValue.Of<CaKeyUpdate>(asked.Oid, new CaKeyUpdate.Version2(CmpCertificate.Of(oldWithNew), CmpCertificate.Of(newWithOld), CmpCertificate.Of(links.NewWithNew)))
            : InfoAnswer.Nothing;

    private static CmpCertificate? Of(Certificate? certificate) => certificate is null ? null : CmpCertificate.Of(certificate);
}
