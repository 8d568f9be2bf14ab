using Pki.Protocols.Trust;

namespace ExtRa.Messages.Contract;

/// <summary>
/// The general answer: for requests that return nothing but success, and for every request that could not be
/// processed at all (unknown class, refused signature).
/// </summary>
public sealed record ExtRAResponse : Response
{
    /// <summary>It was done, and there is nothing to hand back.</summary>
    public static ExtRAResponse Done(long requestId) => new() { RequestId = requestId, Success = true };

    /// <summary>A failure with the text of the fixed catalogue.</summary>
    public static ExtRAResponse Failure(long requestId, RefusalCode reason) =>
        new() { RequestId = requestId, Success = false, Reason = reason, FailInfo = FailInfoText.Of(reason) };
}
