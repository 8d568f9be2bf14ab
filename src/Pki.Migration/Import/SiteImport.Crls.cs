using System.Globalization;
using Pki.Protocols.Trust;

namespace Pki.Migration.Import;

/// <content>CRL numbers, and the last full CRL of each CA.</content>
public sealed partial class SiteImport
{
    private async Task CrlsAsync(SetAsideList list, SiteNames names, CancellationToken cancel)
    {
        if (state.Finished.Contains(CrlsTable))
        {
            return;
        }

        var pending = new PendingBatch();
        (IReadOnlyList<OldCrls> old, long rows) = await OldCrls.ReadAsync(source, names, (row, problem) => pending.SetAside(CrlsTable, row.Number, row.Key, problem), cancel);
        foreach (OldCrls crls in old)
        {
            if (crls.Highest is not { } highest)
            {
                continue;
            }

            long floor = highest + options.CrlNumberGap;
            if (!options.DryRun && crls.Ca.TokenId is not null
                && !(await bulk.ContinueCrlsAsync(options.Actor, crls.Ca.Name, floor, crls.LastWhole, cancel)).Succeeded(out _, out Refusal? refusal))
            {
                pending.SetAside(CrlsTable, 0, crls.Ca.Name, refusal.Detail);
            }

            pending.Note<object>(CrlsTable, 0, crls.Ca.Name, new(null, null, [string.Create(CultureInfo.InvariantCulture, $"numbers of CA '{crls.Ca.Name}' go on above {floor}; the highest old ones: {crls.Numbers}")]));
        }

        await StoreAsync(CrlsTable, rows, pending, list, cancel);
        await FinishAsync(CrlsTable, cancel);
    }
}
