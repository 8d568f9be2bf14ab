namespace Pki.Protocols.Cmp;

/// <summary>How much a stranger's message may hold (CMP-L-1). These are the ceilings of the codec; a server may demand less.</summary>
public static class CmpLimits
{
    /// <summary>Octets of a message, unless the caller says otherwise (CMP-T-12).</summary>
    public const int MaxMessageLength = 100_000;

    /// <summary>Values inside one another, the innermost included (CMP-T-13).</summary>
    public const int MaxDepth = 32;

    /// <summary>Octets of a message, whatever an alias or a proxy is told to accept.</summary>
    public const int LargestMessageLength = 1 << 20;

    /// <summary>Values in a message, counted before any is decoded (CMP-T-13). Who accepts longer ones accepts more of them.</summary>
    public const int MaxElements = 32_768;

    /// <summary>Certificates in extraCerts (CMP-S-12).</summary>
    public const int MaxExtraCerts = 64;

    /// <summary>Certificates in any other list.</summary>
    public const int MaxCertificates = 64;

    /// <summary>Messages nested inside one another (CMP-O-103).</summary>
    public const int MaxNesting = 3;

    /// <summary>Messages side by side in a nested body (CMP-O-102).</summary>
    public const int MaxBatch = 16;

    /// <summary>Items of generalInfo, genm or genp.</summary>
    public const int MaxInfos = 16;

    /// <summary>Items of a revocation, its answer, a confirmation or a poll.</summary>
    public const int MaxItems = 10;

    /// <summary>Answers in one message: one for each request there may be.</summary>
    public const int MaxResponses = Crmf.CrmfLimits.MaxRequests;

    /// <summary>Texts of a PKIFreeText.</summary>
    public const int MaxTexts = 16;

    /// <summary>Octets of all texts of a PKIFreeText together (CMP-H-13).</summary>
    public const int MaxFreeTextLength = 1024;

    /// <summary>Octets of a key identifier.</summary>
    public const int MaxKeyIdentifierLength = 256;

    /// <summary>Octets of a transactionID (CMP-H-8).</summary>
    public const int MaxTransactionIdLength = 64;

    /// <summary>Octets of a nonce.</summary>
    public const int MaxNonceLength = 128;

    /// <summary>Octets of a distinguished or other name of the header.</summary>
    public const int MaxNameLength = 4096;
}
