namespace ExtRa.Messages.Contract;

/// <summary>
/// Renews the two certificates of a card: each new request is signed by the key of the certificate it renews. Answered
/// by <see cref="CardRenewalResponse"/>; a refusal is an <see cref="ExtRAResponse"/>, as legacy clients expect it.
/// </summary>
public sealed record CardRenewalRequest : Request
{
    /// <summary>The card's certificate for authentication, DER.</summary>
    public required byte[] AuthCert { get; init; }

    /// <summary>The card's certificate for signatures, DER; of the same end entity.</summary>
    public required byte[] SignCert { get; init; }

    /// <summary>PKCS#10 signed by the key of <see cref="AuthCert"/>.</summary>
    public required byte[] AuthPkcs10 { get; init; }

    /// <summary>PKCS#10 signed by the key of <see cref="SignCert"/>.</summary>
    public required byte[] SignPkcs10 { get; init; }

    /// <summary>Id of the certificate profile; −1: that of the old certificate.</summary>
    public int AuthProfile { get; init; } = -1;

    /// <summary>The same for signatures.</summary>
    public int SignProfile { get; init; } = -1;

    /// <summary>Id of the CA; −1: that of the old certificate.</summary>
    public int AuthCa { get; init; } = -1;

    /// <summary>The same for signatures.</summary>
    public int SignCa { get; init; } = -1;
}

/// <summary>The two new certificates.</summary>
public sealed record CardRenewalResponse : Response
{
    /// <summary>For authentication, DER.</summary>
    public byte[]? AuthCert { get; init; }

    /// <summary>For signatures, DER.</summary>
    public byte[]? SignCert { get; init; }

    /// <summary>A success.</summary>
    public static CardRenewalResponse Issued(long requestId, byte[] authCert, byte[] signCert) =>
        new() { RequestId = requestId, Success = true, AuthCert = authCert, SignCert = signCert };
}
