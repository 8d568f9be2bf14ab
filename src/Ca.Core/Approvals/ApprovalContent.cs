using System.Globalization;
using Ca.Core.Roles;

namespace Ca.Core.Approvals;

/// <summary>One fact of a request.</summary>
/// <param name="Name">Its name, as in the JSON of requests.</param>
/// <param name="Value">What is asked for; null: nothing.</param>
/// <param name="Old">What is there now, where something is changed.</param>
public sealed record ApprovalFact(string Name, string? Value, string? Old = null);

/// <summary>
/// What is approved: exactly the facts that are shown to the approver, and nothing besides. An operation makes it anew
/// from what it is about to do, so an approval serves for that content and no other (FLAWS E11).
/// </summary>
/// <remarks>
/// Not in it: the signature of a PKCS#10, transaction and message ids, passwords. A client that repeats itself, with a fresh
/// signature or under another transaction, meets the same approval (APPROVALS §3.3).
/// </remarks>
internal sealed record ApprovalContent
{
    /// <summary>Stands for the fingerprint of a key that is still to be made.</summary>
    public const string ServerKey = "made by the CA";

    public const string SubjectDn = "subjectDn";
    public const string SubjectAltName = "subjectAltName";
    public const string PublicKey = "publicKeySha256";

    public required ApprovalType Type { get; init; }

    public required int CaId { get; init; }

    public required int EndEntityProfileId { get; init; }

    public required int CertificateProfileId { get; init; }

    public required string Username { get; init; }

    /// <summary>In a fixed order for each type.</summary>
    public required IReadOnlyList<ApprovalFact> Facts { get; init; }

    /// <summary>Digests of the request as it came, which its sender can read out. Not part of the content.</summary>
    public IReadOnlyList<string> Fingerprints { get; init; } = [];

    public ApprovalAction Action => ActionOf(Type);

    public static ApprovalAction ActionOf(ApprovalType type) => type switch
    {
        ApprovalType.KeyRecovery => ApprovalAction.KeyRecovery,
        ApprovalType.RevokeCertificate or ApprovalType.RevokeEndEntity => ApprovalAction.Revocation,
        _ => ApprovalAction.AddEditEndEntity,
    };

    public string? Value(string name) => Facts.FirstOrDefault(f => f.Name == name)?.Value;

    /// <summary>SHA-256 over all of it and over who asks: another RA does not get what this one was granted.</summary>
    public byte[] Hash(Actor requester) => Hash(requester.PersonKey);

    public byte[] Hash(string requesterKey)
    {
        using var digest = new CanonicalDigest();
        digest.Add(Number((int)Type)).Add(Number(CaId)).Add(Number(EndEntityProfileId)).Add(Number(CertificateProfileId)).Add(Username).Add(requesterKey);
        foreach (ApprovalFact fact in Facts)
        {
            digest.Add(fact.Name).Add(fact.Value).Add(fact.Old);
        }

        return digest.Finish();
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
