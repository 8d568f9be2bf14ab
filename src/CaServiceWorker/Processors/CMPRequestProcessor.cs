using Ca.Cmp;
using ExtRa.Messages.Contract;
using ExtRa.Processing;
using Pki.Protocols.Trust;

namespace CaServiceWorker.Processors;

/// <summary>
/// Hands a PKIMessage to the CMP engine and its answer back (CMP.md P-1). What CMP rejects in its own words is an answer
/// like any other; a failure means that there is nothing to send.
/// </summary>
internal sealed class CMPRequestProcessor(CmpEngine engine) : IRequestProcessor<CMPRequest>
{
    public async Task<Answer> ProcessAsync(CMPRequest request, ProcessingContext context, CancellationToken cancel)
    {
        var call = new CmpCall
        {
            Alias = request.Alias,
            Message = request.PkiMessage,
            FrontEnd = context.Actor,
            Operation = request.Operation,
            Profile = request.CertificateProfileName,
            Address = request.RequesterAddress,
        };
        return Answers.From(await engine.AnswerAsync(call, context.Work, cancel), answer => CMPResponse.Answered(request.RequestId, answer));
    }

    public Response Refuse(CMPRequest request, Refusal refusal) => CMPResponse.Failure(request.RequestId, refusal.Code);
}
