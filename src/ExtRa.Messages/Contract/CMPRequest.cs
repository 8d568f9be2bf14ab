using Pki.Protocols.Trust;

namespace ExtRa.Messages.Contract;

/// <summary>
/// Carries one PKIMessage of a CMP client, exactly as it came, to the CA's CMP engine (CMP.md P-1). Answered by
/// <see cref="CMPResponse"/>.
/// </summary>
public sealed record CMPRequest : Request
{
    /// <summary>The CMP alias the client addressed; the engine's rules are chosen by it.</summary>
    public required string Alias { get; init; }

    /// <summary>The operation label of RFC 9483 §6.1 that stood in the path, lower case; null where there was none.</summary>
    public string? Operation { get; init; }

    /// <summary>The certificate profile that the path named; null where it named none.</summary>
    public string? CertificateProfileName { get; init; }

    /// <summary>The PKIMessage, DER, the bytes as received; at most 1 MiB.</summary>
    public required byte[] PkiMessage { get; init; }

    /// <summary>Network address of the client as the proxy saw it, for the audit log; null when unknown.</summary>
    public string? RequesterAddress { get; init; }

    /// <summary>Subject of the client's TLS certificate, for the audit log; null without mutual TLS.</summary>
    public string? TlsSubject { get; init; }
}

/// <summary>
/// The answering PKIMessage. A rejection in CMP's own words is a success here: the client is answered. A failure means
/// that there is no PKIMessage to send, as for an unknown alias.
/// </summary>
public sealed record CMPResponse : Response
{
    /// <summary>The PKIMessage to send, DER; null on failure.</summary>
    public byte[]? PkiMessage { get; init; }

    /// <summary>An answer for the client.</summary>
    public static CMPResponse Answered(long requestId, byte[] pkiMessage) =>
        new() { RequestId = requestId, Success = true, PkiMessage = pkiMessage };

    /// <summary>There is no answer in CMP's own words.</summary>
    public static CMPResponse Failure(long requestId, RefusalCode reason) =>
        new() { RequestId = requestId, Success = false, Reason = reason, FailInfo = FailInfoText.Of(reason) };
}
