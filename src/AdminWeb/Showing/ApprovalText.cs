using Ca.Core.Approvals;
using Pki.Protocols.X509;

namespace AdminWeb.Showing;

/// <summary>An approval request in the words of people.</summary>
internal static class ApprovalText
{
    private static readonly Dictionary<string, string> FactNames = new(StringComparer.Ordinal)
    {
        ["subjectDn"] = "Subject",
        ["subjectAltName"] = "Alternative names",
        ["email"] = "E-mail",
        ["publicKeySha256"] = "Public key SHA-256",
        ["userStatus"] = "Status of the end entity",
        ["password"] = "Password",
        ["tokenType"] = "Kind of token",
        ["validity"] = "Validity",
        ["serial"] = "Serial number",
        ["reason"] = "Reason",
    };

    public static string Type(ApprovalType type) => type switch
    {
        ApprovalType.AddEndEntity => "Add end entity",
        ApprovalType.EditEndEntity => "Edit end entity",
        ApprovalType.ChangeStatus => "Change status",
        ApprovalType.KeyRecovery => "Recover key",
        ApprovalType.RevokeEndEntity => "Revoke end entity",
        ApprovalType.RevokeCertificate => "Revoke certificate",
        _ => type.ToString(),
    };

    /// <summary>What a fact is called; one that came with a newer release keeps its own name.</summary>
    public static string FactName(string name) => FactNames.GetValueOrDefault(name, name);

    /// <summary>Digests in pairs, as people read them out.</summary>
    public static string FactValue(ApprovalFact fact) => fact switch
    {
        { Value: null } => "–",
        { Name: "publicKeySha256", Value: { Length: 64 } hex } => string.Join(':', hex.ToUpperInvariant().Chunk(2).Select(pair => new string(pair))),
        _ => fact.Value,
    };

    /// <summary>The style class of the status.</summary>
    public static string Mood(ApprovalStatus status) => status switch
    {
        ApprovalStatus.Waiting => "warn",
        ApprovalStatus.Approved or ApprovalStatus.Executed => "good",
        ApprovalStatus.Rejected or ApprovalStatus.ExecutionFailed => "bad",
        _ => "quiet",
    };

    public static string Status(RelatedCertificate certificate) =>
        certificate.RevocationReason is { } reason ? $"Revoked: {(RevocationReason)reason}" : certificate.Status.ToString();

    /// <summary>Who asks, and what vouches for it.</summary>
    public static string Requester(ApprovalView request) =>
        request.RequesterSerial is { } serial ? $"{request.Requester} (certificate {serial})" : $"{request.Requester} (no certificate)";
}
