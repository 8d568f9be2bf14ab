using System.Numerics;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp;

/// <summary>What is answered, before header and protection.</summary>
/// <param name="Body">The body.</param>
internal sealed record Reply(PkiBody Body)
{
    /// <summary>Why not, for the audit log; null for a success.</summary>
    public CmpFailure? Failure { get; init; }

    /// <summary>Something was changed, so the same octets must get this answer again.</summary>
    public bool HasEffects { get; init; }

    /// <summary>implicitConfirm is granted (CMP-O-21).</summary>
    public bool ImplicitConfirm { get; init; }

    /// <summary>Until when certConf is waited for; null where the client is not told.</summary>
    public DateTimeOffset? ConfirmBy { get; init; }

    /// <summary>The chain of an issued certificate, the root last.</summary>
    public IReadOnlyList<Certificate> Chain { get; init; } = [];

    /// <summary>Serial number of the certificate this is about, for the audit log.</summary>
    public string? Serial { get; init; }

    /// <summary>error (RFC 9810 §5.3.21).</summary>
    public static Reply Error(CmpFailure failure) => new(new PkiBody.Error(new(failure.ToStatus()))) { Failure = failure };

    /// <summary>ip, cp or kup that rejects one request (RFC 9810 §5.3.4).</summary>
    public static Reply Rejection(PkiBodyKind kind, BigInteger requestId, CmpFailure failure) =>
        new(new PkiBody.CertificateResponses(kind, new([], [new CertResponse(requestId, failure.ToStatus())]))) { Failure = failure };

    /// <summary>pkiConf (RFC 9810 §5.3.17).</summary>
    public static Reply Confirmation() => new(new PkiBody.Confirmation()) { HasEffects = true };
}
