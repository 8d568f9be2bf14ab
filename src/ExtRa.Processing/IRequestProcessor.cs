using ExtRa.Messages.Contract;
using Pki.Protocols.Trust;

namespace ExtRa.Processing;

/// <summary>
/// Does what one class of requests asks for. A class <c>FooRequestProcessor</c> that implements this for
/// <c>FooRequest</c> is found by its name, in the worker or in a plug-in assembly (EXTERNAL_RA.md X-10).
/// </summary>
/// <remarks>
/// A processor is created once per worker by the container and called concurrently. It stages its effects in
/// <see cref="ProcessingContext.Work"/> and returns; the worker commits them together with the record of the answer,
/// or not at all. It never talks to the message database and never retries.
/// </remarks>
/// <typeparam name="TRequest">The request class.</typeparam>
public interface IRequestProcessor<in TRequest>
    where TRequest : Request
{
    /// <summary>Processes one request.</summary>
    Task<Answer> ProcessAsync(TRequest request, ProcessingContext context, CancellationToken cancel);

    /// <summary>The answer class of a refusal. Its text comes from the fixed catalogue, never from the detail.</summary>
    Response Refuse(TRequest request, Refusal refusal) => ExtRAResponse.Failure(request.RequestId, refusal.Code);

    /// <summary>
    /// The final answer after a fault that every try met, in the words of the protocol that the requester speaks; null where
    /// <see cref="Refuse"/> says it all. It may stage audit records in the context's new work, and nothing else.
    /// </summary>
    Task<Response?> FailAsync(TRequest request, Refusal fault, ProcessingContext context, CancellationToken cancel) => Task.FromResult<Response?>(null);
}
