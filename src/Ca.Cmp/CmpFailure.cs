using Pki.Protocols.Cmp;

namespace Ca.Cmp;

/// <summary>Why a message is not answered as its sender hoped.</summary>
/// <param name="Info">What the protocol calls it (RFC 9810 §5.2.3).</param>
/// <param name="Rule">The requirement that was not met: a stable short code for support (CMP.md §8).</param>
/// <param name="Text">For people: fixed words, never the sender's and never a secret.</param>
/// <param name="Detail">For the operator: to the audit log, never to the wire.</param>
public sealed record CmpFailure(PkiFailureInfo Info, string Rule, string Text, string? Detail = null)
{
    /// <summary>As it travels.</summary>
    public PkiStatusInfo ToStatus() => PkiStatusInfo.Rejected(Info, $"{Rule}: {Text}");
}
