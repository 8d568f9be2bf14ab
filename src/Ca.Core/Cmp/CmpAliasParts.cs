using Pki.Protocols.Trust;

namespace Ca.Core.Cmp;

/// <summary>Who asks (CMP-A-2).</summary>
public enum CmpMode
{
    /// <summary>A registered end entity, for itself only.</summary>
    Client,

    /// <summary>An RA, for anybody within its rights.</summary>
    Ra,
}

/// <summary>The two strictness profiles (CMP.md §0). What protects is the same in both.</summary>
public enum CmpConformance
{
    /// <summary>What RFC 4210 and RFC 9810 allow.</summary>
    Interop,

    /// <summary>What RFC 9483 demands.</summary>
    Lightweight,
}

/// <summary>Ways to prove who one is (CMP-A-3).</summary>
public enum CmpModule
{
    /// <summary>
    /// A MAC of a shared secret. RA mode: that of its senderKID, else that of the alias, else, with parameter <c>-</c>, that of
    /// the CA (CMP-A-5). Client
    /// mode: the enrolment code of the end entity (CMP-M-2), or the secret of its senderKID.
    /// </summary>
    Hmac,

    /// <summary>A signature; the parameter names the CA of the RAs' certificates.</summary>
    EndEntityCertificate,

    /// <summary>
    /// Client mode: a MAC of the secret of the alias and, in the control regToken or as challengePassword, the enrolment
    /// code of the end entity (CMP-A-6).
    /// </summary>
    RegTokenPwd,

    /// <summary>
    /// Client mode: the same with the enrolment code in an attribute of the subject, which the parameter names. That
    /// attribute is never certified (CMP-A-7).
    /// </summary>
    DnPartPwd,
}

/// <summary>One way to prove who one is.</summary>
/// <param name="Module">Which.</param>
/// <param name="Parameter">
/// EndEntityCertificate in RA mode: the CA that certified the RAs; none: only behind a wrapper, see
/// <see cref="CmpAlias.OmitVerifications"/> (CMP-A-8). DnPartPwd: an attribute, UID for one (CMP-A-7). Hmac:
/// <see cref="OfCa"/> or none.
/// </param>
public sealed record CmpAuthentication(CmpModule Module, string? Parameter = null)
{
    /// <summary>Hmac in RA mode: where nothing nearer is there, the secret of the CA counts.</summary>
    public const string OfCa = "-";
}

/// <summary>What clients may ask for (CMP-O-1).</summary>
public enum CmpOperation
{
    /// <summary>A first certificate.</summary>
    Ir,

    /// <summary>Another certificate.</summary>
    Cr,

    /// <summary>A certificate, by PKCS #10.</summary>
    P10cr,

    /// <summary>A new certificate for an old one.</summary>
    Kur,

    /// <summary>A revocation.</summary>
    Rr,

    /// <summary>Information.</summary>
    Genm,

    /// <summary>Messages of others that an RA has put its own signature around; off unless named.</summary>
    Nested,
}

/// <summary>What becomes of a certificate that is never confirmed.</summary>
public enum CmpUnconfirmed
{
    /// <summary>It is revoked.</summary>
    Revoke,

    /// <summary>It stays valid, as an EJBCA leaves it.</summary>
    Keep,
}

/// <summary>How answers are protected (CMP-S-13).</summary>
public enum CmpAnswerProtection
{
    /// <summary>A MAC for a MAC, a signature for a signature.</summary>
    AsRequest,

    /// <summary>Always a signature.</summary>
    Signature,
}

/// <summary>How the MACs of answers are made (CMP-S-7). The family, PasswordBasedMac or PBMAC1, is the request's; the salt is new each time.</summary>
/// <param name="Hash">Of the derivation and of the HMAC.</param>
/// <param name="PbmIterations">Iterations of PasswordBasedMac, 100 to 100 000.</param>
/// <param name="Pbkdf2Iterations">Iterations of PBKDF2, 1000 to 1 000 000.</param>
public sealed record CmpAnswerMac(CmpMacHash Hash = CmpMacHash.Sha256, int PbmIterations = 1_024, int Pbkdf2Iterations = 10_000);

/// <summary>Hashes of a MAC.</summary>
public enum CmpMacHash
{
    /// <summary>SHA-256.</summary>
    Sha256,

    /// <summary>SHA-384.</summary>
    Sha384,

    /// <summary>SHA-512.</summary>
    Sha512,
}

/// <summary>A key in the CA's token that signs answers, with its certificate (CMP-S-14).</summary>
/// <param name="KeyAlias">Its name in the token.</param>
/// <param name="Certificate">PEM; issued by the CA, with digitalSignature.</param>
public sealed record CmpResponderKey(string KeyAlias, string Certificate);

/// <summary>The new root and the links to it, PEM each (RFC 9810 §5.3.19.15). Only what is configured is ever sent (CMP_PEERS V12).</summary>
/// <param name="NewWithNew">The new root.</param>
/// <param name="NewWithOld">The new key, signed with the old one.</param>
/// <param name="OldWithNew">The old key, signed with the new one.</param>
public sealed record CmpRootUpdate(string NewWithNew, string? NewWithOld = null, string? OldWithNew = null)
{
    /// <summary>The certificates, if they belong together.</summary>
    public Outcome<CmpRootLinks> Read() => CmpRootLinks.Of(this);
}

/// <summary>The user name of a new end entity (CMP-A-12 to A-14).</summary>
/// <param name="Scheme">Where it comes from.</param>
/// <param name="Parts">Dn: attributes of the subject, the first that is there counts. Fixed: the name.</param>
/// <param name="Prefix">Put before it; <c>${RANDOM}</c> stands for 10 random characters.</param>
/// <param name="Postfix">Put after it, likewise.</param>
public sealed record CmpNameGeneration(CmpNameScheme Scheme = CmpNameScheme.Dn, string Parts = "CN", string Prefix = "", string Postfix = "");

/// <summary>Where the user name comes from (CMP-A-12).</summary>
public enum CmpNameScheme
{
    /// <summary>Parts of the subject.</summary>
    Dn,

    /// <summary>Made up for each request.</summary>
    Random,

    /// <summary>Always the same.</summary>
    Fixed,

    /// <summary>The whole subject.</summary>
    Username,
}
