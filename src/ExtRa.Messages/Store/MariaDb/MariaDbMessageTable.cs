using System.Data.Common;

namespace ExtRa.Messages.Store.MariaDb;

/// <summary>The table <c>message</c> in MariaDB: many rows go in as copies of one statement, sent together in one transaction.</summary>
internal sealed class MariaDbMessageTable(MariaDbDatabase database) : MessageTable(database)
{
    private const int Oldest = 2, Newest = 3; // kinds of claim_candidates.sql

    public override Task<(HashSet<string> Created, List<StoredIdentity> Stored)> CreateAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancel)
    {
        string[] keys = [.. messages.Select(message => message.UniqueId)];
        (string, SqlValue[])[] inserts =
        [
            .. messages.Select(message => ("create_messages", new SqlValue[]
            {
                new("uniqueid", message.UniqueId),
                new("messageid", message.MessageId),
                new("type", (int)message.Type),
                new("message", message.Message),
                new("digest", message.RequestDigest),
            })),
        ];
        return database.RunAsync(
            session =>
            {
                List<string> created = session.InTransaction(() => session.Query(inserts, row => row.GetString(0)));
                List<StoredIdentity> stored = session.Query([("find_identity", [new("uniqueids", keys)])], ReadIdentity);
                return (created.ToHashSet(StringComparer.Ordinal), stored);
            },
            cancel);
    }

    public override Task<List<ClaimedMessage>> ClaimAsync(ClaimOrder order, int newest, CancellationToken cancel)
    {
        (string, SqlValue[])[] searches =
        [
            .. order.Types.Select(type => ("claim_candidates", new SqlValue[] { new("type", (int)type), new("limit", order.Limit) })),
        ];
        return database.RunAsync(
            session => session.InTransaction(() =>
            {
                string[] chosen = Bounded(session, Choose(session.Query(searches, ReadCandidate), order.Limit, newest));
                return chosen.Length == 0
                    ? []
                    : session.Query(
                        [("claim_messages", [new("owner", order.Owner), new("lease", Milliseconds(order.Lease)), new("uniqueids", chosen), Longest])],
                        ReadClaimed);
            }),
            cancel);
    }

    public override Task<int> AnswerAsync(IReadOnlyList<MessageAnswer> answers, CancellationToken cancel)
    {
        (string, SqlValue[])[] updates =
        [
            .. answers.Select(answer => (answer.RequestMessage is null ? "answer_messages" : "answer_legacy_message", new SqlValue[]
            {
                new("uniqueid", answer.UniqueId),
                new("owner", answer.LeaseOwner),
                new("epoch", answer.Epoch),
                new("request", answer.RequestMessage),
                new("answer", answer.Message),
                new("life", answer.NextLife),
                Longest,
            })),
        ];
        return database.RunAsync(session => session.InTransaction(() => session.Execute(updates)), cancel);
    }

    /// <summary>
    /// The same choice that claim_messages.sql makes in PostgreSQL: what came back, then the oldest, but
    /// <paramref name="newest"/> places for the newest. In turn from each kind, for the last ones may be too many octets.
    /// </summary>
    private static string[] Choose(List<Candidate> candidates, int limit, int newest)
    {
        Candidate[] queue = [.. candidates.Where(candidate => candidate.Kind < Newest).OrderBy(candidate => candidate.Kind).ThenBy(candidate => candidate.CreateTime)];
        IEnumerable<Candidate> end = candidates.Where(candidate => candidate.Kind == Newest).OrderByDescending(candidate => candidate.CreateTime);
        Candidate[] chosen = [.. queue.Take(limit - newest).Concat(end).DistinctBy(candidate => candidate.UniqueId, StringComparer.Ordinal).Take(limit)];
        Candidate[] fresh = [.. chosen.Where(candidate => candidate.Kind >= Oldest).OrderBy(candidate => candidate.CreateTime)];
        IEnumerable<(int Place, Candidate Item)> back = chosen.Where(candidate => candidate.Kind < Oldest).GroupBy(candidate => candidate.Kind).SelectMany(kind => kind.Index());
        return [.. back.Concat(fresh.Select((candidate, i) => (Math.Min(i, fresh.Length - 1 - i), candidate))).OrderBy(one => one.Item1).Select(one => one.Item2.UniqueId)];
    }

    /// <summary>As many of them as one claim may bring; the first in any case.</summary>
    private static string[] Bounded(MariaDbDatabase.Session session, string[] chosen)
    {
        if (chosen.Length <= 1)
        {
            return chosen;
        }

        var sizes = session.Query([("claim_sizes", [new("uniqueids", chosen), Longest])], row => (Key: row.GetString(0), Octets: row.GetInt64(1))).ToDictionary(row => row.Key, row => row.Octets, StringComparer.Ordinal);
        long octets = 0;
        return [.. chosen.Index().TakeWhile(one => (octets += sizes[one.Item]) <= MessageLimits.ClaimLength || one.Index == 0).Select(one => one.Item)];
    }

    private static Candidate ReadCandidate(DbDataReader row) => new(row.GetString(0), row.GetInt64(1), row.GetInt32(2));

    private sealed record Candidate(string UniqueId, long CreateTime, int Kind);
}
