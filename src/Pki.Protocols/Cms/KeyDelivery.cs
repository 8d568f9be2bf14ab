using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>
/// A private key on its way to its owner: AsymmetricKeyPackage in SignedData in EnvelopedData (RFC 9483 §4.1.6, RFC 5958).
/// Who made it is proven, and nobody else reads it. Maker and owner are named by their key identifiers (§4.1.6, §4.1.6.1,
/// §4.1.6.2): the owner's is the senderKID of its request.
/// </summary>
public static class KeyDelivery
{
    // The secret may be short: make guessing it from a stolen answer as dear as from a stolen request.
    private const int Iterations = 100_000;

    /// <summary>For the holder of an RSA or EC key.</summary>
    /// <param name="key">The key to deliver.</param>
    /// <param name="maker">Who made it.</param>
    /// <param name="owner">The certificate of whoever gets it.</param>
    /// <exception cref="CryptographicException">Nothing can be encrypted to the owner's key.</exception>
    public static EncryptedKey ToHolder(KeyPair key, CmsSigner maker, Certificate owner) =>
        Seal(key, maker, EnvelopedDataWriter.To(owner, CertificateReference.ByKeyIdentifier(owner), KeyTransport.Strongest, RandomNumberGenerator.Fill));

    /// <summary>For whoever knows a secret.</summary>
    /// <param name="key">The key to deliver.</param>
    /// <param name="maker">Who made it.</param>
    /// <param name="secret">The secret.</param>
    public static EncryptedKey ToSecret(KeyPair key, CmsSigner maker, Secret secret) =>
        Seal(key, maker, PasswordRecipient.To(secret, Iterations, RandomNumberGenerator.Fill));

    /// <summary>The key in what was decrypted, its maker verified.</summary>
    /// <param name="content">The content of the EnvelopedData: SignedData without ContentInfo.</param>
    /// <param name="maker">Whose signature must be right.</param>
    public static Outcome<KeyPair> Open(ReadOnlyMemory<byte> content, Certificate maker)
    {
        byte[] contentInfo = ContentInfo.Write(Oids.SignedData, writer => writer.WriteEncodedValue(content.Span));
        if (!SignedData.Decode(contentInfo).Succeeded(out SignedData? signed, out Refusal? refusal) || !signed.VerifySigner(DigestPolicy.Strict, [maker]).Succeeded(out VerifiedSigner? signer, out refusal))
        {
            return refusal;
        }

        if (signed.ContentType != Oids.AsymmetricKeyPackage || !signer.Certificate.Encoded.Span.SequenceEqual(maker.Encoded.Span) || signed.Content is not { } package)
        {
            return new Refusal(RefusalCode.BadSignature, "This is no key package of that maker.");
        }

        try
        {
            return KeyPair.FromPkcs8(new AsnReader(package, AsnEncodingRules.BER).ReadSequence().ReadEncodedValue().Span);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            return new Refusal(RefusalCode.Malformed, "The key in the package cannot be read.");
        }
    }

    private static EncryptedKey.Enveloped Seal(KeyPair key, CmsSigner maker, Addressee addressee)
    {
        byte[] privateKey = key.ExportPkcs8();
        byte[] package = Package(privateKey);
        byte[] signed = Inner(SignedDataWriter.Write(package, maker with { Name = CertificateReference.ByKeyIdentifier(maker.Certificate) }, Oids.AsymmetricKeyPackage));
        try
        {
            return new(Inner(EnvelopedDataWriter.Write(Oids.SignedData, signed, addressee, ContentEncryption.Of(ContentCipher.Aes256Cbc), RandomNumberGenerator.Fill)));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
            CryptographicOperations.ZeroMemory(package);
            CryptographicOperations.ZeroMemory(signed);
        }
    }

    /// <summary>RFC 5958 §2: SEQUENCE SIZE (1..MAX) OF OneAsymmetricKey.</summary>
    private static byte[] Package(byte[] privateKey)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(privateKey);
        }

        return writer.Encode();
    }

    /// <summary>The content without ContentInfo around it.</summary>
    private static byte[] Inner(byte[] contentInfo) => ContentInfo.Read(new AsnReader(contentInfo, AsnEncodingRules.BER), out _).ReadEncodedValue().ToArray();
}
