using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using ScepRaServer.Aliases;

namespace ScepRaServer.Transactions;

/// <summary>A transaction as it stands.</summary>
/// <param name="Id">The names of its row.</param>
/// <param name="Row">The row; null right after it was created.</param>
/// <param name="Sealed">The request's message column, where it was made just now.</param>
/// <param name="Answer">What the CA has said.</param>
internal sealed record Enrolment(RequestId Id, MessageRow? Row, string? Sealed, CaAnswer Answer)
{
    /// <summary>True when this call has created it.</summary>
    public bool IsNew => Sealed is not null;
}

/// <summary>What a client wants, checked, ready to be stored.</summary>
/// <param name="Alias">Whose CA.</param>
/// <param name="Identity">Whose transaction.</param>
/// <param name="Digest">What it means (<see cref="RequestDigest"/>).</param>
/// <param name="Request">What the CA is asked.</param>
/// <param name="Admission">Whether a new transaction is admitted; asked once, before anything is stored.</param>
internal sealed record EnrolmentOrder(
    ScepAlias Alias, TransactionIdentity Identity, string Digest, PKCS10Request Request, IAdmission Admission);

/// <summary>Decides whether a request may begin a transaction: the challenge.</summary>
internal interface IAdmission
{
    /// <summary>True when admitting uses something up, so that one must know first which row it is for.</summary>
    bool UsesUp { get; }

    /// <summary>Null to admit the request into this row, else why not.</summary>
    Task<ScepFailure?> AdmitAsync(RequestId id, CancellationToken cancel);
}

/// <summary>
/// The transactions, which live in the message database and nowhere else: any node gives the same answers (T-15).
/// </summary>
internal sealed class Enrolments(IMessageStore store, ExtRaLink link, CaAnswers answers)
{
    /// <summary>The answer to a request whose transaction exists with another content.</summary>
    public static readonly ScepFailure Conflict = ScepFailure.BadRequest("transaction exists with other content");

    // Generations are looked for by doubling, so this is reached by nobody.
    private const int MaxGenerations = 1 << 20;

    // Rows of others that have taken our keys one after the other: chance makes one, a writer of the table may make many.
    private const int MostStrangers = 8;

    /// <summary>False where the CA is a legacy one, which cannot be told what is renewed.</summary>
    public bool CarryRenewals => link.IsBound;

    /// <summary>Begins a transaction, or finds the one that the request repeats.</summary>
    /// <returns>The transaction, or why there is none.</returns>
    public async Task<(Enrolment? Enrolment, ScepFailure? Failure)> OpenAsync(EnrolmentOrder order, CancellationToken cancel)
    {
        IAdmission admission = order.Admission;
        ScepFailure? refused = admission.UsesUp ? null : await admission.AdmitAsync(order.Identity.At(link, 0), cancel);
        if (!admission.UsesUp && refused is null && await CreateAsync(order, 0) is (CreateResult.Created, { } first))
        {
            return (first, null); // the usual case: one statement
        }

        (int generation, Enrolment? known) = await FindNewestAsync(order.Alias, order.Identity, cancel);
        if (known is { Row: { } row } && !answers.IsOver(order.Alias, row, known.Answer))
        {
            // P-07: the requester's key and the content are known, so it needs no second admission. T-08: other content is refused.
            return row.RequestDigest == order.Digest ? (known, null) : (null, Conflict);
        }

        refused ??= admission.UsesUp ? await admission.AdmitAsync(order.Identity.At(link, generation + 1), cancel) : null;
        if (refused is not null)
        {
            return (null, refused);
        }

        // Somebody may be creating the same row at this moment; if it means the same, theirs is ours (T-09).
        (CreateResult result, Enrolment created) = await CreateAsync(order, generation + 1);
        return result == CreateResult.Conflict ? (null, Conflict) : (created, null);
    }

    /// <summary>The newest transaction of an identity, or null.</summary>
    public async Task<Enrolment?> FindAsync(ScepAlias alias, TransactionIdentity identity, CancellationToken cancel) =>
        (await FindNewestAsync(alias, identity, cancel)).Newest;

    private async Task<(CreateResult Result, Enrolment Enrolment)> CreateAsync(EnrolmentOrder order, int generation)
    {
        RequestId id = order.Identity.At(link, generation);
        NewMessage message = link.Seal(id, order.Digest, [order.Request]);

        // Not cancelled when the client goes away: what was admitted is stored, and the client will ask again.
        CreateResult result = await store.CreateAsync(message, CancellationToken.None);
        return (result, new(id, null, result == CreateResult.Created ? message.Message : null, CaAnswer.Pending.Instance));
    }

    /// <summary>
    /// The newest generation, -1 and null when there is none. Generation n+1 exists only when n is over, so most look-ups
    /// end at the first row; beyond it, doubling and halving finds the end of any long row of failures.
    /// </summary>
    /// <remarks>
    /// Old rows are purged from below. When generation 0 is purged while a later one lives, the identity counts as new:
    /// the worst that comes of it is a second request for the same key and name.
    /// </remarks>
    private async Task<(int Generation, Enrolment? Newest)> FindNewestAsync(ScepAlias alias, TransactionIdentity identity, CancellationToken cancel)
    {
        (bool exists, Enrolment? first) = await LoadAsync(alias, identity.At(link, 0), cancel);
        if (!exists || (first is { Row: { } row } && !answers.IsOver(alias, row, first.Answer)))
        {
            return (exists ? 0 : -1, first);
        }

        int there = 0;
        int step = 1;
        while (step > 0 && there + step < MaxGenerations)
        {
            bool isThere = await store.FindAsync(identity.At(link, there + step).UniqueId, cancel) is not null;
            there += isThere ? step : 0;
            step = isThere ? step * 2 : step / 2;
        }

        for (int generation = there; generation > 0 && generation > there - MostStrangers; generation--)
        {
            if ((await LoadAsync(alias, identity.At(link, generation), cancel)).Ours is { } newest)
            {
                return (there, newest);
            }
        }

        return (there, first);
    }

    /// <summary>
    /// Among legacy rows a key of 32 bits may be shared: what has another messageid is somebody else's, and its place is
    /// taken as by a transaction of ours that is over (FLAWS.md B1).
    /// </summary>
    private async Task<(bool Exists, Enrolment? Ours)> LoadAsync(ScepAlias alias, RequestId id, CancellationToken cancel) =>
        await store.FindAsync(id.UniqueId, cancel) is not { } row ? (false, null)
        : row.MessageId != id.MessageId ? (true, null)
        : (true, new(id, row, null, answers.Read(alias, row, null)));
}
