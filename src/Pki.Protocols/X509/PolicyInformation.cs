namespace Pki.Protocols.X509;

/// <summary>A certificate policy (RFC 5280 §4.2.1.4).</summary>
/// <param name="Oid">Which policy.</param>
/// <param name="PracticeStatements">URIs of certification practice statements (id-qt-cps).</param>
/// <param name="UserNotice">A text to show (id-qt-unotice, explicitText), at most 200 characters; null for none.</param>
public sealed record PolicyInformation(string Oid, IReadOnlyList<string> PracticeStatements, string? UserNotice = null)
{
    /// <summary>A policy without qualifiers.</summary>
    public PolicyInformation(string oid)
        : this(oid, [])
    {
    }
}
