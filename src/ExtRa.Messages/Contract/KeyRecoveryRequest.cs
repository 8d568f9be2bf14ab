using Pki.Protocols.Trust;

namespace ExtRa.Messages.Contract;

/// <summary>
/// Asks for a key that the CA keeps (EXTERNAL_RA.md X-22). Answered by <see cref="PKCS12Response"/>; a refusal is an
/// <see cref="ExtRAResponse"/>, as legacy clients expect it.
/// </summary>
public sealed record KeyRecoveryRequest : Request, INamesUser
{
    /// <summary>Name of the end entity; the certificate must be its own.</summary>
    public required string Username { get; init; }

    /// <summary>Password of the PKCS#12.</summary>
    public required Secret Password { get; init; }

    /// <summary>True: with the certificate it had. False: with a new certificate for the same key, and the fields below say which.</summary>
    public bool ReuseCertificate { get; init; }

    /// <summary>DN of the CA that issued the certificate.</summary>
    public required string IssuerDn { get; init; }

    /// <summary>Serial number in hex.</summary>
    public required string CertificateSn { get; init; }

    /// <summary>As in <see cref="UserRequest.SubjectDn"/>.</summary>
    public string? SubjectDn { get; init; }

    /// <summary>As in <see cref="UserRequest.SubjectAltName"/>.</summary>
    public string? SubjectAltName { get; init; }

    /// <summary>As in <see cref="UserRequest.Email"/>.</summary>
    public string? Email { get; init; }

    /// <summary>As in <see cref="UserRequest.EndEntityProfileName"/>.</summary>
    public string? EndEntityProfileName { get; init; }

    /// <summary>As in <see cref="UserRequest.CertificateProfileName"/>.</summary>
    public string? CertificateProfileName { get; init; }

    /// <summary>As in <see cref="UserRequest.CaName"/>.</summary>
    public string? CaName { get; init; }

    string? INamesUser.Username => Username;
}
