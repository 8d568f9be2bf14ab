using Pki.Protocols.Trust;

namespace ExtRa.Messages.Contract;

/// <summary>
/// Asks for a certificate for the key of a PKCS#10 (EXTERNAL_RA.md X-20). Answered by <see cref="PKCS10Response"/>.
/// </summary>
public sealed record PKCS10Request : UserRequest
{
    /// <summary>The certification request, DER or BER, at most 32 KiB. Its own signature is the proof of possession.</summary>
    public required byte[] Pkcs10 { get; init; }

    /// <summary>
    /// The certificate being renewed, DER: the device signed its renewal with this certificate's key, and the CA
    /// checks the certificate again (SCEP.md W-09). Null for a first enrolment.
    /// </summary>
    public byte[]? RenewedCertificate { get; init; }

    /// <summary>Network address of the requester as the RA saw it, for the audit log; null when unknown.</summary>
    public string? RequesterAddress { get; init; }
}

/// <summary>The certificate, or why there is none.</summary>
public sealed record PKCS10Response : Response
{
    /// <summary>The issued certificate, DER; null on failure.</summary>
    public byte[]? Certificate { get; init; }

    /// <summary>Certificate and chain as a certs-only PKCS#7, leaf first; null on failure.</summary>
    public byte[]? Pkcs7 { get; init; }

    /// <summary>A success.</summary>
    public static PKCS10Response Issued(long requestId, byte[] certificate, byte[] pkcs7) =>
        new() { RequestId = requestId, Success = true, Certificate = certificate, Pkcs7 = pkcs7 };

    /// <summary>A failure with the text of the fixed catalogue.</summary>
    public static PKCS10Response Failure(long requestId, RefusalCode reason) =>
        new() { RequestId = requestId, Success = false, Reason = reason, FailInfo = FailInfoText.Of(reason) };
}
