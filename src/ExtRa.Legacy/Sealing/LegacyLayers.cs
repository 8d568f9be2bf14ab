using System.Security.Cryptography;
using ExtRa.Legacy.Documents;
using ExtRa.Messages.Sealing;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace ExtRa.Legacy.Sealing;

/// <summary>A payload without its layers.</summary>
/// <param name="Stream">The Java stream.</param>
/// <param name="Signer">Who signed it; null when nobody did.</param>
internal sealed record OpenedLayers(ReadOnlyMemory<byte> Stream, VerifiedSigner? Signer);

/// <summary>
/// The CMS layers of a legacy payload (WIRE.md 3 to 5). The two flags of the document choose the way and must agree
/// with what is there; they are not believed (FLAWS.md B5).
/// </summary>
internal sealed class LegacyLayers(KeyStore? keyStore, TimeProvider clock)
{
    // The one digest legacy programs write and believe (WIRE.md 4.2).
    private static readonly DigestPolicy Sha256 = new([HashAlgorithmName.SHA256]);

    /// <summary>Takes the layers off that the document announces.</summary>
    public Outcome<OpenedLayers> Open(LegacyDocument document)
    {
        if (!document.Encrypted)
        {
            return OpenInner(document.Payload, document.Signed);
        }

        if (keyStore is null)
        {
            return new Refusal(RefusalCode.WrongRecipient, "The message is encrypted, but no keystore is configured.");
        }

        if (!EnvelopedData.Decode(document.Payload).Succeeded(out EnvelopedData? enveloped, out Refusal? refusal))
        {
            return refusal;
        }

        // Legacy programs write AES-256; what else they read is no reason to accept it.
        return enveloped.Cipher.IsAes
            ? enveloped.Decrypt(keyStore.Key, keyStore.Certificate, inside => OpenInner(inside, document.Signed))
            : new Refusal(RefusalCode.UnsupportedAlgorithm, $"The content is encrypted with {enveloped.Cipher}.");
    }

    /// <summary>Puts layers around a stream: signed first, then encrypted.</summary>
    /// <exception cref="InvalidOperationException">For want of a key or a receiver; there is no falling back to less (FLAWS.md D5).</exception>
    public LegacyDocument Seal(byte[] stream, Protection protection, Certificate? recipient)
    {
        byte[] layer = stream;
        if (protection.Signed)
        {
            KeyStore own = keyStore ?? throw new InvalidOperationException("A message must be signed, but no keystore is configured.");
            layer = SignedData.Sign(layer, new CmsSigner(own.Key, own.Certificate, HashAlgorithmName.SHA256) { SigningTime = clock.GetUtcNow() });
        }

        if (protection.Encrypted)
        {
            Certificate receiver = recipient ?? throw new InvalidOperationException("A message must be encrypted, but its receiver's certificate is not known.");
            if (!receiver.PublicKey.IsRsa)
            {
                throw new InvalidOperationException($"Legacy programs decrypt with RSA keys only, and '{receiver.Subject}' has another."); // WIRE.md 5.2
            }

            layer = EnvelopedData.Encrypt(layer, receiver, ContentCipher.Aes256Cbc, KeyTransport.Pkcs1, RandomNumberGenerator.Fill);
        }

        return new(protection.Signed, protection.Encrypted, layer);
    }

    private static Outcome<OpenedLayers> OpenInner(byte[] layer, bool isSigned)
    {
        if (!isSigned)
        {
            return new OpenedLayers(layer, Signer: null); // a SignedData in its place is no Java stream and refused as such
        }

        if (!SignedData.Decode(layer).Succeeded(out SignedData? signed, out Refusal? refusal)
            || !signed.VerifySigner(Sha256).Succeeded(out VerifiedSigner? signer, out refusal))
        {
            return refusal;
        }

        if (signed.Signers[0].SignatureAlgorithm.Oid == Oids.RsaPss)
        {
            return new Refusal(RefusalCode.UnsupportedAlgorithm, "The legacy format knows no RSASSA-PSS.");
        }

        return signed.Content is { } content
            ? new OpenedLayers(content, signer)
            : new Refusal(RefusalCode.Malformed, "The signature is detached: the content is missing.");
    }
}
