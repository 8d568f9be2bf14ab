using System.Globalization;
using System.Security.Cryptography;
using Ca.Core.Approvals;
using Ca.Core.Audit;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Ledger;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>What issuing writes: the plan first, and later everything that follows from the signature.</summary>
internal sealed class Effects(TimeProvider clock)
{
    public PlanRow PlanOf(IssuanceOrder order, Composition composition, byte[] requestDigest) => new()
    {
        UniqueId = order.Request.PlanKey.UniqueId,
        RequestHash = order.Request.PlanKey.RequestHash,
        Part = order.Request.PlanKey.Index,
        CaId = order.Ca.Id,
        Serial = composition.Serial.ToString(),
        Username = order.Data.Username,
        CertificateProfileId = order.Profile.Id,
        EndEntityProfileId = order.EndEntityProfile.Id,
        RequestDigest = requestDigest,
        TbsDigest = SHA256.HashData(composition.Tbs),
        Tbs = composition.Tbs,
        SignatureAlgorithm = Der.Encode(composition.Algorithm),
        SealedKey = order.Request.Request.SealedKey,
        CaFingerprint = order.Ca.Fingerprint,
        At = clock.GetUtcNow(),
    };

    /// <summary>The first commit. A plan that somebody left behind for the same user goes.</summary>
    public static CaWork PlanWork(IssuanceOrder order, PlanRow plan, IReadOnlyList<ClaimRow> claims, PlanRow? leftBehind)
    {
        var work = new CaWork();
        if (leftBehind is not null)
        {
            Abandon(work, leftBehind, "left behind");
        }

        if (plan.ApprovalId is { } approval)
        {
            ApprovalChanges.Reserve(work, approval);
        }

        work.RequireUnanswered(order.Request.PlanKey);
        work.Stage(db =>
        {
            db.Add(plan);
            db.AddRange(claims);
        });
        work.Audit(Entry(AuditEvents.CertRequest, order, plan.Serial)
            .With("subjectDn", order.Subject.ToString()).With("subjectAltName", order.Data.SubjectAltName)
            .With("certificateProfile", order.Profile.Name).With("endEntityProfile", order.EndEntityProfile.Name)
            .With("publicKeySha256", Convert.ToHexStringLower(order.Request.Request.PublicKey.Sha256()))
            .With("tbsSha256", Convert.ToHexStringLower(plan.TbsDigest))
            .With("request", order.Request.PlanKey.ToString()));
        return work;
    }

    public static CaWork AbandonWork(PlanRow plan, string why)
    {
        var work = new CaWork();
        Abandon(work, plan, why);
        return work;
    }

    /// <summary>Into the second commit: certificate, end entity, audit; the plan goes.</summary>
    public void Stage(CaWork work, IssuanceOrder order, Admission admission, PlanRow plan, Certificate certificate)
    {
        DateTimeOffset now = clock.GetUtcNow();
        CertificateRow row = CertificateRows.Of(certificate, order.Ca.Id, CertificateType.EndEntity, now);
        row.Username = order.Data.Username;
        row.SubjectAltName = certificate.SubjectAltName?.ToString();
        row.CertificateProfileId = plan.CertificateProfileId;
        row.EndEntityProfileId = plan.EndEntityProfileId;
        EndEntityRow user = admission.User;
        if (user.IssuanceRevocationReason >= 0)
        {
            row.Status = CertificateStatus.Revoked;
            row.RevocationReason = user.IssuanceRevocationReason;
            row.RevokedAt = now;
        }

        if (order.Request.CardHalf != CardHalf.First)
        {
            Finish(user, order.Ca.Settings, now);
        }

        if (plan.ApprovalId is { } approval)
        {
            ApprovalChanges.Spend(work, approval, order.Request.Actor, row.Fingerprint, now);
        }

        work.ActFor(order.Request.Actor);
        work.Claim(user.Username);
        work.Stage(db =>
        {
            db.Remove(plan);
            db.Add(row);
            _ = admission.IsNew ? db.Add(user.Copy()) : db.Update(user.Copy());
        });
        if (admission.IsNew || admission.IsEdited)
        {
            work.Audit(Entry(admission.IsNew ? AuditEvents.RaAddEndEntity : AuditEvents.RaEditEndEntity, order, null) with { Module = "RA" });
        }

        work.Audit(Entry(AuditEvents.CertCreation, order, row.Serial)
            .With("fingerprint", row.Fingerprint).With("certificate", Convert.ToBase64String(row.Encoded))
            .With("request", order.Request.PlanKey.ToString()));
    }

    public static AuditEntry ReuseEntry(IssuanceRequest request, IssuanceOrder order, CertificateRow earlier) =>
        Entry(AuditEvents.CertRequest, order, earlier.Serial) with
        {
            Status = AuditStatus.Void,
            Details = [new("reused", earlier.Fingerprint), new("request", request.PlanKey.ToString())],
        };

    public static AuditEntry RefusalEntry(IssuanceRequest request, Refusal refusal) =>
        new AuditEntry(refusal.Code == RefusalCode.NotAuthorized ? AuditEvents.AccessControl : AuditEvents.CertCreation, AuditStatus.Failure, request.Actor.Name)
        {
            SearchDetail2 = request.Username.Length <= 250 ? request.Username : request.Username[..250],
        }.With("refusal", refusal.ToString()).With("request", request.PlanKey.ToString());

    /// <summary>CA_CORE §7.3 step 3.</summary>
    private static void Finish(EndEntityRow user, AuthoritySettings settings, DateTimeOffset now)
    {
        user.ModifiedAt = now;
        user.LoginsLeft = user.MaxFailedLogins;
        user.RequestsLeft = Math.Max(0, user.RequestsLeft - 1);
        if (user.RequestsLeft == 0 && settings.FinishUser)
        {
            user.Status = EndEntityStatus.Generated;
            user.ForgetSecret();
        }
    }

    private static void Abandon(CaWork work, PlanRow plan, string why)
    {
        work.Stage(db => db.Remove(plan));
        work.Audit(new AuditEntry(AuditEvents.CertCreation, AuditStatus.Failure, "CORE")
        {
            CustomId = plan.CaId.ToString(CultureInfo.InvariantCulture),
            SearchDetail1 = plan.Serial,
            SearchDetail2 = plan.Username,
        }.With("plan", "abandoned: " + why));
    }

    private static AuditEntry Entry(string auditEvent, IssuanceOrder order, string? serial) => new(auditEvent, AuditStatus.Success, order.Request.Actor.Name)
    {
        CustomId = order.Ca.Id.ToString(CultureInfo.InvariantCulture),
        SearchDetail1 = serial,
        SearchDetail2 = order.Data.Username,
    };
}
