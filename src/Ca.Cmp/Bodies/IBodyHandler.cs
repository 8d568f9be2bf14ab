using Pki.Protocols.Cmp;

namespace Ca.Cmp.Bodies;

/// <summary>Answers one kind of body, or several that are alike.</summary>
internal interface IBodyHandler
{
    /// <summary>Which.</summary>
    IReadOnlyList<PkiBodyKind> Kinds { get; }

    /// <summary>Decides and stages what follows. A refusal is a reply like any other.</summary>
    Task<Reply> AnswerAsync(Exchange exchange, CancellationToken cancel);
}
