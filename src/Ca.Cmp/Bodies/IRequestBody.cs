using System.Numerics;
using Pki.Protocols.Cmp;

namespace Ca.Cmp.Bodies;

/// <summary>
/// Answers bodies that people may have to agree to. Checking that a transaction may begin and deciding what is asked for
/// are apart: the decision is taken again, on the same message, when the client comes back (CMP-O-61).
/// </summary>
internal interface IRequestBody
{
    /// <summary>Which.</summary>
    IReadOnlyList<PkiBodyKind> Kinds { get; }

    /// <summary>Why a transaction may not begin with this message; null when it may.</summary>
    Task<CmpFailure?> CheckAsync(Exchange exchange, CancellationToken cancel);

    /// <summary>Decides and stages what follows. A refusal is a reply like any other.</summary>
    /// <exception cref="Ca.Core.Approvals.ApprovalPendingException">People have to agree first.</exception>
    Task<Reply> DecideAsync(Exchange exchange, CancellationToken cancel);

    /// <summary>The refusal in the words of this body.</summary>
    Reply Reject(Exchange exchange, CmpFailure failure);

    /// <summary>What says that people are asked; null where the client is held instead.</summary>
    WaitingFor? Waiting(Exchange exchange);
}

/// <summary>The answer to a client that shall come back.</summary>
/// <param name="Body">ip, cp, kup or rp with the status waiting.</param>
/// <param name="RequestId">What it will name when it comes back: certReqId, or -1 (CMP-O-61).</param>
internal sealed record WaitingFor(PkiBody Body, BigInteger RequestId)
{
    private static readonly PkiStatusInfo Status = new(PkiStatus.Waiting);

    public static WaitingFor Certificate(PkiBodyKind answer, BigInteger requestId) =>
        new(new PkiBody.CertificateResponses(answer, new([], [new CertResponse(requestId, Status)])), requestId);

    public static WaitingFor Revocation() => new(new PkiBody.RevocationResponses(new([Status], [], [])), BigInteger.MinusOne);
}
