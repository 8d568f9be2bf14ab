using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using Known = Pki.Protocols.Asn1.Oids;

namespace Ca.Cmp.Info;

/// <summary>
/// currentCRL and crlStatusList (RFC 9810 §5.3.19.6, .17; CMP-O-84, O-85). A distribution point is a name to be compared
/// with our own; nothing is fetched from there (CMP-L-2).
/// </summary>
internal sealed class CurrentCrls(Crls crls) : IInfoSource
{
    private const int MaxAsked = 16;

    public IReadOnlyList<string> Oids { get; } = [Known.CurrentCrl, Known.CrlStatusList];

    public async Task<InfoAnswer> FindAsync(Exchange exchange, InfoTypeAndValue asked, CancellationToken cancel)
    {
        if (asked.Oid == Known.CurrentCrl)
        {
            return !asked.IsAbsent ? InfoAnswer.Wrong() : new InfoTypeAndValue(asked.Oid, await LatestAsync(exchange.Ca, null, cancel) is { } crl ? crl.Encoded : default(ReadOnlyMemory<byte>?));
        }

        if (!asked.Read<SequenceOf<CrlStatus>>().Succeeded(out SequenceOf<CrlStatus>? known, out Refusal? refusal) || known.Items.Count is 0 or > MaxAsked)
        {
            return InfoAnswer.Wrong(refusal?.Detail);
        }

        var newer = new List<CertificateList>();
        var told = new HashSet<int>(); // a CRL may be large, and is sent once however often it is named
        foreach (CrlStatus status in known.Items)
        {
            if (Find(exchange, status.Source) is { } ca && told.Add(ca.Id) && await LatestAsync(ca, status.ThisUpdate, cancel) is { } crl)
            {
                newer.Add(crl);
            }
        }

        return newer.Count == 0 ? new InfoTypeAndValue(Known.Crls) : InfoTypeAndValue.Of(Known.Crls, new SequenceOf<CertificateList>(newer));
    }

    /// <summary>Of the CA that answers, and those above it that are here as well.</summary>
    private static CertificateAuthority? Find(Exchange exchange, CrlSource source)
    {
        IEnumerable<CertificateAuthority> cas = exchange.Configuration.Cas.Where(ca => exchange.Ca.Chain.Any(c => c.Encoded.Span.SequenceEqual(ca.Certificate.Encoded.Span)));
        return source switch
        {
            CrlSource.Issuer issuer => cas.FirstOrDefault(ca => issuer.Names.Names.Any(name => ca.Certificate.Subject.Equals(name.ToDistinguishedName()))),
            CrlSource.DistributionPoint point => cas.FirstOrDefault(ca => ca.Settings.CrlDistributionPoints.Intersect(point.Names.Of(GeneralNameKind.Uri), StringComparer.Ordinal).Any()),
            _ => null,
        };
    }

    private async Task<CertificateList?> LatestAsync(CertificateAuthority ca, DateTimeOffset? newerThan, CancellationToken cancel) =>
        await crls.FindLatestAsync(ca.Name, cancel) is { } latest && Der.DecodeBer<CertificateList>(latest.Encoded).OrThrow() is var crl && !(crl.ThisUpdate <= newerThan) ? crl : null;
}
