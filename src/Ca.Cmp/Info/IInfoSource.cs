using Pki.Protocols.Cmp;

namespace Ca.Cmp.Info;

/// <summary>An answer to one question of a genm.</summary>
/// <param name="Item">The answer; null: the question is left out of the genp (CMP-O-80).</param>
/// <param name="Failure">The question is wrong, and with it the message; null otherwise.</param>
internal sealed record InfoAnswer(InfoTypeAndValue? Item, CmpFailure? Failure = null)
{
    public static InfoAnswer Nothing { get; } = new((InfoTypeAndValue?)null);

    public static implicit operator InfoAnswer(InfoTypeAndValue item) => new(item);

    public static implicit operator InfoAnswer(CmpFailure failure) => new(null, failure);

    /// <summary>The value is not what belongs to the question.</summary>
    public static InfoAnswer Wrong(string? detail = null) => new CmpFailure(PkiFailureInfo.BadRequest, "CMP-O-80", "The value of the question is not what belongs there.", detail);
}

/// <summary>Answers questions of some kinds, out of what is here (CMP-L-2).</summary>
internal interface IInfoSource
{
    /// <summary>id-it OIDs of the questions.</summary>
    IReadOnlyList<string> Oids { get; }

    Task<InfoAnswer> FindAsync(Exchange exchange, InfoTypeAndValue asked, CancellationToken cancel);
}
