using Ca.Core.Certificates;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;

namespace Ca.Cmp.Bodies;

/// <summary>
/// genm: questions about the CA (RFC 9810 §5.3.19; CMP-O-80 to O-87). What is not known here is absent from the answer;
/// nothing is looked up anywhere but here (CMP-L-2).
/// </summary>
internal sealed class GeneralBody(Crls crls) : IBodyHandler
{
    private static readonly string[] WithoutValue = [Oids.CaCerts, Oids.CurrentCrl];

    public IReadOnlyList<PkiBodyKind> Kinds { get; } = [PkiBodyKind.GeneralMessage];

    public async Task<Reply> AnswerAsync(Exchange exchange, CancellationToken cancel)
    {
        IReadOnlyList<InfoTypeAndValue> asked = ((PkiBody.General)exchange.Message.Body).Items;
        if (exchange.Alias.IsLightweight && asked.Count > 1)
        {
            return Reply.Error(new(PkiFailureInfo.BadRequest, "CMP-O-80", "One question at a time."));
        }

        if (asked.Any(item => WithoutValue.Contains(item.Oid) && !item.IsAbsent))
        {
            return Reply.Error(new(PkiFailureInfo.BadRequest, "CMP-O-80", "The question must not have a value."));
        }

        var answers = new List<InfoTypeAndValue>();
        foreach (string oid in asked.Select(item => item.Oid).Distinct(StringComparer.Ordinal))
        {
            if (await FindAsync(exchange, oid, cancel) is { } answer)
            {
                answers.Add(answer);
            }
        }

        return new Reply(new PkiBody.General(PkiBodyKind.GeneralResponse, answers));
    }

    private async Task<InfoTypeAndValue?> FindAsync(Exchange exchange, string oid, CancellationToken cancel) => oid switch
    {
        Oids.CaCerts => InfoTypeAndValue.Of(oid, new SequenceOf<CmpCertificate>([.. exchange.Ca.Chain.Select(CmpCertificate.Of)])),
        Oids.CurrentCrl => new(oid, (await crls.FindLatestAsync(exchange.Ca.Name, cancel))?.Encoded is { } crl ? new ReadOnlyMemory<byte>(crl) : default(ReadOnlyMemory<byte>?)),
        Oids.RootCaCert => new(Oids.RootCaKeyUpdate), // CMP-O-82: there is no update
        _ => null,
    };
}
