using System.Globalization;
using Ca.Core.Certificates;
using Ca.Core.Importing;
using Pki.Migration.Import;
using Pki.Protocols.X509;

namespace Pki.Migration.Checks;

/// <summary>
/// Compares what is revoked here with lists of revoked certificates, so that no revocation is lost on the way: first the
/// last CRL of the old system with the imported certificates, then the first CRL of ours with that (MIGRATION §9 checks 3, 4).
/// </summary>
internal sealed class RevocationCheck(BulkImport bulk)
{
    /// <summary>The last CRL of the old system lists what is revoked here, with the same reasons and dates.</summary>
    public async Task<ImportCheck> OldListAsync(OldCrls old, CancellationToken cancel)
    {
        DateTimeOffset made = old.Last.Max(list => list.ThisUpdate);
        var listed = Entries(old.Last);
        IReadOnlyDictionary<string, StoredStanding> here = await bulk.FindRevokedAsync(old.Ca.Id, made, cancel);
        (var expired, var released, var lost) = await SortAsync(old, [.. listed.Where(entry => !here.ContainsKey(entry.Key)).Select(entry => entry.Value)], made, cancel);
        string[] unlisted = [.. here.Where(one => !listed.ContainsKey(one.Key) && one.Value.RevokedAt <= made).Select(one => one.Key)];
        string[] changed = [.. here.Where(one => listed.TryGetValue(one.Key, out RevokedCertificate? entry) && !IsSame(entry, one.Value)).Select(one => one.Key)];
        return new(
            $"CA '{old.Ca.Name}': the last CRLs of the old system list what is revoked here",
            lost.Count + changed.Length == 0, // one more here is no certificate too many: status 60 hides revoked ones from the old system's CRLs (MIGRATION §10 trap 5)
            string.Create(CultureInfo.InvariantCulture, $"{listed.Count} listed, {here.Count} revoked here; {expired} expired, {released} released from hold") + Told("listed and not revoked here", lost)
                + Told("revoked here and not listed", unlisted) + Told("another reason or date", changed));
    }

    /// <summary>Our CRL continues theirs.</summary>
    public async Task<ImportCheck> NewListAsync(OldCrls old, CertificateList ours, CancellationToken cancel)
    {
        var listed = Entries([ours]);
        (var expired, var released, var lost) = await SortAsync(old, [.. Entries(old.Last).Values.Where(entry => !listed.ContainsKey(entry.Serial.ToString()))], ours.ThisUpdate, cancel);
        bool sameIssuer = old.Last.All(list => list.Issuer.EncodedEquals(ours.Issuer));
        bool sameKey = old.Last.All(list => list.AuthorityKeyIdentifier is not { } identifier || (ours.AuthorityKeyIdentifier is { } own && own.Span.SequenceEqual(identifier.Span)));
        bool isOurs = ours.IsSignedBy(old.Ca.Certificate.PublicKey);
        return new(
            $"CA '{old.Ca.Name}': its first CRL here continues the old ones",
            lost.Count == 0 && sameIssuer && sameKey && isOurs && ours.Number > old.Highest,
            string.Create(CultureInfo.InvariantCulture, $"number {ours.Number} after {old.Highest}, {listed.Count} listed; of the old entries {expired} expired, {released} released from hold") + Told("no longer listed", lost)
                + (sameIssuer ? "" : "; another issuer") + (sameKey ? "" : "; another key identifier") + (isOurs ? "" : "; not signed with the CA's key"));
    }

    private async Task<(int Expired, int Released, IReadOnlyList<string> Lost)> SortAsync(OldCrls old, RevokedCertificate[] missing, DateTimeOffset now, CancellationToken cancel)
    {
        IReadOnlyDictionary<string, StoredStanding> standings = await bulk.FindStandingsAsync(old.Ca.Id, [.. missing.Select(entry => entry.Serial.ToString())], cancel);
        (int expired, int released, List<string> lost) = (0, 0, []);
        foreach (RevokedCertificate entry in missing)
        {
            switch (standings.GetValueOrDefault(entry.Serial.ToString()))
            {
                case { } standing when standing.ExpireAt <= now:
                    expired++;
                    break;
                case { Status: CertificateStatus.Active or CertificateStatus.NotifiedAboutExpiration } when entry.Reason == RevocationReason.CertificateHold:
                    released++;
                    break;
                default:
                    lost.Add(entry.Serial.ToString());
                    break;
            }
        }

        return (expired, released, lost);
    }

    private static Dictionary<string, RevokedCertificate> Entries(IEnumerable<CertificateList> lists)
    {
        var entries = new Dictionary<string, RevokedCertificate>(StringComparer.Ordinal);
        foreach (RevokedCertificate entry in lists.SelectMany(list => list.Revoked))
        {
            entries[entry.Serial.ToString()] = entry;
        }

        return entries;
    }

    private static bool IsSame(RevokedCertificate entry, StoredStanding standing) =>
        (int)entry.Reason == standing.Reason && entry.RevokedAt.ToUnixTimeSeconds() == standing.RevokedAt?.ToUnixTimeSeconds();

    private static string Told(string what, IReadOnlyList<string> serials) =>
        serials.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {serials.Count} {what}, the first {serials[0]}");
}
