using Ca.Core.Authorities;
using Ca.Core.EndEntities;
using Ca.Core.Importing;
using Pki.Migration.Certificates;
using Pki.Migration.Import;
using Pki.Migration.Sources;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Users;

/// <summary>A row of UserData by the rules of MIGRATION §2.2 and §5.</summary>
/// <param name="names">What is here.</param>
/// <param name="hash">Makes our hash of a clear password; null: clear passwords are not taken over.</param>
internal sealed class UserMapper(SiteNames names, Func<Secret, string>? hash)
{
    public const string CaUserNote = "user of a CA itself: not needed";
    public const string InProcessNote = "status INPROCESS became NEW: the old worker is gone";
    public const string KeyRecoveryNote = "status KEYRECOVERY became GENERATED: no marked key is here";
    public const string HardTokenNote = "token type became USERGENERATED";
    public const string ResetNote = "password must be set anew: its hash cannot be verified here";
    public const string ClearNote = "clear password left behind";
    public const string ClearTakenNote = "clear password taken over as a hash";
    public const string EncryptedNote = "clear password is encrypted: left behind";
    public const string WellKnownNote = "password left behind: it is empty or one that everybody knows";
    public const string NoSecretNote = "may not enrol until somebody sets a password and status NEW: became INITIALIZED, having no password of its own here";
    public const string PendingNote = "may enrol now: status NEW, FAILED, INPROCESS or KEYRECOVERY with a password";
    public const string ExtraNote = "extended information without a place here: kept as JSON";
    public const string TypeNote = "type bits without a meaning here were dropped";

    public const int MaxUsername = 250;

    private const int KnownTypes = 0x1 | 0x80 | 0x100 | 0x200;

    /// <param name="row">The row.</param>
    /// <param name="hasMarkedKey">A kept key of this user came along, and it is the one to be fetched.</param>
    public Mapped<ImportedEndEntity> Map(LegacyRow row, bool hasMarkedKey = false)
    {
        if (row.Problem is not null || row.Text("username") is not { } username || username.Length > MaxUsername || username.Any(char.IsControl))
        {
            return Mapped<ImportedEndEntity>.SetAside(row.Problem ?? $"username is missing, longer than {MaxUsername} characters or has control characters");
        }

        if (!DistinguishedName.Parse(row.Text("subjectDN") ?? "").Succeeded(out DistinguishedName? subject, out Refusal? refusal))
        {
            return Mapped<ImportedEndEntity>.SetAside($"subjectDN: {refusal.Detail}");
        }

        if (names.Cas.Any(known => known.Certificate.Subject.Equals(subject)))
        {
            return Mapped<ImportedEndEntity>.PassedOver(CaUserNote);
        }

        if (names.FindCa(row.Number32("cAId", 0)) is not { } ca)
        {
            return Mapped<ImportedEndEntity>.SetAside($"cAId {row.Number32("cAId", 0)} is no CA here: bring that CA in first, or name it in the map");
        }

        return ExtendedInformation.Read(row.Text("extendedInformationData")).Succeeded(out ExtendedInformation? extended, out refusal)
            ? Map(row, username, subject, ca, extended, hasMarkedKey)
            : Mapped<ImportedEndEntity>.SetAside($"extendedInformationData: {refusal.Detail}");
    }

    private Mapped<ImportedEndEntity> Map(LegacyRow row, string username, DistinguishedName subject, CertificateAuthority ca, ExtendedInformation extended, bool hasMarkedKey)
    {
        (int certificateProfile, int endEntityProfile) = (row.Number32("certificateProfileId", 0), row.Number32("endEntityProfileId", 0));
        if (names.CertificateProfile(certificateProfile) is not { } certificateProfileId || names.EndEntityProfile(endEntityProfile) is not { } endEntityProfileId)
        {
            return Mapped<ImportedEndEntity>.SetAside($"certificateProfileId {certificateProfile} or endEntityProfileId {endEntityProfile} is not known here: name it in the map");
        }

        if (!Texts(row, extended).All(Storable.Is))
        {
            return Mapped<ImportedEndEntity>.SetAside("a text has characters that cannot be stored");
        }

        List<string> notes = [];
        if (Status(row, hasMarkedKey, notes) is not { } status)
        {
            return Mapped<ImportedEndEntity>.SetAside($"status {row.Text("status") ?? "NULL"} is none that a user can have");
        }

        int tokenType = row.Number32("tokenType", 1);
        Note(notes, tokenType is < 1 or > 4, HardTokenNote);
        tokenType = tokenType is < 1 or > 4 ? 1 : tokenType;
        int type = row.Number32("type", 1);
        Note(notes, (type & ~KnownTypes) != 0, TypeNote);
        Note(notes, extended.Rest is not null, ExtraNote);
        string? secret = SecretOf(row, status, tokenType, notes);
        bool isPending = status is EndEntityStatus.New or EndEntityStatus.Failed or EndEntityStatus.KeyRecovery;
        Note(notes, secret is not null && isPending, PendingNote);
        if (secret is null && isPending && status != EndEntityStatus.KeyRecovery)
        {
            notes.Add(NoSecretNote);
            status = EndEntityStatus.Initialized;
        }

        DateTimeOffset modified = CertificateMapper.Time(row.Number64("timeModified")) ?? DateTimeOffset.UnixEpoch;
        return new(
            new()
            {
                Username = username,
                SubjectDn = subject.ToString(),
                SubjectAltName = row.Text("subjectAltName"),
                Email = row.Text("subjectEmail"),
                Secret = secret,
                CaId = ca.Id,
                CertificateProfileId = certificateProfileId,
                EndEntityProfileId = endEntityProfileId,
                TokenType = tokenType,
                Type = (type & KnownTypes) | 1,
                Status = status,
                CreatedAt = CertificateMapper.Time(row.Number64("timeCreated")) ?? modified,
                ModifiedAt = modified,
                RequestsLeft = extended.RequestsLeft,
                MaxFailedLogins = extended.MaxFailedLogins,
                LoginsLeft = extended.LoginsLeft,
                StartTime = extended.StartTime,
                EndTime = extended.EndTime,
                IssuanceRevocationReason = extended.IssuanceRevocationReason,
                LegacyExtra = extended.Rest,
            },
            null,
            notes);
    }

    private static IEnumerable<string?> Texts(LegacyRow row, ExtendedInformation extended) =>
        [row.Text("username"), row.Text("subjectDN"), row.Text("subjectAltName"), row.Text("subjectEmail"), extended.StartTime, extended.EndTime, extended.Rest];

    private static EndEntityStatus? Status(LegacyRow row, bool hasMarkedKey, List<string> notes)
    {
        switch (row.Number32("status", -1))
        {
            case (int)EndEntityStatus.InProcess:
                notes.Add(InProcessNote);
                return EndEntityStatus.New;
            case (int)EndEntityStatus.KeyRecovery when !hasMarkedKey:
                notes.Add(KeyRecoveryNote);
                return EndEntityStatus.Generated;
            case var status when Enum.IsDefined((EndEntityStatus)status):
                return (EndEntityStatus)status;
            default:
                return null;
        }
    }

    /// <summary>The hash as it is where it can be verified; a clear password only where somebody is waiting for a key store (MIGRATION §5).</summary>
    private string? SecretOf(LegacyRow row, EndEntityStatus status, int tokenType, List<string> notes)
    {
        if (row.Text("clearPassword") is { } clear)
        {
            bool isEncrypted = clear.StartsWith("encrypted:", StringComparison.OrdinalIgnoreCase);
            bool isWanted = status is EndEntityStatus.New or EndEntityStatus.Failed or EndEntityStatus.KeyRecovery && tokenType is >= 2 and <= 4;
            using Secret password = Secret.FromText(clear);
            if (!isEncrypted && BulkImport.IsWellKnown(password))
            {
                notes.Add(WellKnownNote);
                return null; // whatever its hash says: it is of the same password
            }

            if (hash is not null && isWanted && !isEncrypted)
            {
                notes.Add(ClearTakenNote);
                return hash(password);
            }

            notes.Add(isEncrypted ? EncryptedNote : ClearNote);
        }

        string? legacy = row.Text("passwordHash");
        if (legacy is not null && BulkImport.IsWellKnown(legacy, status))
        {
            notes.Add(WellKnownNote);
            return null;
        }

        bool verifiable = legacy is not null && BulkImport.CanVerify(legacy);
        Note(notes, legacy is not null && !verifiable, ResetNote);
        return verifiable ? legacy : null;
    }

    private static void Note(List<string> notes, bool applies, string note)
    {
        if (applies)
        {
            notes.Add(note);
        }
    }
}
