using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace ScepRaServer.Transactions;

/// <summary>What the CA has said about a request so far.</summary>
internal abstract record CaAnswer
{
    private CaAnswer()
    {
    }

    /// <summary>Nothing yet.</summary>
    internal sealed record Pending : CaAnswer
    {
        public static Pending Instance { get; } = new();
    }

    /// <summary>A certificate, signed by a CA of the alias.</summary>
    /// <param name="Certificate">The certificate.</param>
    /// <param name="Authority">The CA certificate whose key signed it.</param>
    internal sealed record Issued(Certificate Certificate, Certificate Authority) : CaAnswer;

    /// <summary>No.</summary>
    /// <param name="Reason">Why, or null when the CA did not say.</param>
    /// <param name="Text">The CA's words, for the log.</param>
    internal sealed record Refused(RefusalCode? Reason, string? Text) : CaAnswer;

    /// <summary>
    /// An answer that does not hold: not from the worker, for another row, or a certificate that is not ours. Somebody
    /// tampers with the database, or it is misconfigured. It is nobody's answer, so the transaction stays open for a while.
    /// </summary>
    internal sealed record Unbelievable(Refusal Why) : CaAnswer;
}
