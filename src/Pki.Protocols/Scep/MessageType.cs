namespace Pki.Protocols.Scep;

/// <summary>What a pkiMessage is (RFC 8894 §3.2.1.2). The numbers of old drafts, 18 above all, are no requests here (SCEP.md M-01).</summary>
public enum MessageType
{
    /// <summary>The server's answer to all others.</summary>
    CertRep = 3,

    /// <summary>A request signed with the certificate to be replaced.</summary>
    RenewalReq = 17,

    /// <summary>A request for a certificate.</summary>
    PkcsReq = 19,

    /// <summary>The question whether an earlier request is decided.</summary>
    CertPoll = 20,

    /// <summary>The question for one certificate.</summary>
    GetCert = 21,

    /// <summary>The question for a CRL.</summary>
    GetCrl = 22,
}
