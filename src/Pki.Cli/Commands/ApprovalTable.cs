using System.Globalization;
using Ca.Core.Approvals;
using Pki.Cli.Output;

namespace Pki.Cli.Commands;

/// <summary>How approval requests look. Their texts come from strangers: what could deceive the eye is written out.</summary>
internal static class ApprovalTable
{
    private const int Widest = 80;
    private static readonly TimeSpan EndsSoon = TimeSpan.FromMinutes(10);

    public static IReadOnlyList<Column<ApprovalView>> Columns(DateTimeOffset now) =>
    [
        Commands.Columns.Number<ApprovalView>("Id", a => a.Id),
        Commands.Columns.Whole<ApprovalView>("Age", a => Texts.Span(now - a.RequestedAt)),
        Commands.Columns.Whole<ApprovalView>("Left", a => Left(a, now)),
        Commands.Columns.Whole<ApprovalView>("Status", a => a.Status.ToString()),
        Commands.Columns.Text<ApprovalView>("Type", a => a.Type.ToString()),
        Commands.Columns.Text<ApprovalView>("CA", a => a.CaName),
        Commands.Columns.Text<ApprovalView>("User", a => Safe(a.Username)),
        Commands.Columns.Text<ApprovalView>("Subject", a => Texts.Short(Safe(a.SubjectDn), Widest)),
        Commands.Columns.Text<ApprovalView>("From", a => $"{Safe(a.Requester)} {a.Protocol}".TrimEnd() + (a.IsOwn ? " (yours)" : "")),
        Commands.Columns.Whole<ApprovalView>("Given", a => $"{a.Given}/{a.Required}"),
    ];

    public static IReadOnlyList<Column<ApprovalDetail>> Fields(DateTimeOffset now) =>
    [
        Field("Request", d => $"{d.Request.Id} {d.Request.Type}"),
        Field("Status", d => $"{d.Request.Status}, {d.Request.Given} of {d.Request.Required} approvals given{Result(d.Request)}"),
        Field("Requested", d => $"{Texts.Time(d.Request.RequestedAt)}, {Texts.Span(now - d.Request.RequestedAt)} ago{(d.Earlier > 0 ? $"; asked {d.Earlier} times before" : "")}"),
        Field("Expires", d => d.Request.Status is ApprovalStatus.Waiting or ApprovalStatus.Approved ? $"{Texts.Time(d.Request.ExpireAt)} ({Left(d.Request, now)})" : null),
        Field("Requested by", d => $"{Safe(d.Request.Requester)}{(d.Request.RequesterSerial is { } serial ? $", certificate {serial}" : ", no certificate")} through {d.Request.Source}"),
        Field("Came in as", d => d.Request.Protocol is null ? null : $"{d.Request.Protocol}, transaction {Safe(d.Request.TransactionId)}, message {Safe(d.Request.UniqueId)}{(d.Request.Code is { } code ? $", code {code}" : "")}"),
        Field("CA", d => d.Request.CaName),
        Field("End entity profile", d => d.Request.EndEntityProfile),
        Field("Certificate profile", d => d.Request.CertificateProfile),
        Field("Username", d => Safe(d.Request.Username)),
        Commands.Columns.Lines<ApprovalDetail>("Asked for", d => d.Facts.Where(f => f.Value is not null || f.Old is not null).Select(Fact)),
        Commands.Columns.Lines<ApprovalDetail>("Fingerprints", d => d.Fingerprints),
        Field("Checks", _ => "Possession of the key, its strength, profile, names and rights were in order when it was asked, and are checked again."),
        Commands.Columns.Lines<ApprovalDetail>("Look twice", d => d.Warnings.Select(w => "! " + Safe(w))),
        Commands.Columns.Lines<ApprovalDetail>("Certificates", d => d.Related.Select(c => $"{c.Serial} of '{Safe(c.Username)}' {c.Status}, until {Texts.Time(c.NotAfter)}{(c.SameKey ? ", same key" : "")}")),
        Commands.Columns.Lines<ApprovalDetail>("Decisions", d => d.Decisions.Select(v => $"{Texts.Time(v.At)} {v.Verdict} {Safe(v.Name)}{(v.Comment is { } said ? $": {Safe(said)}" : "")}")),
        Field("You cannot decide", d => d.Request.Status == ApprovalStatus.Waiting ? Safe(d.Obstacle) : null),
    ];

    /// <summary>One line that says what is decided.</summary>
    public static string Summary(ApprovalDetail detail)
    {
        string? key = detail.Facts.FirstOrDefault(f => f.Name == "publicKeySha256")?.Value;
        return $"{detail.Request.Type} for '{Safe(detail.Request.Username)}', subject '{Safe(detail.Request.SubjectDn)}'{(key is null ? "" : $", key {key}")}";
    }

    /// <summary>The request has this fingerprint, however it is written.</summary>
    public static bool HasFingerprint(ApprovalDetail detail, string expected)
    {
        string bare = expected.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        return detail.Facts.Where(f => f.Name == "publicKeySha256").Select(f => f.Value)
            .Concat(detail.Fingerprints.Select(line => line[(line.LastIndexOf(' ') + 1)..]))
            .Any(known => bare.Length > 0 && string.Equals(known, bare, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Characters that are not seen, or that turn the direction of the text, are written as their number.</summary>
    public static string? Safe(string? text) => text is null
        ? null
        : string.Concat(text.Select(c => Texts.IsUnseen(c)
            ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}")
            : c.ToString()));

    private static string Fact(ApprovalFact fact) => fact.Old is null || fact.Old == fact.Value
        ? $"{fact.Name}: {Safe(fact.Value)}"
        : $"{fact.Name}: {Safe(fact.Value) ?? "nothing"}   (now {Safe(fact.Old)})";

    private static string? Left(ApprovalView view, DateTimeOffset now) => view.Status is ApprovalStatus.Waiting or ApprovalStatus.Approved
        ? Texts.Span(view.ExpireAt - now) + (view.ExpireAt - now < EndsSoon ? " !" : "")
        : null;

    private static string Result(ApprovalView view) => (view.Result, view.ConsumedBy) switch
    {
        ({ } why, _) => $": {Safe(why)}",
        (_, { } what) => $": {Safe(what)}",
        _ => "",
    };

    private static Column<ApprovalDetail> Field(string title, Func<ApprovalDetail, string?> text) => Commands.Columns.Text(title, text);
}
