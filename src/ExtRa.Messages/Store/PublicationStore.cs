using System.Data.Common;

namespace ExtRa.Messages.Store;

/// <summary>The table <c>publication</c>: one method for each query file.</summary>
internal sealed class PublicationStore(SqlDatabase database) : IPublicationStore
{
    /// <inheritdoc />
    public async Task<bool> PublishAsync(Publication publication, CancellationToken cancel)
    {
        MessageLimits.CheckText(publication.Content);
        return await database.ExecuteAsync(
            "publish",
            cancel,
            new SqlValue("name", publication.Name),
            new("version", publication.Version),
            new("notbefore", publication.NotBefore.ToUnixTimeMilliseconds()),
            new("notafter", publication.NotAfter.ToUnixTimeMilliseconds()),
            new("content", publication.Content)) == 1;
    }

    /// <inheritdoc />
    public async Task<Publication?> FindNewestAsync(string name, CancellationToken cancel) =>
        (await database.QueryAsync("newest_publication", Read, cancel, new SqlValue("name", name), new("longest", MessageLimits.MessageLength))).SingleOrDefault();

    /// <inheritdoc />
    public Task<int> PruneAsync(string name, int keep, CancellationToken cancel) =>
        database.ExecuteAsync("prune_publications", cancel, new SqlValue("name", name), new("keep", keep));

    private static Publication Read(DbDataReader row) => new(
        row.GetString(0), row.GetInt64(1), MessageRow.Time(row.GetInt64(3)), MessageRow.Time(row.GetInt64(4)), row.GetString(5));
}
