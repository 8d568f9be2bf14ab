using Ca.Core.Ledger;
using Ca.Core.Roles;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>One certificate of a card and the request to renew it.</summary>
/// <param name="Old">The certificate on the card.</param>
/// <param name="Request">Signed by its key, for the same key.</param>
/// <param name="ProfileId">Certificate profile; null: that of the old certificate.</param>
/// <param name="CaId">CA; null: that of the old certificate.</param>
public sealed record CardCertificate(Certificate Old, CertificationRequest Request, int? ProfileId, int? CaId);

/// <summary>Asks for both certificates of a card to be renewed.</summary>
/// <param name="Actor">Who asks.</param>
/// <param name="PlanKey">Names this request.</param>
/// <param name="Authentication">For authentication; made first.</param>
/// <param name="Signature">For signatures.</param>
public sealed record CardRenewalOrder(Actor Actor, InboxKey PlanKey, CardCertificate Authentication, CardCertificate Signature);

/// <summary>The new certificates.</summary>
/// <param name="Authentication">For authentication.</param>
/// <param name="Signature">For signatures.</param>
public sealed record RenewedCard(Certificate Authentication, Certificate Signature);
