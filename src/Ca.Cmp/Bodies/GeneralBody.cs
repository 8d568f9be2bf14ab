using Ca.Cmp.Info;
using Pki.Protocols.Cmp;

namespace Ca.Cmp.Bodies;

/// <summary>
/// genm: questions about the CA (RFC 9810 §5.3.19; CMP-O-80 to O-87). What is not known here is absent from the answer;
/// nothing is looked up anywhere but here (CMP-L-2).
/// </summary>
internal sealed class GeneralBody(IReadOnlyList<IInfoSource> sources) : IBodyHandler
{
    private const int MaxQuestions = 16; // CMP-L-1

    private readonly Dictionary<string, IInfoSource> sources =
        sources.SelectMany(source => source.Oids.Select(oid => (oid, source))).ToDictionary(pair => pair.oid, pair => pair.source, StringComparer.Ordinal);

    public IReadOnlyList<PkiBodyKind> Kinds { get; } = [PkiBodyKind.GeneralMessage];

    public async Task<Reply> AnswerAsync(Exchange exchange, CancellationToken cancel)
    {
        IReadOnlyList<InfoTypeAndValue> asked = ((PkiBody.General)exchange.Message.Body).Items;
        if (asked.Count > (exchange.Alias.Demands(c => c.OneOnly) ? 1 : MaxQuestions))
        {
            return Reply.Error(new(PkiFailureInfo.BadRequest, "CMP-O-80", "These are too many questions for one message."));
        }

        var answers = new List<InfoTypeAndValue>();
        foreach (InfoTypeAndValue question in asked.DistinctBy(item => item.Oid, StringComparer.Ordinal))
        {
            InfoAnswer answer = sources.TryGetValue(question.Oid, out IInfoSource? source) ? await source.FindAsync(exchange, question, cancel) : InfoAnswer.Nothing;
            if (answer.Failure is { } failure)
            {
                return Reply.Error(failure);
            }

            answers.AddRange(answer.Item is { } item ? [item] : []);
        }

        return new Reply(new PkiBody.General(PkiBodyKind.GeneralResponse, answers));
    }
}
