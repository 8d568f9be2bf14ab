using System.Globalization;
using Ca.Core.Audit;
using Ca.Core.Cmp;
using Pki.Protocols.Cmp;

namespace Ca.Cmp;

/// <summary>What the audit log is told of each message (CMP-M-10). A stranger's octets go there as hex.</summary>
internal static class Audits
{
    private const string Module = "CMP";
    private const int LongestSubject = 500;

    public static AuditEntry Of(Exchange exchange, Reply reply, TimeSpan spent) =>
        Entry(exchange.Call, exchange.Alias, exchange.Requester.Name, exchange.Header, reply.Failure, spent)
            .With("operation", exchange.Message.Body.Kind.ToString())
            .With("module", exchange.Requester.Module)
            .With("wrappedBy", exchange.Arrival.WrappedBy)
            .With("ca", exchange.Ca.Name)
            .With("certificateProfile", exchange.Alias.CertificateProfile)
            .With("endEntityProfile", exchange.Alias.EndEntityProfile)
            .With("entity", exchange.Requester.Username)
            .With("answer", reply.Body.Kind.ToString())
            .With("freeText", exchange.Header.FreeText?.ToString()) // at most 1 kB by the codec (CMP-H-13)
            .With("serial", reply.Serial);

    public static AuditEntry OfStranger(CmpCall call, CmpAlias alias, PkiHeader? header, CmpFailure failure, TimeSpan spent) => Entry(call, alias, "unknown", header, failure, spent);

    // The time is from the arrival until the answer was made; the commit comes after.
    private static AuditEntry Entry(CmpCall call, CmpAlias alias, string actor, PkiHeader? header, CmpFailure? failure, TimeSpan spent) =>
        new AuditEntry(failure is null ? AuditEvents.CustomLogInfo : AuditEvents.CustomLogError, failure is null ? AuditStatus.Success : AuditStatus.Failure, actor)
        {
            Module = Module,
            SearchDetail1 = header?.TransactionId is { } id ? Convert.ToHexStringLower(id.Span) : null,
        }
            .With("alias", alias.Name)
            .With("frontEnd", call.FrontEnd.Name)
            .With("address", call.Address)
            .With("tlsSubject", call.TlsSubject is { Length: > LongestSubject } subject ? subject[..LongestSubject] : call.TlsSubject)
            .With("pathProfile", call.Profile)
            .With("milliseconds", ((long)spent.TotalMilliseconds).ToString(CultureInfo.InvariantCulture))
            .With("failInfo", failure?.Info.ToString())
            .With("rule", failure?.Rule)
            .With("detail", failure?.Detail);
}
