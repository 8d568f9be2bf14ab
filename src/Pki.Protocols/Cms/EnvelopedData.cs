using System.Formats.Asn1;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cms;

/// <summary>
/// Encrypted content (RFC 5652 §6), read by hand from BER or DER: RSA and EC recipients, CBC ciphers. Everything else
/// decodes as something unsupported and is refused by name, never by an exception (SCEP.md E-10, E-11).
/// </summary>
/// <remarks>
/// RFC 5652 §6.1: SEQUENCE { version, originatorInfo [0] OPTIONAL, recipientInfos SET OF, encryptedContentInfo SEQUENCE
/// { contentType, contentEncryptionAlgorithm, encryptedContent [0] IMPLICIT OCTET STRING OPTIONAL }, unprotectedAttrs [1] OPTIONAL }
/// </remarks>
public sealed class EnvelopedData : IAsn1Value<EnvelopedData>
{
    internal const int MaxRecipients = 10;

    private static readonly Asn1Tag EncryptedContentTag = new(TagClass.ContextSpecific, 0);
    private static readonly Refusal DecryptionFailed = new(RefusalCode.DecryptionFailed, "The content does not decrypt.");

    private readonly ContentEncryption? encryption;
    private readonly byte[] iv = [];
    private readonly ReadOnlyMemory<byte> encrypted;

    private EnvelopedData(ReadOnlyMemory<byte> encoded, string unsupported)
    {
        Encoded = encoded;
        ContentType = "";
        Recipients = [];
        Unsupported = unsupported;
    }

    private EnvelopedData(ReadOnlyMemory<byte> encoded, AsnReader fields)
    {
        Encoded = encoded;
        fields.ReadIntegerBytes(); // the version follows from the rest
        if (fields.NextIsContext(0))
        {
            fields.ReadEncodedValue(); // the originator's certificates: for kinds of agreement nobody uses
        }

        Recipients = ReadRecipients(fields.ReadUnsortedSet());
        AsnReader content = fields.ReadSequence();
        ContentType = content.ReadObjectIdentifier();
        AlgorithmIdentifier algorithm = AlgorithmIdentifier.Decode(content);
        encrypted = content.HasData ? content.ReadOctets(EncryptedContentTag) : ReadOnlyMemory<byte>.Empty;
        content.ThrowIfNotEmpty();
        if (fields.NextIsContext(1))
        {
            fields.ReadEncodedValue();
        }

        fields.ThrowIfNotEmpty();
        encryption = ContentEncryption.Find(algorithm.Oid);
        if (encryption is null)
        {
            Unsupported = $"The content cipher {algorithm.Oid} is not known.";
        }
        else
        {
            iv = encryption.ReadIv(algorithm);
        }
    }

    /// <summary>The message as it came, ContentInfo included.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>What is inside, usually id-data.</summary>
    public string ContentType { get; }

    /// <summary>How the content is encrypted.</summary>
    public ContentCipher Cipher => encryption?.Cipher ?? throw new InvalidOperationException(Unsupported);

    /// <summary>The ways to the content key.</summary>
    public IReadOnlyList<RecipientInfo> Recipients { get; }

    /// <summary>Why nobody here can decrypt it, whoever the recipient; null when the algorithms are known.</summary>
    internal string? Unsupported { get; }

    /// <summary>Reads a ContentInfo of this type that fills its input.</summary>
    /// <returns>UnsupportedAlgorithm for an unknown cipher and for AuthEnvelopedData.</returns>
    public static Outcome<EnvelopedData> Decode(ReadOnlyMemory<byte> contentInfo) =>
        !DecodeWhatever(contentInfo).Succeeded(out EnvelopedData? enveloped, out Refusal? refusal) ? refusal
        : enveloped.Unsupported is { } reason ? new Refusal(RefusalCode.UnsupportedAlgorithm, reason)
        : enveloped;

    /// <inheritdoc />
    public static EnvelopedData Decode(AsnReader reader)
    {
        ReadOnlyMemory<byte> encoded = reader.PeekEncodedValue();
        AsnReader content = ContentInfo.Read(reader, out string type);
        switch (type)
        {
            case Oids.EnvelopedData:
                AsnReader fields = content.ReadSequence();
                content.ThrowIfNotEmpty();
                return new(encoded, fields);
            case Oids.AuthEnvelopedData:
                return new(encoded, "AuthEnvelopedData (RFC 5083) is not supported.");
            default:
                throw new AsnContentException($"The content is of type {type}, not EnvelopedData.");
        }
    }

    /// <summary>Encrypts to one recipient.</summary>
    /// <param name="content">The octets to encrypt.</param>
    /// <param name="recipient">Whose key opens it; named by issuer and serial number exactly as its certificate has them (SCEP.md B-08).</param>
    /// <param name="cipher">How the content is encrypted.</param>
    /// <param name="transport">How the key reaches an RSA recipient; EC recipients are reached by ECDH.</param>
    /// <param name="random">Where key, IV and padding come from.</param>
    /// <exception cref="CryptographicException">Nothing can be encrypted to the recipient's key.</exception>
    public static byte[] Encrypt(ReadOnlyMemory<byte> content, Certificate recipient, ContentCipher cipher, KeyTransport transport, RandomBytes random) =>
        EnvelopedDataWriter.Write(content.Span, recipient, ContentEncryption.Of(cipher), transport, random);

    /// <summary>True when one of the recipients is this certificate.</summary>
    public bool IsFor(Certificate certificate) => Recipients.Any(recipient => recipient.IsFor(certificate));

    /// <summary>Decrypts with a recipient's key. Everything that may go wrong with key or content is one refusal (SCEP.md E-07).</summary>
    /// <returns>WrongRecipient when it is for others, UnsupportedAlgorithm when in a way not known here, else DecryptionFailed.</returns>
    public Outcome<byte[]> Decrypt(KeyPair key, Certificate certificate) =>
        !DecryptBlindly(key, certificate).Succeeded(out BlindContent? content, out Refusal? refusal) ? refusal
        : content.IsIntact ? content.Octets
        : DecryptionFailed;

    /// <summary>
    /// Decrypts and reads what is inside, in one step, for those who answer strangers. CBC protects nothing against
    /// change, and whoever learns how far his changed message came decrypts with our key: so the content is read
    /// whether key and padding are right or not, and everything behind the encryption is one refusal (FLAWS.md D3).
    /// </summary>
    /// <param name="key">The recipient's key.</param>
    /// <param name="certificate">The recipient's certificate.</param>
    /// <param name="read">Reads the content; it should end only where a signature is verified, and must not throw for rubbish.</param>
    /// <returns>WrongRecipient when it is for others, UnsupportedAlgorithm when in a way not known here, else DecryptionFailed.</returns>
    public Outcome<T> Decrypt<T>(KeyPair key, Certificate certificate, Func<byte[], Outcome<T>> read)
        where T : class => DecryptBlindly(key, certificate).Succeeded(out BlindContent? content, out Refusal? refusal) ? content.Read(read) : refusal;

    /// <summary>
    /// Decrypts with a key that has no certificate to be named by: for what an RSA key's owner encrypted to himself under
    /// a name of his own. There must be one recipient only.
    /// </summary>
    public Outcome<byte[]> DecryptAsOnlyRecipient(KeyPair key) =>
        encryption is null ? new Refusal(RefusalCode.UnsupportedAlgorithm, Unsupported ?? "")
        : Recipients is not [RecipientInfo.KeyTransported only] ? new Refusal(RefusalCode.UnsupportedAlgorithm, "The message has not one recipient alone, with an RSA key.")
        : !DecryptBlindly(KeyOpener.For(only, key, certificate: null), encryption).Succeeded(out BlindContent? content, out Refusal? refusal) ? refusal
        : content.IsIntact ? content.Octets
        : DecryptionFailed;

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => writer.WriteEncodedValue(Encoded.Span);

    /// <summary>Like <see cref="Decode(ReadOnlyMemory{byte})"/>, but what is not supported is a value too.</summary>
    internal static Outcome<EnvelopedData> DecodeWhatever(ReadOnlyMemory<byte> contentInfo) => Der.DecodeBer<EnvelopedData>(contentInfo);

    /// <summary>
    /// Decrypts and tells what came out, right or wrong; refuses only for what the sender wrote in the clear. A key
    /// that does not come out, or has the wrong length, is replaced by a random one (RFC 3218 §2.3.2, SCEP.md E-07).
    /// </summary>
    internal Outcome<BlindContent> DecryptBlindly(KeyPair key, Certificate certificate)
    {
        if (encryption is null)
        {
            return new Refusal(RefusalCode.UnsupportedAlgorithm, Unsupported ?? "");
        }

        if (Recipients.FirstOrDefault(each => each.IsFor(certificate)) is not { } recipient)
        {
            return Recipients.All(each => each is RecipientInfo.Unsupported)
                ? new Refusal(RefusalCode.UnsupportedAlgorithm, "The message is encrypted in none of the ways known here.")
                : new Refusal(RefusalCode.WrongRecipient, "The message is encrypted to somebody else.");
        }

        return DecryptBlindly(KeyOpener.For(recipient, key, certificate), encryption);
    }

    private Outcome<BlindContent> DecryptBlindly(Func<byte[]?>? open, ContentEncryption encryption)
    {
        if (open is null)
        {
            return new Refusal(RefusalCode.UnsupportedAlgorithm, "The content key is encrypted in a way not known here.");
        }

        byte[] substitute = RandomNumberGenerator.GetBytes(encryption.KeyBytes); // made whether needed or not
        byte[]? opened = open();
        bool hasKey = opened?.Length == encryption.KeyBytes;
        byte[] contentKey = hasKey ? opened! : substitute;
        BlindContent content = encryption.Decrypt(contentKey, iv, encrypted.Span);
        CryptographicOperations.ZeroMemory(contentKey);
        return content with { IsIntact = content.IsIntact & hasKey };
    }

    private static List<RecipientInfo> ReadRecipients(AsnReader set)
    {
        List<RecipientInfo> recipients = [];
        while (set.HasData)
        {
            LimitExceededException.ThrowIfMore(recipients.Count + 1, MaxRecipients, "Recipients");
            recipients.Add(RecipientInfo.Decode(set));
        }

        return recipients;
    }
}
