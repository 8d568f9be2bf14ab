using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Roles;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Authentication;

/// <summary>Who sent a message, proven by its protection, and with what rights it is heard.</summary>
internal sealed record Requester : IDisposable
{
    /// <summary>What makes it this one and no other; transactions are bound to it (CMP-O-22).</summary>
    public required string Identity { get; init; }

    /// <summary>For the audit log.</summary>
    public required string Name { get; init; }

    /// <summary>Which module proved it (CMP-M-7).</summary>
    public required string Module { get; init; }

    /// <summary>The rights it acts with.</summary>
    public required Actor Actor { get; init; }

    /// <summary>It may ask for others, within its rights.</summary>
    public bool IsRa { get; init; }

    /// <summary>The end entity it is, and the only one it may ask for; null for an RA.</summary>
    public string? Username { get; init; }

    /// <summary>Its certificate of this CA, where it signed with the key of one; null for an RA.</summary>
    public CertificateView? Own { get; init; }

    /// <summary>The certificate whose key signed; null for a MAC.</summary>
    public Certificate? Signer { get; init; }

    /// <summary>What protects the answer; null for a signature.</summary>
    public MacKey? Key { get; init; }

    /// <summary>The shared secret, for publicKeyMAC; null for a signature.</summary>
    public Secret? Secret { get; init; }

    /// <summary>Others know that secret too: what is encrypted with it is not for this one alone (CMP-C-63).</summary>
    public bool SharesSecret { get; init; }

    /// <summary>It shows who it is for a first certificate, and for nothing else: a vendor's certificate.</summary>
    public bool MayOnlyEnrol { get; init; }

    /// <summary>RegTokenPwd, DnPartPwd: what shows which end entity it is; null otherwise.</summary>
    public EnrolmentCode? Code { get; init; }

    /// <summary>Client mode: its own enrolment code, which made the MAC and is spent with the certificate; null otherwise.</summary>
    public SealedCode? ProvenCode { get; init; }

    /// <summary>Nobody here knows the certificate that signed; the RA that wrapped the message answers for it (CMP-A-30).</summary>
    public bool IsVouchedFor { get; init; }

    public bool UsesMac => Key is not null;

    public void Dispose()
    {
        Code?.Dispose();
        Key?.Dispose();
        Secret?.Dispose();
    }
}
