namespace Ca.Core.Audit;

/// <summary>Event names, kept as sites' reports know them (CA_CORE §13).</summary>
public static class AuditEvents
{
    /// <summary>A right was missing.</summary>
    public const string AccessControl = "ACCESS_CONTROL";

    /// <summary>Somebody proved, or failed to prove, who they are.</summary>
    public const string Authentication = "AUTHENTICATION";

    /// <summary>A CA was created.</summary>
    public const string CaCreation = "CA_CREATION";

    /// <summary>A CA was changed.</summary>
    public const string CaEditing = "CA_EDITING";

    /// <summary>A foreign CA certificate was imported.</summary>
    public const string CaImport = "CA_IMPORT";

    /// <summary>A certificate was put into the store.</summary>
    public const string CertStored = "CERT_STORED";

    /// <summary>A certificate was revoked.</summary>
    public const string CertRevoked = "CERT_REVOKED";

    /// <summary>A certificate's status changed otherwise: released, archived.</summary>
    public const string CertChangedStatus = "CERT_CHANGEDSTATUS";

    /// <summary>A certificate was asked for; written with the plan, before the signature.</summary>
    public const string CertRequest = "CERT_REQUEST";

    /// <summary>A certificate was made, or failed to be.</summary>
    public const string CertCreation = "CERT_CREATION";

    /// <summary>A certificate profile was created.</summary>
    public const string CertProfileCreation = "CERTPROFILE_CREATION";

    /// <summary>A certificate profile was changed.</summary>
    public const string CertProfileEditing = "CERTPROFILE_EDITING";

    /// <summary>A certificate profile was removed.</summary>
    public const string CertProfileDeletion = "CERTPROFILE_DELETION";

    /// <summary>A CRL was made.</summary>
    public const string CrlCreation = "CRL_CREATION";

    /// <summary>A CRL was stored.</summary>
    public const string CrlStored = "CRL_STORED";

    /// <summary>A crypto token was created.</summary>
    public const string CryptoTokenCreate = "CRYPTOTOKEN_CREATE";

    /// <summary>A crypto token was removed.</summary>
    public const string CryptoTokenDeletion = "CRYPTOTOKEN_DELETION";

    /// <summary>A crypto token was activated, or its PIN was wrong.</summary>
    public const string CryptoTokenActivation = "CRYPTOTOKEN_ACTIVATION";

    /// <summary>A crypto token was deactivated.</summary>
    public const string CryptoTokenDeactivation = "CRYPTOTOKEN_DEACTIVATION";

    /// <summary>A key was removed from a token.</summary>
    public const string CryptoTokenDeleteEntry = "CRYPTOTOKEN_DELETE_ENTRY";

    /// <summary>A key pair was generated in a token.</summary>
    public const string CryptoTokenGenKeyPair = "CRYPTOTOKEN_GEN_KEYPAIR";

    /// <summary>A key pair of another system was taken into a token.</summary>
    public const string CryptoTokenImportKeyPair = "CRYPTOTOKEN_IMPORT_KEYPAIR";

    /// <summary>The audit log was verified.</summary>
    public const string LogVerify = "LOG_VERIFY";

    /// <summary>A role was created.</summary>
    public const string RoleCreation = "ROLE_CREATION";

    /// <summary>A role was removed.</summary>
    public const string RoleDeletion = "ROLE_DELETION";

    /// <summary>A rule was added to a role.</summary>
    public const string RoleAccessRuleAddition = "ROLE_ACCESS_RULE_ADDITION";

    /// <summary>A rule of a role was removed.</summary>
    public const string RoleAccessRuleDeletion = "ROLE_ACCESS_RULE_DELETION";

    /// <summary>A member was added to a role.</summary>
    public const string RoleAccessUserAddition = "ROLE_ACCESS_USER_ADDITION";

    /// <summary>A member was removed from a role.</summary>
    public const string RoleAccessUserDeletion = "ROLE_ACCESS_USER_DELETION";

    /// <summary>An end entity was added.</summary>
    public const string RaAddEndEntity = "RA_ADDENDENTITY";

    /// <summary>An end entity was changed.</summary>
    public const string RaEditEndEntity = "RA_EDITENDENTITY";

    /// <summary>An end entity was removed.</summary>
    public const string RaDeleteEndEntity = "RA_DELETEENDENTITY";

    /// <summary>An end entity and its certificates were revoked.</summary>
    public const string RaRevokeEndEntity = "RA_REVOKEDENDENTITY";

    /// <summary>An end entity profile was added.</summary>
    public const string RaAddEndEntityProfile = "RA_ADDEEPROFILE";

    /// <summary>An end entity profile was changed.</summary>
    public const string RaEditEndEntityProfile = "RA_EDITEEPROFILE";

    /// <summary>An end entity profile was removed.</summary>
    public const string RaRemoveEndEntityProfile = "RA_REMOVEEEPROFILE";

    /// <summary>A private key was taken into escrow.</summary>
    public const string KeyRecoveryAddData = "KEYRECOVERY_ADDDATA";

    /// <summary>A kept key was marked for its user to fetch.</summary>
    public const string KeyRecoveryMarked = "KEYRECOVERY_MARKED";

    /// <summary>A kept key was handed out.</summary>
    public const string KeyRecoverySent = "KEYRECOVERY_SENT";

    /// <summary>An approval was asked for.</summary>
    public const string ApprovalAdd = "APPROVAL_ADD";

    /// <summary>Somebody approved, or tried to.</summary>
    public const string ApprovalApprove = "APPROVAL_APPROVE";

    /// <summary>Somebody rejected, or tried to.</summary>
    public const string ApprovalReject = "APPROVAL_REJECT";

    /// <summary>A request, or a permission nobody had used yet, was taken back.</summary>
    public const string ApprovalRemove = "APPROVAL_REMOVE";

    /// <summary>The time to decide was extended.</summary>
    public const string ApprovalExtend = "APPROVAL_EXTEND";

    /// <summary>The memory of a rejection or failure was lifted.</summary>
    public const string ApprovalForget = "APPROVAL_FORGET";

    /// <summary>An approval was used, or what it permitted failed.</summary>
    public const string ApprovalExecute = "APPROVAL_EXECUTE";

    /// <summary>An approval request ended undecided or unused.</summary>
    public const string ApprovalExpire = "APPROVAL_EXPIRE";

    /// <summary>Approvals were demanded and not asked for, because the worker is configured so.</summary>
    public const string ApprovalBypass = "APPROVAL_BYPASS";

    /// <summary>For records of other components, such as a message that never was answered.</summary>
    public const string CustomLogInfo = "CUSTOMLOG_INFO";

    /// <summary>The same for failures.</summary>
    public const string CustomLogError = "CUSTOMLOG_ERROR";
}
