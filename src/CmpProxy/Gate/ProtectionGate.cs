using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace CmpProxy.Gate;

/// <summary>
/// The optional gate (CMP-P-4): only messages with the protection of somebody known go on. It decides, it never changes,
/// and it is no substitute for the CA's own checks. Where both kinds are required, either suffices.
/// </summary>
/// <param name="macs">Secrets; null where no MAC opens the gate.</param>
/// <param name="signatures">Issuers; null where no signature does.</param>
internal sealed class ProtectionGate(MacGate? macs, SignatureGate? signatures)
{
    private const string Code = "CMP-P-4";

    /// <summary>Null for a message that may go on. All that is missing or wrong looks the same to the client.</summary>
    public Objection? ObjectionTo(PkiMessage message)
    {
        if (macs is null && signatures is null)
        {
            return null;
        }

        ProtectionKind kind = MessageProtection.Claim(message).Succeeded(out MessageProtectionClaim? claim, out _) ? claim.Kind : ProtectionKind.None;
        return (kind, macs, signatures) switch
        {
            (ProtectionKind.Mac, { } gate, _) => gate.Opens(message) ? null : Wrong("The MAC is of nobody known, or wrong."),
            (ProtectionKind.Signature, _, { } gate) => gate.ObjectionTo(message) is { } refusal ? Of(refusal) : null,
            _ => Wrong("The message has none of the protections that open the gate."),
        };
    }

    // CMP-X-19: what we lack is said apart from what the client lacks.
    private static Objection Of(Refusal refusal) => refusal.Code == RefusalCode.InternalFailure
        ? new(PkiFailureInfo.SystemUnavail, Code, refusal.Detail)
        : Wrong(refusal.Detail);

    private static Objection Wrong(string detail) => new(PkiFailureInfo.BadRequest, Code, detail);
}
