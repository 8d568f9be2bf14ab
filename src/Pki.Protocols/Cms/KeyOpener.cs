using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>Which operation gets the content key out. Choosing looks only at what the sender wrote in the clear.</summary>
internal static class KeyOpener
{
    /// <summary>The operation, which gives null when the key does not come out; null when the way is not known here.</summary>
    public static Func<byte[]?>? For(RecipientInfo recipient, KeyPair key, Certificate? certificate)
    {
        try
        {
            return recipient switch
            {
                RecipientInfo.KeyTransported transported when key.IsRsa && RsaKeyTransport.PaddingOf(transported.KeyEncryption) is { } padding
                    => () => OpenTransported(key, transported.EncryptedKey, padding),
                RecipientInfo.KeyAgreed agreed when !key.IsRsa && certificate is not null && EcdhKeyAgreement.IsKnown(agreed.KeyEncryption)
                    => () => EcdhKeyAgreement.Unwrap(agreed, key, certificate),
                _ => null,
            };
        }
        catch (AsnContentException)
        {
            return null; // parameters that do not decode
        }
    }

    /// <summary>OAEP needs no decoy: whatever an attacker changes, its padding is wrong.</summary>
    private static byte[]? OpenTransported(KeyPair key, ReadOnlyMemory<byte> encryptedKey, RSAEncryptionPadding padding)
    {
        byte[]? opened = key.Decrypt(encryptedKey.Span, padding);
        return padding == RSAEncryptionPadding.Pkcs1 ? PaddingDecoy.Balance(opened) : opened;
    }
}
