using System.Globalization;
using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Roles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>How the end entity will look when the certificate is stored.</summary>
/// <param name="User">The row to write.</param>
/// <param name="IsNew">It is inserted.</param>
/// <param name="IsEdited">Its data were brought into line with the request.</param>
internal sealed record Admission(EndEntityRow User, bool IsNew, bool IsEdited);

/// <summary>
/// May this certificate be made for this end entity? Authorisation, end entity status, profile rules (CA_CORE §6.3,
/// §7.2, §8 steps 1 and 3). Decides on facts only; changes nothing.
/// </summary>
internal sealed class Admissions(TimeProvider clock)
{
    private static readonly EndEntityStatus[] MayEnrol = [EndEntityStatus.New, EndEntityStatus.Failed, EndEntityStatus.InProcess, EndEntityStatus.KeyRecovery];

    /// <summary>One text for an unknown user, a wrong secret and a wrong status: none can be told from the others.</summary>
    public static Refusal WrongCredentials { get; } = new(RefusalCode.NotAuthorized, "Wrong user name or secret, or the user may not enrol.");

    /// <summary>Who may not see the end entity may not try its secret either (CA_CORE §12.4). An unknown user is no answer.</summary>
    public static Refusal? CheckView(Actor actor, EndEntityRow? user) =>
        actor.May(AccessResources.ViewEndEntity) && (user is null || actor.May(AccessResources.ViewEndEntity, user.EndEntityProfileId))
            ? null
            : Denied(actor, "see the end entity");

    public static bool StatusAllowsEnrolment(EndEntityStatus status) => MayEnrol.Contains(status);

    /// <summary>Decides; <paramref name="authenticated"/> says that the end entity's secret was right.</summary>
    public Outcome<Admission> Decide(IssuanceOrder order, Facts facts, bool authenticated)
    {
        Actor actor = order.Request.Actor;
        if (!actor.May(AccessResources.CreateCertificate) || !actor.May(AccessResources.Ca(order.Ca.Id)))
        {
            return Denied(actor, $"create certificates of CA '{order.Ca.Name}'");
        }

        if (order.Request.OldCertificate is { } old && CheckOld(order, old, facts.Renewed) is { } bad)
        {
            return bad;
        }

        if (!Choose(order, facts.User, authenticated).Succeeded(out Admission? admission, out Refusal? refusal))
        {
            return refusal;
        }

        return EndEntityRules.Check(order.EndEntityProfile, order.Data, order.Subject, order.Profile, order.Ca.Name, isNew: false) is { } broken
            ? broken
            : admission;
    }

    /// <summary>What a request that repeats an earlier one has already got (SCEP T-11, MIGRATION §7).</summary>
    public CertificateRow? FindReusable(IssuanceOrder order, Facts facts)
    {
        if (order.Request.ReuseWindow is not { } window)
        {
            return null;
        }

        DateTimeOffset now = clock.GetUtcNow();
        byte[] key = order.Request.Request.PublicKey.Sha256();
        CertificateNames? names = CertificateNames.Of(order).Succeeded(out CertificateNames? known, out _) ? known : null;
        return facts.UsersCertificates.Where(c =>
                c.CaId == order.Ca.Id && (c.CertificateProfileId == order.Profile.Id || c.CertificateProfileId == CertificateRow.UnknownProfile)
                && c.Status is CertificateStatus.Active or CertificateStatus.NotifiedAboutExpiration
                && c.ExpireAt > now && c.IssuedAt >= now - window
                && c.PublicKeyDigest.AsSpan().SequenceEqual(key)
                && names?.AreThoseOf(Der.DecodeBer<Certificate>(c.Encoded).OrThrow()) == true)
            .MaxBy(c => c.IssuedAt);
    }

    private Outcome<Admission> Choose(IssuanceOrder order, EndEntityRow? user, bool authenticated) => (user, order.Request) switch
    {
        (null, { CreateOrEditUser: true }) => Add(order),
        (null, _) => WrongCredentials,
        ({ } there, { CreateOrEditUser: true }) => Edit(order, there),
        ({ } there, { ShowsSecret: true }) => authenticated && StatusAllowsEnrolment(there.Status) ? Keep(order, there) : WrongCredentials,
        ({ Status: EndEntityStatus.Revoked }, _) => new Refusal(RefusalCode.Revoked, $"User '{order.Data.Username}' is revoked."),
        ({ } there, { RenewedCertificate: not null }) => Keep(order, there),
        ({ } there, { ReplacedCertificate: not null }) => Replace(order, there),
        ({ } there, _) => ForExisting(order, there),
    };

    private Outcome<Admission> Add(IssuanceOrder order)
    {
        if (!order.Request.Actor.May(AccessResources.CreateEndEntity, order.EndEntityProfile.Id))
        {
            return Denied(order.Request.Actor, $"add end entities under profile '{order.EndEntityProfile.Name}'");
        }

        DateTimeOffset now = clock.GetUtcNow();
        var user = new EndEntityRow { Username = order.Data.Username, SubjectDn = "", CreatedAt = now };
        Apply(order, user);
        return new Admission(user, IsNew: true, IsEdited: false);
    }

    /// <summary>
    /// Whatever its status, the end entity is brought into line with the request (FLAWS E4); a revoked one only when
    /// that is asked for and allowed (E5).
    /// </summary>
    private static Outcome<Admission> Edit(IssuanceOrder order, EndEntityRow user)
    {
        Actor actor = order.Request.Actor;
        bool mayEdit = actor.May(AccessResources.Ca(user.CaId))
            && new[] { order.EndEntityProfile.Id, user.EndEntityProfileId }.All(profile => actor.May(AccessResources.EditEndEntity, profile));
        if (!mayEdit && !(order.Request.RenewedCertificate is not null && IsSame(order, user)))
        {
            return Denied(actor, $"edit end entities under profile '{order.EndEntityProfile.Name}'");
        }

        if (user.Status == EndEntityStatus.Revoked)
        {
            if (!order.Request.ReactivateRevokedUser)
            {
                return new Refusal(RefusalCode.Revoked, $"User '{user.Username}' is revoked.");
            }

            if (!actor.May(AccessResources.ReactivateEndEntity, order.EndEntityProfile.Id))
            {
                return Denied(actor, $"reactivate end entities under profile '{order.EndEntityProfile.Name}'");
            }
        }

        Apply(order, user);
        return new Admission(user, IsNew: false, IsEdited: true);
    }

    private static Outcome<Admission> ForExisting(IssuanceOrder order, EndEntityRow user) =>
        CheckMaySpeakFor(order, user) is { } denied ? denied
        : StatusAllowsEnrolment(user.Status) ? Keep(order, user)
        : new Refusal(RefusalCode.Conflict, $"User '{user.Username}' has the wrong status {user.Status}.");

    /// <summary>The certificate that is replaced was issued; so the status says nothing, and the right must be one over the end entity as it is now.</summary>
    private static Outcome<Admission> Replace(IssuanceOrder order, EndEntityRow user) =>
        CheckMaySpeakFor(order, user) is { } denied ? denied : Keep(order, user);

    private static Refusal? CheckMaySpeakFor(IssuanceOrder order, EndEntityRow user) =>
        order.Request.Actor.May(AccessResources.EditEndEntity, user.EndEntityProfileId) ? null : Denied(order.Request.Actor, "issue for an end entity without its secret");

    /// <summary>The end entity stays as it is, so the request must not say anything else (FLAWS E4).</summary>
    private static Outcome<Admission> Keep(IssuanceOrder order, EndEntityRow user) =>
        IsSame(order, user)
            ? new Admission(user, IsNew: false, IsEdited: false)
            : new Refusal(RefusalCode.Conflict, $"User '{user.Username}' is registered with other data than the request names.");

    private static bool IsSame(IssuanceOrder order, EndEntityRow user) =>
        user.SubjectDn == order.Data.SubjectDn && user.SubjectAltName == order.Data.SubjectAltName && user.Email == order.Data.Email
        && user.EndEntityProfileId == order.EndEntityProfile.Id
        && (order.Request.CardHalf is not null || (user.CaId == order.Ca.Id && user.CertificateProfileId == order.Profile.Id));

    private static void Apply(IssuanceOrder order, EndEntityRow user)
    {
        user.SubjectDn = order.Data.SubjectDn;
        user.SubjectAltName = order.Data.SubjectAltName;
        user.Email = order.Data.Email;
        user.CaId = order.Ca.Id;
        user.CertificateProfileId = order.Profile.Id;
        user.EndEntityProfileId = order.EndEntityProfile.Id;
        user.TokenType = order.Data.TokenType;
        user.Type |= order.Data.KeyRecoverable ? EndEntityRow.KeyRecoverable : 0;
        user.StartTime = order.Data.StartTime;
        user.EndTime = order.Data.EndTime;
        user.Status = EndEntityStatus.New;
        user.RequestsLeft = user.AllowedRequests;
        user.LoginsLeft = user.MaxFailedLogins;
        user.ForgetSecret(); // a request by an RA never leaves a user behind who could enrol elsewhere (FLAWS E2)
    }

    /// <summary>The device's old certificate: ours, of this user, in force and for the same subject.</summary>
    private Refusal? CheckOld(IssuanceOrder order, Certificate old, CertificateRow? row)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (row is null || row.CaId != order.Ca.Id || !row.Encoded.AsSpan().SequenceEqual(old.Encoded.Span))
        {
            return new(RefusalCode.UnknownIssuer, $"The renewed certificate was not issued by CA '{order.Ca.Name}'.");
        }

        return (row.Status, row) switch
        {
            (CertificateStatus.Revoked, _) => new(RefusalCode.Revoked, $"The renewed certificate {row.Serial} is revoked."),
            (CertificateStatus.Inactive, _) => new(RefusalCode.NotBound, $"The renewed certificate {row.Serial} was never put into use."),
            (CertificateStatus.Archived, _) => new(RefusalCode.Expired, $"The renewed certificate {row.Serial} has expired."),
            var (_, c) when c.ExpireAt <= now || c.NotBefore > now => new(RefusalCode.Expired, $"The renewed certificate {row.Serial} is not valid now."),
            var (_, c) when c.Username != order.Data.Username => new(RefusalCode.NotBound, $"The renewed certificate {row.Serial} belongs to another user."),
            _ when !old.Subject.Equals(order.Subject) => new(RefusalCode.NotBound, $"The renewed certificate {row.Serial} has another subject."),
            _ => null,
        };
    }

    private static Refusal Denied(Actor actor, string what) => new(RefusalCode.NotAuthorized, string.Create(CultureInfo.InvariantCulture, $"'{actor.Name}' may not {what}."));
}
