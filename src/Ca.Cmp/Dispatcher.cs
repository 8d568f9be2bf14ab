using Ca.Cmp.Bodies;
using Ca.Core.Cmp;
using Pki.Protocols.Cmp;

namespace Ca.Cmp;

/// <summary>Which handler answers which body, and whether the alias answers it at all (CMP-E-3, CMP-O-1).</summary>
internal sealed class Dispatcher
{
    private static readonly Dictionary<PkiBodyKind, CmpOperation> Switched = new()
    {
        [PkiBodyKind.InitializationRequest] = CmpOperation.Ir,
        [PkiBodyKind.CertificationRequest] = CmpOperation.Cr,
        [PkiBodyKind.Pkcs10Request] = CmpOperation.P10cr,
        [PkiBodyKind.KeyUpdateRequest] = CmpOperation.Kur,
        [PkiBodyKind.RevocationRequest] = CmpOperation.Rr,
        [PkiBodyKind.GeneralMessage] = CmpOperation.Genm,
        [PkiBodyKind.Nested] = CmpOperation.Nested,
    };

    /// <summary>The labels of RFC 9483 §6.1 and the bodies that belong there (CMP-T-7).</summary>
    private static readonly Dictionary<string, PkiBodyKind> Labels = new(StringComparer.Ordinal)
    {
        ["initialization"] = PkiBodyKind.InitializationRequest,
        ["certification"] = PkiBodyKind.CertificationRequest,
        ["keyupdate"] = PkiBodyKind.KeyUpdateRequest,
        ["pkcs10"] = PkiBodyKind.Pkcs10Request,
        ["revocation"] = PkiBodyKind.RevocationRequest,
        ["getcacerts"] = PkiBodyKind.GeneralMessage,
        ["getrootupdate"] = PkiBodyKind.GeneralMessage,
        ["getcertreqtemplate"] = PkiBodyKind.GeneralMessage,
        ["getcrls"] = PkiBodyKind.GeneralMessage,
        ["nested"] = PkiBodyKind.Nested,
    };

    private readonly Dictionary<PkiBodyKind, IBodyHandler> handlers;

    public Dispatcher(IEnumerable<IBodyHandler> handlers) =>
        this.handlers = handlers.SelectMany(handler => handler.Kinds.Select(kind => (kind, handler))).ToDictionary(pair => pair.kind, pair => pair.handler);

    public async Task<Reply> AnswerAsync(Exchange exchange, CancellationToken cancel)
    {
        PkiBodyKind kind = exchange.Message.Body.Kind;
        if (Check(exchange) is { } failure)
        {
            return Reply.Error(failure);
        }

        return handlers.TryGetValue(kind, out IBodyHandler? handler)
            ? await handler.AnswerAsync(exchange, cancel)
            : Reply.Error(new(PkiFailureInfo.BadRequest, "CMP-E-3", $"Bodies of kind {(int)kind} are not answered here."));
    }

    /// <summary>Whether the alias answers such messages; null when it does.</summary>
    public static CmpFailure? Check(Exchange exchange)
    {
        PkiBodyKind kind = exchange.Message.Body.Kind;
        if (Switched.TryGetValue(kind, out CmpOperation operation) && !exchange.Alias.Operations.Contains(operation))
        {
            return new(PkiFailureInfo.NotAuthorized, "CMP-O-1", "This operation is not offered here.");
        }

        if (exchange.Requester.IsVouchedFor && kind is (PkiBodyKind.KeyUpdateRequest or PkiBodyKind.RevocationRequest))
        {
            return new(PkiFailureInfo.NotAuthorized, "CMP-A-30", "Who is not known here updates and revokes nothing.");
        }

        // The path is that of the message around it, where there is one.
        return exchange.Arrival.WrappedBy is null && exchange.Alias.Demands(c => c.Operation) && Contradicts(exchange.Call.Operation, kind)
            ? new(PkiFailureInfo.BadRequest, "CMP-T-7", "The path is that of another operation.")
            : null;
    }

    private static bool Contradicts(string? label, PkiBodyKind kind) =>
        label is not null && Switched.ContainsKey(kind) && Labels.TryGetValue(label, out PkiBodyKind expected) && expected != kind;
}
