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
        ["caName"] = "CA",
        ["endEntityProfile"] = "End entity profile",
        ["certificateProfile"] = "Certificate profile",
        ["publicKeySha256"] = "Public key SHA-256",
        ["key"] = "Key",
        ["requestedSubject"] = "Subject in the request",
        ["requestedExtensions"] = "Extensions in the request",
        ["renews"] = "Renews the certificate",
        ["userStatus"] = "Status of the end entity",
        ["wantedStatus"] = "Status wanted",
        ["password"] = "Password",
        ["tokenType"] = "Kind of token",
        ["keyRecoverable"] = "Key can be recovered",
        ["startTime"] = "Valid from",
        ["endTime"] = "Valid until",
        ["serial"] = "Serial number",
        ["reason"] = "Reason",
        ["revokedAt"] = "Revoked since",
        ["fingerprint"] = "Certificate SHA-1",
        ["scope"] = "What of the end entity",
        ["keptSince"] = "Key kept since",
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

    /// <summary>The facts that say something. That there are no alternative names says something too.</summary>
    public static IEnumerable<ApprovalFact> Facts(ApprovalDetail detail) =>
        detail.Facts.Where(fact => fact.Value is not null || fact.Old is not null || fact.Name == "subjectAltName");

    public static string FactValue(ApprovalFact fact) => fact.Value is null ? "-" : IsDigest(fact) ? Pairs(fact.Value) : fact.Value;

    /// <summary>Compared character by character.</summary>
    public static bool IsDigest(ApprovalFact fact) => fact is { Name: "publicKeySha256" or "fingerprint" or "renews", Value: { } value } && value.All(char.IsAsciiHexDigit);

    /// <summary>Digests of the request, "name hex" each.</summary>
    public static IEnumerable<Field> Fingerprints(ApprovalDetail detail) => detail.Fingerprints.Select(print =>
        print.LastIndexOf(' ') is > 0 and var space ? new Field(char.ToUpperInvariant(print[0]) + print[1..space], Pairs(print[(space + 1)..]), IsCode: true) : new Field("", print, IsCode: true));

    /// <summary>In pairs, as people read digests out.</summary>
    private static string Pairs(string hex) => string.Join(':', hex.ToUpperInvariant().Chunk(2).Select(pair => new string(pair)));

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
