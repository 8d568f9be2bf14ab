using System.Security.Cryptography;
using Ca.Core.Approvals;
using Ca.Core.EndEntities;
using Ca.Core.Storage;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>What people approve when a certificate is asked for: the end entity as it will be, and the very key.</summary>
internal static class IssuanceApproval
{
    private const int ShortValue = 64;

    /// <summary>
    /// An end entity that proves to be itself, by its secret or by a certificate of its own, and stays as it is registered was
    /// approved when it was registered. Everything else an RA does in its name needs people (FLAWS E11).
    /// </summary>
    public static bool IsNeeded(IssuanceRequest request, Admission admission, bool authenticated) =>
        admission.IsNew || admission.IsEdited || !(authenticated || request.RenewedCertificate is not null || request.CardHalf is not null);

    /// <summary>Whichever is more: where the end entity is now, or where it shall be.</summary>
    public static int Required(IssuanceOrder order, EndEntityRow? before, ConfigurationSnapshot configuration) => Math.Max(
        ApprovalRules.Required(ApprovalAction.AddEditEndEntity, order.Ca.Settings.Approvals, order.Profile.Approvals),
        EndEntityApproval.Required(before, configuration, ApprovalAction.AddEditEndEntity));

    /// <param name="order">What is to be made.</param>
    /// <param name="before">The end entity as it is now; null: it is new.</param>
    /// <param name="configuration">Names of CAs and profiles.</param>
    public static ApprovalContent Of(IssuanceOrder order, EndEntityRow? before, ConfigurationSnapshot configuration)
    {
        RequestedKey key = order.Request.Request;
        return new()
        {
            Type = before is null ? ApprovalType.AddEndEntity : ApprovalType.EditEndEntity,
            CaId = order.Ca.Id,
            EndEntityProfileId = order.EndEntityProfile.Id,
            CertificateProfileId = order.Profile.Id,
            Username = order.Data.Username,
            Facts =
            [
                .. EndEntityApproval.Facts(order.Data, order.Ca, order.EndEntityProfile, order.Profile, before, configuration),
                new(ApprovalContent.PublicKey, key.MadeAs is null ? Convert.ToHexStringLower(key.PublicKey.Sha256()) : ApprovalContent.ServerKey),
                new("key", key.MadeAs ?? key.PublicKey.Description),
                new("requestedSubject", key.Subject.IsEmpty ? null : key.Subject.ToString()),
                new("requestedExtensions", key.RequestedExtensions.Count == 0 ? null : string.Join(' ', key.RequestedExtensions.Select(TextOf))),
                new("renews", order.Request.OldCertificate is { } old ? Convert.ToHexStringLower(old.Sha256Fingerprint()) : null),
            ],
            Fingerprints = key.MadeAs is null ? FingerprintsOf(key) : [],
        };
    }

    private static string TextOf(CertificateExtension extension) => extension.Value.Length <= ShortValue
        ? $"{extension.Oid}={Convert.ToHexStringLower(extension.Value.Span)}"
        : $"{extension.Oid}=sha256:{Convert.ToHexStringLower(SHA256.HashData(extension.Value.Span))}";

    /// <summary>As the RA logs them and as routers show them.</summary>
    private static IReadOnlyList<string> FingerprintsOf(RequestedKey key) =>
    [
        "request SHA-256 " + Convert.ToHexStringLower(SHA256.HashData(key.Encoded.Span)),
        "request SHA-1 " + Convert.ToHexStringLower(SHA1.HashData(key.Encoded.Span)),
        "request MD5 " + Convert.ToHexStringLower(MD5.HashData(key.Encoded.Span)),
        "key SHA-1 " + Convert.ToHexStringLower(SHA1.HashData(key.PublicKey.Encoded.Span)),
        "key MD5 " + Convert.ToHexStringLower(MD5.HashData(key.PublicKey.Encoded.Span)),
    ];
}
