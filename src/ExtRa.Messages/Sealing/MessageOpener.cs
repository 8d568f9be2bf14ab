using System.Buffers.Text;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace ExtRa.Messages.Sealing;

/// <summary>
/// Message column → content, or the reason why not. Strips EnvelopedData, then SignedData, in that order and at most
/// once each; verifies the signature; compares the header with the row (ARCHITECTURE.md 4).
/// </summary>
/// <param name="json">Knows the submessage classes.</param>
/// <param name="keyStore">The key that opens what is encrypted to us; null for a party that never decrypts.</param>
public sealed class MessageOpener(MessageJson json, KeyStore? keyStore)
{
    /// <summary>Characters of base64 in one message column.</summary>
    public const int MaxColumnLength = MessageLimits.MessageLength;

    /// <summary>Opens a message.</summary>
    public Outcome<OpenedMessage> Open(RowIdentity row, string column)
    {
        if (column.Length > MaxColumnLength)
        {
            return new Refusal(RefusalCode.TooLarge, $"The message has {column.Length} characters, the limit is {MaxColumnLength}.");
        }

        if (DecodeBase64(column) is not { } layer)
        {
            return new Refusal(RefusalCode.Malformed, "The message column is not base64.");
        }

        if (!Strip(layer).Succeeded(out Stripped? stripped, out Refusal? refusal)
            || !json.Read(stripped.Json).Succeeded(out MessageContent? content, out refusal)
            || !Bind(row, content).Succeeded(out content, out refusal))
        {
            return refusal;
        }

        return new OpenedMessage(content, new Protection(stripped.Signer is not null, stripped.WasEncrypted), stripped.Signer?.Certificate)
        {
            SignedDigest = stripped.Signer?.RequestDigest(),
        };
    }

    private static byte[]? DecodeBase64(string column)
    {
        // White space and line breaks are not part of the format: what is not exactly what we write was changed by somebody.
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(column.Length)];
        return column.AsSpan().IndexOfAny(" \t\r\n") < 0 && Convert.TryFromBase64String(column, bytes, out int written) && written > 0
            ? bytes[..written]
            : null;
    }

    private Outcome<Stripped> Strip(byte[] layer)
    {
        if (!ContentLayer.TypeOf(layer).Succeeded(out string? type, out Refusal? refusal))
        {
            return refusal;
        }

        switch (type)
        {
            case Oids.Data:
                return ContentLayer.UnwrapPlain(layer).Succeeded(out byte[]? plain, out refusal) ? new Stripped(plain, Signer: null) : refusal;
            case Oids.SignedData:
                return Verify(layer);
            case Oids.EnvelopedData:
                return Decrypt(layer);
            default:
                return new Refusal(RefusalCode.Malformed, $"The message has an unexpected layer of type {type}.");
        }
    }

    /// <summary>Encryption alone protects nothing that can be changed on the way: inside there must be a signature (FLAWS.md D3).</summary>
    private Outcome<Stripped> Decrypt(byte[] layer)
    {
        if (keyStore is null)
        {
            return new Refusal(RefusalCode.WrongRecipient, "The message is encrypted, but no keystore is configured.");
        }

        if (!EnvelopedData.Decode(layer).Succeeded(out EnvelopedData? enveloped, out Refusal? refusal))
        {
            return refusal;
        }

        if (!enveloped.Cipher.IsAes)
        {
            return new Refusal(RefusalCode.UnsupportedAlgorithm, $"The message is encrypted with {enveloped.Cipher}; on the link it is AES.");
        }

        return enveloped.Decrypt(keyStore.Key, keyStore.Certificate, inside => Verify(inside)).Succeeded(out Stripped? stripped, out refusal)
            ? stripped with { WasEncrypted = true }
            : refusal;
    }

    private static Outcome<Stripped> Verify(ReadOnlyMemory<byte> layer) =>
        SignedData.Decode(layer).Succeeded(out SignedData? signed, out Refusal? refusal)
        && signed.VerifySigner(DigestPolicy.Strict).Succeeded(out VerifiedSigner? signer, out refusal)
            ? new Stripped(signed.Content ?? ReadOnlyMemory<byte>.Empty, signer)
            : refusal;

    private static Outcome<MessageContent> Bind(RowIdentity row, MessageContent content)
    {
        if (content.UniqueId != row.UniqueId || content.MessageId != row.MessageId || content.Type != row.Type || content.Kind != row.Kind)
        {
            return new Refusal(
                RefusalCode.NotBound,
                $"The message was sealed as {content.Kind} '{content.UniqueId}' of type {content.Type}, but lies in row '{row.UniqueId}' of type {row.Type} as {row.Kind}.");
        }

        return content;
    }

    private sealed record Stripped(ReadOnlyMemory<byte> Json, VerifiedSigner? Signer, bool WasEncrypted = false);
}
