using System.Security.Cryptography;
using ExtRa.Messages.Contract;
using Pki.Protocols.Cms;
using Pki.Protocols.X509;

namespace ExtRa.Messages.Sealing;

/// <summary>
/// Content → message column: <c>base64( EnvelopedData( SignedData( JSON )))</c>, each layer by the wanted
/// <see cref="Protection"/> (ARCHITECTURE.md 4). Knows nothing of what the submessages mean.
/// </summary>
/// <param name="keyStore">Our key and certificate; null for a party that never signs.</param>
/// <param name="clock">Gives the signing time.</param>
public sealed class MessageSealer(KeyStore? keyStore, TimeProvider clock)
{
    /// <summary>Seals a message.</summary>
    /// <param name="content">What to say.</param>
    /// <param name="protection">Which layers to put around it.</param>
    /// <param name="recipient">Whom to encrypt to; needed when the protection says encrypted.</param>
    /// <exception cref="InvalidOperationException">
    /// A wanted layer cannot be made for want of a key or certificate. There is no falling back to less (FLAWS.md D5).
    /// </exception>
    public string Seal(MessageContent content, Protection protection, Certificate? recipient)
    {
        byte[] json = MessageJson.Write(content);
        byte[] layer = protection.Signed ? Sign(json) : ContentLayer.WrapPlain(json);
        if (protection.Encrypted)
        {
            layer = EnvelopedData.Encrypt(
                layer,
                recipient ?? throw new InvalidOperationException("A message must be encrypted, but its receiver's certificate is not known."),
                ContentCipher.Aes256Cbc,
                KeyTransport.Strongest,
                RandomNumberGenerator.Fill);
        }

        return Convert.ToBase64String(layer);
    }

    private byte[] Sign(byte[] json)
    {
        KeyStore own = keyStore ?? throw new InvalidOperationException("A message must be signed, but no keystore is configured.");
        return SignedData.Sign(
            json,
            new CmsSigner(own.Key, own.Certificate, HashAlgorithmName.SHA256) { SigningTime = clock.GetUtcNow() });
    }
}
