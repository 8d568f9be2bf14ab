using Ca.Core.Notices;
using Microsoft.Extensions.Options;

namespace CaServiceWorker.Notifications;

/// <summary>The text of each kind of notice: built in, or from files.</summary>
internal sealed class NoticeTexts
{
    private const string Expiring = """
        Subject: Certificate of {subjectDn} ends in {daysLeft} days

        A certificate ends soon and nothing has replaced it yet.

        Subject:            {subjectDn}
        Alternative names:  {subjectAltName}
        End entity:         {username}
        CA:                 {caName}
        Profile:            {certificateProfile}
        Serial number:      {serial}
        Valid until:        {notAfter}

        """;

    private const string Approval = """
        Subject: Approval {id} waits: {type} {username}

        A request waits for people to agree to it. Look at it with: pki approval show {id}

        What:               {type}
        End entity:         {username}
        Subject:            {subjectDn}
        Alternative names:  {subjectAltName}
        CA:                 {caName}
        Asked by:           {requester}
        Asked at:           {requestedAt}
        Waits until:        {expireAt}
        Approvals missing:  {missing}

        """;

    private readonly Dictionary<NoticeKind, NoticeText> texts;

    private NoticeTexts(string? folder) => texts = new()
    {
        [NoticeKind.Expiring] = Read(folder, "expiring.txt", Expiring, NoticeKind.Expiring),
        [NoticeKind.Approval] = Read(folder, "approval.txt", Approval, NoticeKind.Approval),
    };

    public NoticeText this[NoticeKind kind] => texts[kind];

    /// <param name="folder">Where the files are; null: the built-in texts.</param>
    /// <exception cref="OptionsValidationException">A file is missing or wrong.</exception>
    public static NoticeTexts Read(string? folder) => new(folder);

    private static NoticeText Read(string? folder, string name, string builtIn, NoticeKind kind)
    {
        string? file = folder is null ? null : Path.GetFullPath(Path.Combine(folder, name));
        if (file is not null && !File.Exists(file))
        {
            throw new OptionsValidationException(
                NotificationOptions.Section, typeof(NotificationOptions), [$"{NotificationOptions.Section}:TemplateFolder needs the file '{file}'."]);
        }

        return NoticeText.Read(file ?? name, file is null ? builtIn : File.ReadAllText(file), NoticeNames.Of(kind));
    }
}
