using Ca.Core.Authorities;
using Ca.Core.Importing;
using Pki.Migration.Sources;
using Pki.Migration.Users;
using Pki.Protocols.X509;

namespace Pki.Migration.Import;

/// <content>
/// End entities. A name that another user has here already would make him the owner of certificates and keys that are not
/// his: such a user is set aside, and his certificates come along without a user.
/// </content>
public sealed partial class SiteImport
{
    private const string NamesakeProblem = "another user has this name here: with another subject or CA";
    private const string NamesakeNote = "another user has the name of its user here: stored without one";

    private readonly HashSet<string> namesakes = new(StringComparer.Ordinal);

    private static Mapped<ImportedCertificate> Ownerless(Mapped<ImportedCertificate> mapped) => new(mapped.Value! with { Username = null }, null, [.. mapped.Notes, NamesakeNote]);

    private Mapped<ImportedCertificate> WithoutNamesake(Mapped<ImportedCertificate> mapped) => mapped.Value?.Username is { } name && namesakes.Contains(name) ? Ownerless(mapped) : mapped;

    /// <summary>Before anything is taken over: certificates come before their users.</summary>
    private async Task FindNamesakesAsync(SiteNames names, CancellationToken cancel)
    {
        var portion = new Dictionary<string, (DistinguishedName? Subject, CertificateAuthority? Ca)>(StringComparer.Ordinal);
        async Task AskAsync()
        {
            foreach ((string name, (string subject, int ca)) in await bulk.FindUsersAsync(portion.Keys, cancel))
            {
                if (portion[name].Ca?.Id != ca || !(DistinguishedName.Parse(subject).Succeeded(out DistinguishedName? here, out _) && here.Equals(portion[name].Subject)))
                {
                    namesakes.Add(name);
                }
            }

            portion.Clear();
        }

        await foreach (LegacyRow row in source.ReadAsync(UsersTable, 0, cancel))
        {
            if (row.Problem is null && row.Text("username") is { Length: <= UserMapper.MaxUsername } name && Storable.Is(name))
            {
                portion[name] = (DistinguishedName.Parse(row.Text("subjectDN") ?? "").Succeeded(out DistinguishedName? subject, out _) ? subject : null, names.FindCa(row.Number32("cAId", 0)));
            }

            if (portion.Count == options.BatchSize)
            {
                await AskAsync();
            }
        }

        await AskAsync();
    }

    private async ValueTask<PendingBatch> ReadUsersAsync(List<LegacyRow> rows, UserMapper mapper, CancellationToken cancel)
    {
        var batch = new PendingBatch();
        HashSet<string> waiting = await MarkedAsync(rows, cancel);
        foreach (LegacyRow row in rows)
        {
            Mapped<ImportedEndEntity> mapped = row.Text("username") is { } taken && namesakes.Contains(taken) ? Mapped<ImportedEndEntity>.SetAside(NamesakeProblem)
                : Guarded(() => mapper.Map(row, row.Text("username") is { } name && waiting.Contains(name)));
            batch.Note(UsersTable, row.Number, row.Text("username"), mapped);
            if (mapped.Value is { } user)
            {
                batch.Users.Add(user);
                batch.UserCounts.Add(user.Status.ToString());
            }
        }

        return batch;
    }
}
