namespace Ca.Core.Notices;

/// <summary>Names one notice: one event of one thing, told to one target. There is never a second one.</summary>
/// <param name="About">Fingerprint of the certificate, or number of the approval.</param>
/// <param name="Event"><c>expiring/</c> and the threshold in seconds, or <c>approval</c>.</param>
/// <param name="Target">Who is told, as named in the configuration; at most 64 characters.</param>
public sealed record NoticeKey(string About, string Event, string Target);

/// <summary>Something that a target should be told now.</summary>
/// <param name="Key">Which notice it is.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Values">What can be said about it, by the names in <see cref="NoticeNames"/>. Names in them were written by strangers.</param>
/// <param name="HolderEmail">Address of the end entity; null: none is known.</param>
/// <param name="Attempt">The number of this attempt, from 1.</param>
public sealed record DueNotice(NoticeKey Key, NoticeKind Kind, IReadOnlyDictionary<string, string> Values, string? HolderEmail, int Attempt);

/// <summary>What notices are about.</summary>
public enum NoticeKind
{
    /// <summary>A certificate ends soon.</summary>
    Expiring,

    /// <summary>An approval waits for people.</summary>
    Approval,
}

/// <summary>The values of each kind of notice, and so the placeholders of its texts.</summary>
public static class NoticeNames
{
    /// <summary>Hex, lower case.</summary>
    public const string Serial = "serial";

    /// <summary>Canonical text.</summary>
    public const string SubjectDn = "subjectDn";

    /// <summary>Empty where there are none.</summary>
    public const string SubjectAltName = "subjectAltName";

    /// <summary>Of the end entity.</summary>
    public const string Username = "username";

    /// <summary>Of the issuing CA.</summary>
    public const string CaName = "caName";

    /// <summary>Of the certificate profile.</summary>
    public const string CertificateProfile = "certificateProfile";

    /// <summary>UTC, to the second.</summary>
    public const string NotAfter = "notAfter";

    /// <summary>Whole days until then.</summary>
    public const string DaysLeft = "daysLeft";

    /// <summary>Number of the approval.</summary>
    public const string Id = "id";

    /// <summary>What is asked for.</summary>
    public const string Type = "type";

    /// <summary>Who asked.</summary>
    public const string Requester = "requester";

    /// <summary>When, UTC.</summary>
    public const string RequestedAt = "requestedAt";

    /// <summary>Until when it waits, UTC.</summary>
    public const string ExpireAt = "expireAt";

    /// <summary>How many more people must agree.</summary>
    public const string Missing = "missing";

    /// <summary>The names of a kind.</summary>
    public static IReadOnlyList<string> Of(NoticeKind kind) => kind == NoticeKind.Expiring
        ? [Serial, SubjectDn, SubjectAltName, Username, CaName, CertificateProfile, NotAfter, DaysLeft]
        : [Id, Type, SubjectDn, SubjectAltName, Username, CaName, Requester, RequestedAt, ExpireAt, Missing];
}
