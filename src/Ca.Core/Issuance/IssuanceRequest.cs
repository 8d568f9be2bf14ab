using Ca.Core.EndEntities;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>Asks for one certificate.</summary>
public sealed record IssuanceRequest
{
    /// <summary>Who asks.</summary>
    public required Actor Actor { get; init; }

    /// <summary>Names this request. A repeat under the same key finishes what the first began.</summary>
    public required InboxKey PlanKey { get; init; }

    /// <summary>Whose certificate.</summary>
    public required string Username { get; init; }

    /// <summary>The public key, in whatever form it came.</summary>
    public required RequestedKey Request { get; init; }

    /// <summary>Subject DN text; null: that of the registered end entity.</summary>
    public string? SubjectDn { get; init; }

    /// <summary>SAN text; counts together with <see cref="SubjectDn"/>.</summary>
    public string? SubjectAltName { get; init; }

    /// <summary>E-mail address; counts together with <see cref="SubjectDn"/>.</summary>
    public string? Email { get; init; }

    /// <summary>Name of the CA; null: the end entity's, or the profile's default.</summary>
    public string? CaName { get; init; }

    /// <summary>Name of the certificate profile; null: the end entity's, or the default.</summary>
    public string? CertificateProfile { get; init; }

    /// <summary>Name of the end entity profile; null: the end entity's, or EMPTY.</summary>
    public string? EndEntityProfile { get; init; }

    /// <summary>Register the end entity, or bring it into line with this request. Needs the rights to do so.</summary>
    public bool CreateOrEditUser { get; init; }

    /// <summary>A revoked end entity may be brought back. Needs a right of its own (FLAWS E5).</summary>
    public bool ReactivateRevokedUser { get; init; }

    /// <summary>The end entity's secret, where it enrols itself.</summary>
    public Secret? Secret { get; init; }

    /// <summary>
    /// In place of <see cref="Secret"/>: the end entity's code, as the core keeps it, with which a MAC of its was verified. It
    /// is spent as one that was shown; another one that was set meanwhile is not.
    /// </summary>
    public SealedCode? ProvenCode { get; init; }

    /// <summary>The end entity enrols itself.</summary>
    internal bool ShowsSecret => Secret is not null || ProvenCode is not null;

    /// <summary>
    /// Somebody has compared <see cref="Secret"/> already, before making a key for whoever sent it. It does not count
    /// twice.
    /// </summary>
    internal bool SecretIsVerified { get; init; }

    /// <summary>
    /// A certificate of this device that it proved to hold. If it is valid, of this CA, of this user and has the same
    /// subject, it stands in for the secret.
    /// </summary>
    public Certificate? RenewedCertificate { get; init; }

    /// <summary>
    /// A certificate that an RA names to have it replaced. It must be as good as a renewed one, but proves nothing about who
    /// asks: that needs the right to edit the end entity as it is now, and the approvals that go with it (FLAWS E11).
    /// </summary>
    public Certificate? ReplacedCertificate { get; init; }

    /// <summary>The certificate that the new one follows, whoever named it.</summary>
    internal Certificate? OldCertificate => RenewedCertificate ?? ReplacedCertificate;

    /// <summary>
    /// An active certificate for the same key, subject, user and profile issued this recently is returned instead of a
    /// second one: a client that repeats itself under a new transaction gets the same certificate (SCEP T-11).
    /// </summary>
    public TimeSpan? ReuseWindow { get; init; }

    /// <summary>
    /// One certificate of a card that has two: CA and certificate profile may be others than the end entity is registered
    /// with.
    /// </summary>
    internal CardHalf? CardHalf { get; init; }

    /// <summary>See <see cref="EndEntityData.TokenType"/>; null: as registered.</summary>
    public int? TokenType { get; init; }

    /// <summary>The key is made here and kept, so that it can be recovered.</summary>
    public bool KeyRecoverable { get; init; }

    /// <summary>See <see cref="EndEntityData.StartTime"/>.</summary>
    public string? StartTime { get; init; }

    /// <summary>See <see cref="EndEntityData.EndTime"/>.</summary>
    public string? EndTime { get; init; }

    /// <summary>
    /// Looks at the certificate as it would be, not signed yet, before anything is planned: what it returns is the refusal.
    /// For requesters who would rather have none than another one.
    /// </summary>
    public Func<Certificate, Refusal?>? Objection { get; init; }

    /// <summary>What the plan is bound to: everything that decides about the certificate, the public key included.</summary>
    internal byte[] Digest()
    {
        using var digest = new CanonicalDigest();
        return digest.Add(Username).Add(Request.Encoded.Span).Add(SubjectDn).Add(SubjectAltName).Add(Email).Add(CaName)
            .Add(CertificateProfile).Add(EndEntityProfile).Add(CreateOrEditUser ? "edit" : "").Add(StartTime).Add(EndTime)
            .Add(TokenType?.ToString(System.Globalization.CultureInfo.InvariantCulture)).Add(KeyRecoverable ? "recoverable" : "")
            .Add(OldCertificate?.Sha256Fingerprint() ?? []).Finish();
    }
}

/// <summary>Which of a card's certificates.</summary>
internal enum CardHalf
{
    /// <summary>The first: its end entity is not finished yet.</summary>
    First,

    /// <summary>The second.</summary>
    Second,
}

/// <summary>A certificate that was made for a request.</summary>
/// <remarks>
/// It must not leave before the work it was staged into is committed: until then nothing but the plan says that it
/// exists, and a crash would leave a certificate in the world that the CA does not know.
/// </remarks>
/// <param name="Certificate">The certificate.</param>
/// <param name="Chain">The CA's chain: its own certificate first, the root last.</param>
/// <param name="Reused">It was issued before, for a request like this one.</param>
public sealed record Issued(Certificate Certificate, IReadOnlyList<Certificate> Chain, bool Reused = false);
