using Pki.Protocols.Trust;

namespace ExtRa.Messages.Contract;

/// <summary>
/// Asks for a key pair made at the CA and its certificate, as a PKCS#12 (EXTERNAL_RA.md X-21). The end entity is always
/// added or edited. Answered by <see cref="PKCS12Response"/>.
/// </summary>
public sealed record PKCS12Request : UserRequest
{
    /// <summary>Password of the PKCS#12.</summary>
    public required Secret Password { get; init; }

    /// <summary>1 RSA, 2 ECDSA.</summary>
    public int KeyAlg { get; init; } = 1;

    /// <summary>RSA: length in bits; ECDSA: a curve, such as secp256r1.</summary>
    public string KeySpec { get; init; } = "2048";

    /// <summary>The CA keeps the key, so that it can be recovered.</summary>
    public bool StoreKeys { get; init; }
}

/// <summary>The key store, or why there is none. Answers <see cref="PKCS12Request"/> and <see cref="KeyRecoveryRequest"/>.</summary>
public sealed record PKCS12Response : Response
{
    /// <summary>PKCS#12 with key, certificate and chain, protected by the password of the request; null on failure.</summary>
    public byte[]? KeyStore { get; init; }

    /// <summary>A success.</summary>
    public static PKCS12Response Issued(long requestId, byte[] keyStore) => new() { RequestId = requestId, Success = true, KeyStore = keyStore };

    /// <summary>A failure with the text of the fixed catalogue.</summary>
    public static PKCS12Response Failure(long requestId, RefusalCode reason) =>
        new() { RequestId = requestId, Success = false, Reason = reason, FailInfo = FailInfoText.Of(reason) };
}
