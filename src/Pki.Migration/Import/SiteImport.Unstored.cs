using Pki.Migration.Sources;

namespace Pki.Migration.Import;

/// <content>
/// Certificates that a throw-away CA issued without storing them (NoConflictCertificateData, MIGRATION §2.1): there is nothing
/// to take over, but a revocation among them would be missing from our CRLs, so each is set aside and fails the report.
/// </content>
public sealed partial class SiteImport
{
    private const string UnstoredNote = "a certificate that its CA did not store: not taken over";
    private const string UnstoredProblem = "a revocation of a certificate that its CA did not store cannot be taken over";
    private const int Released = 8;

    private static ValueTask<PendingBatch> ReadUnstored(List<LegacyRow> rows)
    {
        var batch = new PendingBatch();
        foreach (LegacyRow row in rows)
        {
            bool isActive = row.Number32("status", -1) is 0 or 10 or 11 or 20 or 21 or 60 && row.Number32("revocationReason", -1) is -1 or Released;
            batch.Note<object>(UnstoredTable, row.Number, row.Text("fingerprint"), isActive ? Mapped<object>.PassedOver(UnstoredNote) : Mapped<object>.SetAside(UnstoredProblem));
        }

        return new(batch);
    }
}
