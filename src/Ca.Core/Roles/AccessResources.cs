using System.Globalization;

namespace Ca.Core.Roles;

/// <summary>The resource tree, as far as this product asks for it (CA_CORE §12.1).</summary>
public static class AccessResources
{
    /// <summary>Everything.</summary>
    public const string Root = "/";

    /// <summary>May log on, or send requests, at all.</summary>
    public const string Administrator = "/administrator";

    /// <summary>Have certificates made.</summary>
    public const string CreateCertificate = "/ca_functionality/create_certificate";

    /// <summary>Have certificates stored.</summary>
    public const string StoreCertificate = "/ca_functionality/store_certificate";

    /// <summary>See certificates.</summary>
    public const string ViewCertificate = "/ca_functionality/view_certificate";

    /// <summary>See CAs.</summary>
    public const string ViewCa = "/ca_functionality/view_ca";

    /// <summary>Have CRLs made.</summary>
    public const string CreateCrl = "/ca_functionality/create_crl";

    /// <summary>Add end entities.</summary>
    public const string CreateEndEntity = "/ra_functionality/create_end_entity";

    /// <summary>Change end entities.</summary>
    public const string EditEndEntity = "/ra_functionality/edit_end_entity";

    /// <summary>Remove end entities.</summary>
    public const string DeleteEndEntity = "/ra_functionality/delete_end_entity";

    /// <summary>Revoke end entities and their certificates.</summary>
    public const string RevokeEndEntity = "/ra_functionality/revoke_end_entity";

    /// <summary>See end entities.</summary>
    public const string ViewEndEntity = "/ra_functionality/view_end_entity";

    /// <summary>Have private keys recovered. Opt-in: part of no template.</summary>
    public const string KeyRecovery = "/ra_functionality/keyrecovery";

    /// <summary>
    /// Have a key certified without a proof that its holder has it, on the RA's word (RFC 4211 §4: raVerified). Part of
    /// no template.
    /// </summary>
    public const string VouchForKey = "/ra_functionality/vouch_for_key";

    /// <summary>
    /// Bring a revoked end entity back to life by a new request. Never part of a template: a thief of an RA's key
    /// must not undo revocations.
    /// </summary>
    public const string ReactivateEndEntity = "/ra_functionality/reactivate_end_entity";

    /// <summary>Any CA.</summary>
    public const string AnyCa = "/ca/-1";

    /// <summary>One CA.</summary>
    public static string Ca(int caId) => string.Create(CultureInfo.InvariantCulture, $"/ca/{caId}");

    /// <summary>One verb, such as <c>create_end_entity</c>, under one end entity profile.</summary>
    public static string EndEntityProfile(int profileId, string verb) =>
        string.Create(CultureInfo.InvariantCulture, $"/endentityprofilesrules/{profileId}/{verb}");

    /// <summary>The verb a right on end entities ends with.</summary>
    public static string VerbOf(string resource) => resource[(resource.LastIndexOf('/') + 1)..];
}
