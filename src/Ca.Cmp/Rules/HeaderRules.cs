using Ca.Core.Cmp;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Rules;

/// <summary>What must be right about a header, whatever the body says (CMP.md §4; RFC 9810 §5.1.1).</summary>
internal static class HeaderRules
{
    private const int MinNonceLength = 16;

    /// <summary>Before anything is computed for the sender; null when all is well.</summary>
    public static CmpFailure? CheckShape(PkiMessage message) => message.Header.Version switch
    {
        not (PkiHeader.Cmp2000 or PkiHeader.Cmp2021) => new(PkiFailureInfo.UnsupportedVersion, "CMP-H-1", "Versions 2 and 3 are spoken here."),
        _ when !MessageProtection.Claim(message).Succeeded(out _, out var refusal) => new(PkiFailureInfo.BadMessageCheck, "CMP-H-5", "Protection and protectionAlg do not come together.", refusal.Detail),
        _ => null,
    };

    /// <summary>Once the sender is known, so that he can believe the answer; null when all is well.</summary>
    public static CmpFailure? Check(Exchange exchange, DateTimeOffset now) =>
        CheckTime(exchange, now) ?? CheckTransaction(exchange.Header, exchange.Alias) ?? CheckInfo(exchange.Header, exchange.Alias)
        ?? CheckRecipient(exchange) ?? OriginalRules.Check(exchange);

    /// <summary>CMP-H-3: a CA, whoever signs the answers, or nobody in particular.</summary>
    private static CmpFailure? CheckRecipient(Exchange exchange)
    {
        if (!exchange.Alias.Demands(c => c.Recipient) || exchange.Header.Recipient.ToDistinguishedName() is { IsEmpty: true })
        {
            return null;
        }

        DistinguishedName? named = exchange.Header.Recipient.ToDistinguishedName();
        return exchange.Ca.Certificate.Subject.Equals(named) || CmpResponder.SignerOf(exchange.Alias, exchange.Ca).Certificate.Subject.Equals(named)
            ? null
            : new(PkiFailureInfo.WrongAuthority, "CMP-H-3", "The recipient is somebody else.");
    }

    /// <summary>CMP-H-12: nobody has told the sender of a first message a nonce.</summary>
    public static CmpFailure? CheckFirst(PkiHeader header, CmpAlias alias) => alias.Demands(c => c.NoFirstRecipNonce) && header.RecipientNonce is not null
        ? new(PkiFailureInfo.BadRequest, "CMP-H-12", "The first message of a transaction has no recipNonce.")
        : null;

    /// <summary>CMP-H-10: senderNonce is missing or shorter than RFC 9810 §5.1.1 wants it.</summary>
    public static bool HasWeakNonce(PkiHeader header) => header.SenderNonce is not { Length: >= MinNonceLength };

    /// <summary>CMP-H-4. A revocation has a time also in interop: without, the same octets would hold or release a certificate again once they are forgotten.</summary>
    private static CmpFailure? CheckTime(Exchange exchange, DateTimeOffset now)
    {
        CmpAlias alias = exchange.Alias;
        if (exchange.Header.MessageTime is not { } time)
        {
            bool demanded = exchange.Message.Body.Kind == PkiBodyKind.RevocationRequest ? alias.Checks.MessageTime ?? true : alias.Demands(c => c.MessageTime);
            return demanded ? new(PkiFailureInfo.BadTime, "CMP-H-4", "messageTime is missing.") : null;
        }

        return alias.ClockSkew > TimeSpan.Zero && (now - time).Duration() > alias.ClockSkew
            ? new(PkiFailureInfo.BadTime, "CMP-H-4", "messageTime is too far from the time here.")
            : null;
    }

    private static CmpFailure? CheckTransaction(PkiHeader header, CmpAlias alias) =>
        header.TransactionId is null && alias.Demands(c => c.TransactionId) ? new(PkiFailureInfo.BadDataFormat, "CMP-H-8", "transactionID is missing.")
        : HasWeakNonce(header) && alias.Demands(c => c.SenderNonce) ? new(PkiFailureInfo.BadSenderNonce, "CMP-H-10", "senderNonce is missing or shorter than 16 octets.")
        : null;

    private static CmpFailure? CheckInfo(PkiHeader header, CmpAlias alias)
    {
        if (header.Info(Oids.ImplicitConfirm) is { } confirm && (!confirm.IsAbsent || (alias.Demands(c => c.ConfirmInfo) && !confirm.IsNull)))
        {
            return new(PkiFailureInfo.BadRequest, "CMP-H-14", "implicitConfirm has a value.");
        }

        if (!alias.Demands(c => c.ConfirmInfo) || header.Info(Oids.ConfirmWaitTime) is not { } wait)
        {
            return null;
        }

        return !wait.Read<CmpTime>().Succeeded(out _, out _) ? new(PkiFailureInfo.BadDataFormat, "CMP-H-15", "confirmWaitTime is no GeneralizedTime.")
            : header.HasImplicitConfirm ? new(PkiFailureInfo.BadRequest, "CMP-H-14", "implicitConfirm and confirmWaitTime exclude each other.")
            : null;
    }
}
