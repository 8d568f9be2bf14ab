using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Pki.Protocols.X509;

namespace Ca.Core.Importing;

/// <summary>A certificate that another system issued and kept.</summary>
public sealed record ImportedCertificate
{
    /// <summary>The certificate.</summary>
    public required Certificate Certificate { get; init; }

    /// <summary>Lower-case hex SHA-1 over the DER, computed and not believed.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Id of its CA here.</summary>
    public required int CaId { get; init; }

    /// <summary>Whose; null when nobody knows.</summary>
    public string? Username { get; init; }

    /// <summary>Status.</summary>
    public required CertificateStatus Status { get; init; }

    /// <summary>End entity or CA.</summary>
    public required CertificateType Type { get; init; }

    /// <summary>Certificate profile here; 0: not known.</summary>
    public int CertificateProfileId { get; init; }

    /// <summary>End entity profile here; 0: not known.</summary>
    public int EndEntityProfileId { get; init; }

    /// <summary>RFC 5280 §5.3.1; −1: never revoked; 8: was on hold.</summary>
    public int RevocationReason { get; init; } = -1;

    /// <summary>When it was revoked; null: it is not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When its status last changed.</summary>
    public required DateTimeOffset StatusChangedAt { get; init; }
}

/// <summary>An end entity of another system.</summary>
public sealed record ImportedEndEntity
{
    /// <summary>Key.</summary>
    public required string Username { get; init; }

    /// <summary>Canonical text.</summary>
    public required string SubjectDn { get; init; }

    /// <summary>SAN text.</summary>
    public string? SubjectAltName { get; init; }

    /// <summary>E-mail address.</summary>
    public string? Email { get; init; }

    /// <summary>A hash that <see cref="BulkImport.CanVerify"/> accepts or <see cref="BulkImport.Hash"/> made; null: a new secret must be set.</summary>
    public string? Secret { get; init; }

    /// <summary>Id of its CA here.</summary>
    public required int CaId { get; init; }

    /// <summary>End entity profile here.</summary>
    public required int EndEntityProfileId { get; init; }

    /// <summary>Certificate profile here.</summary>
    public required int CertificateProfileId { get; init; }

    /// <summary>1 user generated, 2 P12, 3 JKS, 4 PEM.</summary>
    public int TokenType { get; init; } = 1;

    /// <summary>Bit mask of CA_CORE §7.1.</summary>
    public int Type { get; init; } = 1;

    /// <summary>Status.</summary>
    public required EndEntityStatus Status { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Certificates it may still get.</summary>
    public int RequestsLeft { get; init; } = 1;

    /// <summary>−1: unlimited.</summary>
    public int MaxFailedLogins { get; init; } = -1;

    /// <summary>Guesses left; −1: unlimited.</summary>
    public int LoginsLeft { get; init; } = -1;

    /// <summary>CA_CORE §5.4.</summary>
    public string? StartTime { get; init; }

    /// <summary>CA_CORE §5.4.</summary>
    public string? EndTime { get; init; }

    /// <summary>Issue on hold or revoked; −1 normally.</summary>
    public int IssuanceRevocationReason { get; init; } = -1;

    /// <summary>What has no place here, as JSON; null: nothing.</summary>
    public string? LegacyExtra { get; init; }
}

/// <summary>A private key that another system kept, sealed by <see cref="BulkImport.SealAsync"/>.</summary>
/// <param name="CaId">Id of its certificate's CA here.</param>
/// <param name="Serial">Its certificate's serial number, lower-case hex.</param>
/// <param name="Username">Whose.</param>
/// <param name="IsMarked">Its user may fetch it.</param>
/// <param name="SealedKey">The key; empty where nothing will be stored.</param>
public sealed record ImportedKey(int CaId, string Serial, string Username, bool IsMarked, byte[] SealedKey);

/// <summary>What the key of a certificate is compared with.</summary>
/// <param name="Username">The certificate's user; null: nobody knows.</param>
/// <param name="PublicKeyDigest">SHA-256 of its public key.</param>
public sealed record KeyOwner(string? Username, byte[] PublicKeyDigest);

/// <summary>Rows that are taken over together, with the checkpoint behind them.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="StateBefore">The run's state as it must be now; null: the run begins.</param>
/// <param name="Certificates">Certificates.</param>
/// <param name="EndEntities">End entities.</param>
/// <param name="Texts">Certificate texts by fingerprint, to be asked for later.</param>
public sealed record ImportBatch(
    string Run, string? StateBefore, IReadOnlyList<ImportedCertificate> Certificates, IReadOnlyList<ImportedEndEntity> EndEntities, IReadOnlyList<KeyValuePair<string, string>> Texts)
{
    /// <summary>Kept keys.</summary>
    public IReadOnlyList<ImportedKey> Keys { get; init; } = [];
}

/// <summary>What taking over a batch did.</summary>
/// <param name="NewCertificates">Stored now.</param>
/// <param name="NewRevocations">Stored earlier, revoked now.</param>
/// <param name="Duplicates">Fingerprints of those that were not stored: their CA has another certificate of the same serial number.</param>
/// <param name="KeptRevocations">Stored earlier and revoked here, but not in the batch: they stay revoked.</param>
/// <param name="NewEndEntities">Stored now.</param>
public sealed record BatchResult(int NewCertificates, int NewRevocations, IReadOnlyList<string> Duplicates, int KeptRevocations, int NewEndEntities)
{
    /// <summary>Kept keys stored now.</summary>
    public int NewKeys { get; init; }
}
