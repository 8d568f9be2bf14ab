using Pki.Protocols.Trust;

namespace ExtRa.Messages.Contract;

/// <summary>
/// Asks for a certificate in one of several forms: for a registered end entity by its secret (EXTERNAL_RA.md X-25), or
/// in one shot, where the end entity is added or edited. Answered by <see cref="CertificateRequestResponse"/>.
/// </summary>
public sealed record CertificateRequestRequest : Request, INamesUser
{
    /// <summary>Name of the end entity.</summary>
    public required string Username { get; init; }

    /// <summary>Its secret. Not used where the end entity is added or edited: the RA's rights count there.</summary>
    public Secret? Password { get; init; }

    /// <summary>What <see cref="RequestData"/> is: 0 PKCS#10, 1 CRMF, 2 SPKAC, 3 a bare SubjectPublicKeyInfo.</summary>
    public int RequestType { get; init; }

    /// <summary>The request, DER or its text: PEM or base64. At most 32 KiB.</summary>
    public required byte[] RequestData { get; init; }

    /// <summary>What is wanted: 0 the certificate, 1 a PKCS#7 of it, 2 a PKCS#7 with the chain.</summary>
    public int ResponseType { get; init; }

    /// <summary>True: the end entity is added or edited to fit the fields below.</summary>
    public bool CreateOrEditUser { get; init; }

    /// <summary>A serial number of one's own choice, which no CA of this product grants.</summary>
    public string? CertificateSerialNo { get; init; }

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

/// <summary>The certificate in the form asked for, or why there is none.</summary>
public sealed record CertificateRequestResponse : Response
{
    /// <summary>The request's own <see cref="CertificateRequestRequest.ResponseType"/>; null on failure.</summary>
    public int? ResponseType { get; init; }

    /// <summary>Certificate or PKCS#7, DER; null on failure.</summary>
    public byte[]? ResponseData { get; init; }

    /// <summary>A success.</summary>
    public static CertificateRequestResponse Issued(long requestId, int responseType, byte[] responseData) =>
        new() { RequestId = requestId, Success = true, ResponseType = responseType, ResponseData = responseData };

    /// <summary>A failure with the text of the fixed catalogue.</summary>
    public static CertificateRequestResponse Failure(long requestId, RefusalCode reason) =>
        new() { RequestId = requestId, Success = false, Reason = reason, FailInfo = FailInfoText.Of(reason) };
}
