namespace Pki.Protocols.Cmp;

/// <summary>The choices of PKIBody: the numbers are the tags (RFC 9810 §5.1.2).</summary>
public enum PkiBodyKind
{
    /// <summary>ir: a first certificate.</summary>
    InitializationRequest = 0,

    /// <summary>ip: the answer to ir.</summary>
    InitializationResponse = 1,

    /// <summary>cr: another certificate.</summary>
    CertificationRequest = 2,

    /// <summary>cp: the answer to cr and p10cr.</summary>
    CertificationResponse = 3,

    /// <summary>p10cr: another certificate, by PKCS #10.</summary>
    Pkcs10Request = 4,

    /// <summary>popdecc: a challenge for a key that deciphers.</summary>
    PopChallenge = 5,

    /// <summary>popdecr: the answer to popdecc.</summary>
    PopResponse = 6,

    /// <summary>kur: a new certificate for an old one.</summary>
    KeyUpdateRequest = 7,

    /// <summary>kup: the answer to kur.</summary>
    KeyUpdateResponse = 8,

    /// <summary>krr: an archived key is wanted back.</summary>
    KeyRecoveryRequest = 9,

    /// <summary>krp: the answer to krr.</summary>
    KeyRecoveryResponse = 10,

    /// <summary>rr: a certificate is to be revoked.</summary>
    RevocationRequest = 11,

    /// <summary>rp: the answer to rr.</summary>
    RevocationResponse = 12,

    /// <summary>ccr: a certificate for another CA.</summary>
    CrossCertificationRequest = 13,

    /// <summary>ccp: the answer to ccr.</summary>
    CrossCertificationResponse = 14,

    /// <summary>ckuann: a CA has a new key.</summary>
    CaKeyUpdateAnnouncement = 15,

    /// <summary>cann: a CA has issued a certificate.</summary>
    CertificateAnnouncement = 16,

    /// <summary>rann: a CA revokes a certificate.</summary>
    RevocationAnnouncement = 17,

    /// <summary>crlann: a CA has issued a CRL.</summary>
    CrlAnnouncement = 18,

    /// <summary>pkiconf: the answer to certConf, and to error.</summary>
    PkiConfirmation = 19,

    /// <summary>nested: messages with the protection of somebody else around them.</summary>
    Nested = 20,

    /// <summary>genm: questions of other kinds.</summary>
    GeneralMessage = 21,

    /// <summary>genp: the answer to genm.</summary>
    GeneralResponse = 22,

    /// <summary>error.</summary>
    Error = 23,

    /// <summary>certConf: the requester accepts or rejects certificates.</summary>
    CertificateConfirmation = 24,

    /// <summary>pollReq: is it decided?</summary>
    PollRequest = 25,

    /// <summary>pollRep: not yet.</summary>
    PollResponse = 26,
}
