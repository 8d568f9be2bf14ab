using Ca.Core.Approvals;
using Ca.Core.EndEntities;
using Ca.Core.Storage;

namespace Ca.Core.Issuance;

/// <summary>What people approve when a card is renewed: both certificates at once, since one alone is of no use.</summary>
internal static class CardApproval
{
    public static int Required(IEnumerable<IssuanceRequest> halves, EndEntityRow user, ConfigurationSnapshot configuration) => halves
        .Select(half => configuration.FindCa(half.CaName!) is { } ca
            ? ApprovalRules.Required(ApprovalAction.AddEditEndEntity, ca.Settings.Approvals, configuration.CertificateProfiles.GetValueOrDefault(half.CertificateProfile!)?.Approvals)
            : 0)
        .Append(EndEntityApproval.Required(user, configuration, ApprovalAction.AddEditEndEntity)).Max();

    public static ApprovalContent Of(CardRenewalOrder order, IssuanceRequest authentication, IssuanceRequest signature, EndEntityRow user) => new()
    {
        Type = ApprovalType.EditEndEntity,
        CaId = user.CaId,
        EndEntityProfileId = user.EndEntityProfileId,
        CertificateProfileId = user.CertificateProfileId,
        Username = user.Username,
        Facts =
        [
            new(ApprovalContent.SubjectDn, user.SubjectDn),
            new(ApprovalContent.SubjectAltName, user.SubjectAltName),
            .. FactsOf("authentication", order.Authentication, authentication),
            .. FactsOf("signature", order.Signature, signature),
        ],
    };

    private static IEnumerable<ApprovalFact> FactsOf(string which, CardCertificate card, IssuanceRequest half) =>
    [
        new(which + "Renews", card.Old.Serial.ToString()),
        new(which + "CaName", half.CaName),
        new(which + "CertificateProfile", half.CertificateProfile),
        new(which + "PublicKeySha256", Convert.ToHexStringLower(card.Request.PublicKey.Sha256())),
    ];
}
