using Pki.Protocols.Scep;

namespace ScepRaServer;

/// <summary>A refusal on its way to a SCEP client.</summary>
/// <param name="Info">One of the five codes of RFC 8894 §3.2.1.4.2.</param>
/// <param name="Text">Fixed text for the client's operator, or null; never a stranger's words (SCEP.md B-17).</param>
/// <param name="Detail">What our operator needs; goes to the log only.</param>
internal sealed record ScepFailure(FailInfo Info, string? Text, string Detail)
{
    /// <summary>
    /// The one answer to everything between decryption and proof of possession. What failed there must not show: an
    /// attacker who re-signs a captured envelope would learn its content from the difference (SCEP.md E-07).
    /// </summary>
    public static ScepFailure NotOpened(string detail) => new(FailInfo.BadRequest, null, detail);

    /// <summary>A request that is understood and not granted.</summary>
    public static ScepFailure BadRequest(string text, string? detail = null) => new(FailInfo.BadRequest, text, detail ?? text);

    /// <summary>An algorithm that is not known or not allowed.</summary>
    public static ScepFailure BadAlgorithm(string text, string? detail = null) => new(FailInfo.BadAlg, text, detail ?? text);

    /// <summary>
    /// No such transaction, not this requester's, or no longer kept: one answer for the three, so that transaction
    /// identifiers cannot be probed (SCEP.md T-02).
    /// </summary>
    public static ScepFailure Unknown(string detail) => new(FailInfo.BadCertId, "unknown transaction", detail);
}
