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
    public async Task<Answer> ProcessAsync(CMPRequest request, ProcessingContext context, CancellationToken cancel) =>
        Answers.From(await engine.AnswerAsync(CallOf(request, context), context.Work, cancel), answer => CMPResponse.Answered(request.RequestId, answer));

    public Response Refuse(CMPRequest request, Refusal refusal) => CMPResponse.Failure(request.RequestId, refusal.Code);

    /// <summary>CMP-E-6: a protected error says systemFailure and no more.</summary>
    public async Task<Response?> FailAsync(CMPRequest request, Refusal fault, ProcessingContext context, CancellationToken cancel) =>
        (await engine.FailAsync(CallOf(request, context), fault, context.Work, cancel)).Succeeded(out byte[]? answer, out _) ? CMPResponse.Answered(request.RequestId, answer) : null;

    private static CmpCall CallOf(CMPRequest request, ProcessingContext context) => new()
    {
        Alias = request.Alias,
        Message = request.PkiMessage,
        FrontEnd = context.Actor,
        Operation = request.Operation,
        Profile = request.CertificateProfileName,
        Address = request.RequesterAddress,
        TlsSubject = request.TlsSubject,
        Sent = context.Sent,
    };
}
