using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Rules;

/// <summary>
/// origPKIMessage: an RA shows what it was sent before it changed it (RFC 9810 §5.1.1.3; CMP-H-17). It proves nothing
/// about the message around it, but one that contradicts it is not believed.
/// </summary>
internal static class OriginalRules
{
    public static CmpFailure? Check(Exchange exchange)
    {
        if (exchange.Header.Info(Oids.OrigPkiMessage) is not { } info)
        {
            return null;
        }

        if (!exchange.Requester.IsRa)
        {
            return Wrong("Only an RA shows what others have sent.");
        }

        if (!info.Read<SequenceOf<PkiMessage>>().Succeeded(out SequenceOf<PkiMessage>? originals, out Refusal? refusal) || originals.Items.Count == 0)
        {
            return Wrong("The original message cannot be read.", refusal?.Detail);
        }

        return exchange.Message.Body is PkiBody.Nested ? null
            : originals.Items is not [var original] ? Wrong("There is more than one original message.")
            : !Same(original.Header.TransactionId, exchange.Header.TransactionId) || !Same(original.Header.SenderNonce, exchange.Header.SenderNonce) ? Wrong("The original message is of another transaction.")
            : CheckProtection(original);
    }

    /// <summary>A signature that can be verified must be right. Whose secret made a MAC, the RA knows.</summary>
    private static CmpFailure? CheckProtection(PkiMessage original)
    {
        if (!MessageProtection.Claim(original).Succeeded(out MessageProtectionClaim? claim, out Refusal? refusal))
        {
            return Wrong("The protection of the original message is not right.", refusal.Detail);
        }

        return claim.Kind != ProtectionKind.Signature || original.ExtraCerts is not [var first, ..] ? null
            : first.Read().Succeeded(out Pki.Protocols.X509.Certificate? signer, out refusal) && (refusal = MessageProtection.ObjectionTo(original, signer.PublicKey, CmpAlgorithmPolicy.Default)) is null ? null
            : Wrong("The protection of the original message is not right.", refusal.Detail);
    }

    private static bool Same(ReadOnlyMemory<byte>? one, ReadOnlyMemory<byte>? other) =>
        one is { } a ? other is { } b && a.Span.SequenceEqual(b.Span) : other is null;

    private static CmpFailure Wrong(string text, string? detail = null) => new(PkiFailureInfo.BadMessageCheck, "CMP-H-17", text, detail);
}
