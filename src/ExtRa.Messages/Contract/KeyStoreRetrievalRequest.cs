using Pki.Protocols.Trust;

namespace ExtRa.Messages.Contract;

/// <summary>
/// A registered end entity fetches its key store with its secret (EXTERNAL_RA.md X-26). Answered by
/// <see cref="KeyStoreRetrievalResponse"/>.
/// </summary>
public sealed record KeyStoreRetrievalRequest : Request, INamesUser
{
    /// <summary>Name of the end entity.</summary>
    public required string Username { get; init; }

    /// <summary>Its secret, which also protects the key store.</summary>
    public required Secret Password { get; init; }

    string? INamesUser.Username => Username;
}

/// <summary>The key store, or why there is none.</summary>
public sealed record KeyStoreRetrievalResponse : Response
{
    /// <summary>2 PKCS#12, 4 PEM; null on failure.</summary>
    public int? KeyStoreType { get; init; }

    /// <summary>The file; null on failure.</summary>
    public byte[]? KeyStore { get; init; }

    /// <summary>A success.</summary>
    public static KeyStoreRetrievalResponse Issued(long requestId, int keyStoreType, byte[] keyStore) =>
        new() { RequestId = requestId, Success = true, KeyStoreType = keyStoreType, KeyStore = keyStore };

    /// <summary>A failure with the text of the fixed catalogue.</summary>
    public static KeyStoreRetrievalResponse Failure(long requestId, RefusalCode reason) =>
        new() { RequestId = requestId, Success = false, Reason = reason, FailInfo = FailInfoText.Of(reason) };
}
