using System.Text.Json.Serialization;
using Pki.Protocols.Cmp;

namespace Ca.Core.Cmp;

/// <summary>
/// One named CMP configuration, chosen by the URL a client uses (CMP-A-1). The defaults are the strict ones: what loosens
/// a check is an own switch (CMP-0-2). Secrets are not in here: <see cref="CmpSecrets"/>.
/// </summary>
public sealed record CmpAlias
{
    /// <summary>In place of a name: the senderKID of the message names it.</summary>
    public const string ByKeyId = "KeyId";

    /// <summary>In place of a name: the default of the end entity profile.</summary>
    public const string ByProfile = "ProfileDefault";

    /// <summary>Its name; not part of the JSON.</summary>
    [JsonIgnore]
    public string Name { get; init; } = "";

    /// <summary>
    /// Further names in <c>/.well-known/cmp/p/(name)</c> that lead here, each with the one of <see cref="Profiles"/> that it
    /// asks for, or an empty text for none (CMP-T-8). Front ends learn them from the CA (CMP-A-41).
    /// </summary>
    public IReadOnlyDictionary<string, string> Paths { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Most octets of a message; front ends learn it from the CA (CMP-T-12, A-41).</summary>
    public int MaxMessageBytes { get; init; } = CmpLimits.MaxMessageLength;

    /// <summary>
    /// Roles of the front ends that may bring messages for this alias; empty: all that have its CA (CMP-P-3). Beside the
    /// authentication of the requester, never in its place.
    /// </summary>
    public IReadOnlyList<string> FrontEnds { get; init; } = [];

    /// <summary>Who the requester is: the end entity itself, or an RA that asks for others (CMP-A-2).</summary>
    public CmpMode Mode { get; init; } = CmpMode.Client;

    /// <summary>How strictly RFC 9483 is held against clients that are older than it (CMP-0-1).</summary>
    public CmpConformance Conformance { get; init; } = CmpConformance.Interop;

    /// <summary>Single checks that differ from <see cref="Conformance"/>.</summary>
    public CmpChecks Checks { get; init; } = new();

    /// <summary>
    /// The CA that issues, and whose key signs answers unless <see cref="Responder"/> is there. RA mode: also
    /// <see cref="ByKeyId"/>, or <see cref="ByProfile"/> for the default CA of the end entity profile (CMP-A-20).
    /// </summary>
    public required string CaName { get; init; }

    /// <summary>Where the CA is chosen by the message: the one that answers when the message chooses none (CMP-A-25).</summary>
    public string? DefaultCa { get; init; }

    /// <summary>
    /// The senderKIDs that may choose, where <see cref="CaName"/>, <see cref="CertificateProfile"/> or
    /// <see cref="EndEntityProfile"/> are <see cref="ByKeyId"/>. Nobody chooses what is not in here (CMP-A-21).
    /// </summary>
    public IReadOnlyList<string> KeyIds { get; init; } = [];

    /// <summary>
    /// RA mode: what is issued, unless header or path name one of <see cref="Profiles"/>; also <see cref="ByKeyId"/> and
    /// <see cref="ByProfile"/> (CMP-A-19).
    /// </summary>
    public string CertificateProfile { get; init; } = "ENDUSER";

    /// <summary>RA mode: under what end entities are registered; also <see cref="ByKeyId"/> (CMP-A-18).</summary>
    public string EndEntityProfile { get; init; } = "EMPTY";

    /// <summary>certProfile of the header or of the path → certificate profile (CMP-H-16). Other names are refused.</summary>
    public IReadOnlyDictionary<string, string> Profiles { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Client mode with EndEntityCertificate: external CAs of vendors. Who holds a certificate of one of them may enrol as
    /// the end entity that is registered for it: the one whose name is made of <see cref="UsernameAttribute"/> of the
    /// vendor's certificate, with prefix and postfix of <see cref="NameGeneration"/> (TS 33.310 §9; CMP-A-10, A-11).
    /// </summary>
    public IReadOnlyList<string> VendorCas { get; init; } = [];

    /// <summary>How requesters prove who they are; the first that applies and succeeds counts (CMP-A-3).</summary>
    public IReadOnlyList<CmpAuthentication> Authentication { get; init; } = [new(CmpModule.Hmac)];

    /// <summary>
    /// Client mode: the attribute of the subject that is the user name; DN: the end entity is the one that is registered with
    /// this subject (CMP-A-9). Hmac asks the senderKID first.
    /// </summary>
    public string UsernameAttribute { get; init; } = "DN";

    /// <summary>
    /// RA mode: behind a verified wrapper of a trusted RA, EndEntityCertificate believes a right signature whoever holds the
    /// certificate; the RA vouches for that (CMP-A-30). What is asked for stays within the alias' CA and profile.
    /// </summary>
    public bool OmitVerifications { get; init; }

    /// <summary>Client mode: refuse templates that name another subject than the registered one (CMP-M-1).</summary>
    public bool RequireSubjectMatch { get; init; }

    /// <summary>Which kinds of request are answered (CMP-O-1).</summary>
    public IReadOnlyList<CmpOperation> Operations { get; init; } =
        [CmpOperation.Ir, CmpOperation.Cr, CmpOperation.P10cr, CmpOperation.Kur, CmpOperation.Rr, CmpOperation.Genm];

    /// <summary>The user name of a new end entity (CMP-A-12).</summary>
    public CmpNameGeneration NameGeneration { get; init; } = new();

    /// <summary>RA mode: believe raVerified (CMP-C-22).</summary>
    public bool AllowRaVerified { get; init; }

    /// <summary>Grant implicitConfirm to those who ask for it (CMP-O-21).</summary>
    public bool AllowImplicitConfirm { get; init; } = true;

    /// <summary>How long certConf is waited for (CMP-O-20).</summary>
    public TimeSpan ConfirmTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Tell clients that time in the header (RFC 9810 §5.1.1.2).</summary>
    public bool SendConfirmWaitTime { get; init; }

    /// <summary>What becomes of a certificate that is never confirmed (CMP-O-20).</summary>
    public CmpUnconfirmed OnConfirmTimeout { get; init; } = CmpUnconfirmed.Revoke;

    /// <summary>
    /// A client that has waited this long for a certificate, because something here had to be waited for, is told to come
    /// back instead of being held on; zero: it is held on. Shorter than the proxy holds its clients (CMP-O-60).
    /// </summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What clients that wait are told: come back after this time (CMP-O-61).</summary>
    public TimeSpan CheckAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Revocations that wait for people are answered with waiting, for clients that poll for them. Without it the client is
    /// held, as most cannot (CMP-O-46, O-64).
    /// </summary>
    public bool PollForRevocation { get; init; }

    /// <summary>How far messageTime may be from ours; zero: not looked at (CMP-H-4).</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Accept later messages of a transaction without recipNonce (CMP-H-12), under either conformance.</summary>
    public bool LenientNonce { get; init; }

    /// <summary>SHA-1 as the one-way function of PasswordBasedMac (CMP-S-1), for clients of the first generation.</summary>
    public bool AllowSha1OneWayFunction { get; init; }

    /// <summary>Iterations of PasswordBasedMac a stranger may cost us (CMP-S-4, CMP_ENGINE.md §4).</summary>
    public int MaxPbmIterations { get; init; } = 20_000;

    /// <summary>Iterations of PBKDF2 a stranger may cost us (CMP-S-4).</summary>
    public int MaxPbkdf2Iterations { get; init; } = 100_000;

    /// <summary>How answers are protected (CMP-S-13).</summary>
    public CmpAnswerProtection ResponseProtection { get; init; } = CmpAnswerProtection.AsRequest;

    /// <summary>Parameters of the MACs of answers; null: those of the request, salt and all, whose key is derived already (CMP-S-7).</summary>
    public CmpAnswerMac? AnswerMac { get; init; }

    /// <summary>Errors go out without protection, as an EJBCA sends them (CMP-S-16).</summary>
    public bool UnprotectedErrors { get; init; }

    /// <summary>Signs answers in place of the CA's key (CMP-S-14).</summary>
    public CmpResponderKey? Responder { get; init; }

    /// <summary>Send the CA's chain in caPubs under MAC protection (CMP-O-8).</summary>
    public bool SendCaCertificates { get; init; } = true;

    /// <summary>CAs whose certificates are sent in caPubs after the issuing CA's chain (CMP-A-23).</summary>
    public IReadOnlyList<string> CaPubsCas { get; init; } = [];

    /// <summary>CAs whose certificates are sent in extraCerts after the signer's chain (CMP-A-24).</summary>
    public IReadOnlyList<string> ExtraCertsCas { get; init; } = [];

    /// <summary>What clients that ask for the root's successor get; null: there is none (CMP-O-82).</summary>
    public CmpRootUpdate? RootUpdate { get; init; }

    /// <summary>Answer genm without any protection: it tells nothing that is not public (CMP-O-87).</summary>
    public bool AllowUnprotectedInfo { get; init; }

    /// <summary>Send the root among extraCerts as well, for devices that have none (CMP-G-4).</summary>
    public bool IncludeRootInExtraCerts { get; init; }

    /// <summary>kur may keep its key (CMP-O-5).</summary>
    public bool AllowUpdateWithSameKey { get; init; }

    /// <summary>
    /// Refuse what would not be issued as it was asked for (CMP-C-4). Without it the profile decides, and the answer says
    /// what was changed.
    /// </summary>
    public bool StrictTemplate { get; init; }

    /// <summary>
    /// kur whenever its holder wants; without it only for end entities that an administrator has set to New, each time anew
    /// (CMP-A-26).
    /// </summary>
    public bool AllowAutomaticKeyUpdate { get; init; }

    /// <summary>Make keys for requesters that send none, of the kinds that the certificate profile allows (CMP-A-28, C-60).</summary>
    public bool AllowServerKeyGeneration { get; init; }

    /// <summary>rr may be protected by a MAC (CMP-O-43).</summary>
    public bool AllowMacRevocation { get; init; }

    /// <summary>After so many wrong secrets or enrolment codes a sender is refused whatever it shows; 0: never (CMP-M-8).</summary>
    public int MaxWrongSecrets { get; init; } = 10;

    /// <summary>For how long, from the first of them.</summary>
    public TimeSpan LockoutTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Transactions of one requester that may wait at a time (CMP-L-4).</summary>
    public int MaxOpenTransactions { get; init; } = 100;

    /// <summary>The CA that seals the alias' secrets and answers when nothing says which.</summary>
    [JsonIgnore]
    public string OwnCaName => CaName is ByKeyId or ByProfile ? DefaultCa ?? "" : CaName;

    /// <summary>MACs are verified with the enrolment codes of end entities (CMP-M-2).</summary>
    [JsonIgnore]
    public bool ComparesCodes => Mode == CmpMode.Client && Authentication.Any(m => m.Module == CmpModule.Hmac);

    /// <summary>RAs without a secret of their own or of the alias may use that of the CA: said by the parameter of Hmac (CMP-A-5).</summary>
    [JsonIgnore]
    public bool TakesCaSecret => Authentication.Any(m => m is { Module: CmpModule.Hmac, Parameter: CmpAuthentication.OfCa });

    /// <summary>Whether a check of RFC 9483 counts here.</summary>
    public bool Demands(Func<CmpChecks, bool?> check) => check(Checks) ?? Conformance == CmpConformance.Lightweight;
}
