namespace Pki.Protocols.Crmf;

/// <summary>How much a stranger's certificate request may hold (CMP-L-1). A server may demand less.</summary>
public static class CrmfLimits
{
    /// <summary>Requests in one message.</summary>
    public const int MaxRequests = 16;

    /// <summary>Controls of one request.</summary>
    public const int MaxControls = 16;

    /// <summary>Items of regInfo.</summary>
    public const int MaxRegistrationInfos = 16;

    /// <summary>Places a certificate is to be published at.</summary>
    public const int MaxPublications = 16;

    /// <summary>Name and value pairs of utf8Pairs.</summary>
    public const int MaxPairs = 64;

    /// <summary>Octets of a name in a template.</summary>
    public const int MaxNameLength = 4096;
}
