using System.Globalization;
using Ca.Core.Importing;

namespace Pki.Migration.Import;

/// <summary>
/// Check 3 of MIGRATION §9: what the old CAs signed about revocations against what is here. The columns of an export are
/// protected by nothing; a lost or altered row shows here only.
/// </summary>
public static class CrlChecks
{
    private const int Shown = 10;

    /// <summary>The checks of each CA that has a key here and got certificates in this import.</summary>
    public static IEnumerable<ImportCheck> Of(ImportState state, IReadOnlyList<CrlComparison> crls)
    {
        foreach (CrlComparison crl in crls.Where(crl => state.Certificates.Keys.Any(key => key.StartsWith(crl.CaName + "|", StringComparison.Ordinal))))
        {
            yield return new($"CA {crl.CaName}: it is known which CRL numbers it has used", crl.IsNumberKnown, crl.IsNumberKnown ? "they go on above them" : "no CRL of it was read: its numbers would begin anew");
            yield return crl.Number is not { } number
                ? new($"CA {crl.CaName}: what its last full CRL revokes is revoked here", false, "there is none to compare with")
                : new(
                    string.Create(CultureInfo.InvariantCulture, $"CA {crl.CaName}: what CRL {number} revokes is revoked here"),
                    crl.Missing.Count + crl.NotRevoked.Count == 0,
                    $"{Text(crl.Missing)} on it are not here, {Text(crl.NotRevoked)} are not revoked or only on hold; {crl.OnlyHere} revoked here are not on it");
        }
    }

    private static string Text(IReadOnlyList<string> serials) => serials.Count == 0
        ? "0"
        : string.Create(CultureInfo.InvariantCulture, $"{serials.Count} ({string.Join(", ", serials.Take(Shown))}{(serials.Count > Shown ? ", …" : "")})");
}
