using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CmpProxy.Tests.World;

/// <summary>Requests of clients, recorded ones of OpenSSL and made-up ones.</summary>
internal static class Messages
{
    /// <summary>A recorded message (Pki.Protocols.Tests/Fixtures/cmp): ir, cc (certConf), p1 (p10cr), k1 (kur), rr-mac, g1 (genm).</summary>
    public static byte[] Recorded(string name)
    {
        using Stream stream = typeof(Messages).Assembly.GetManifestResourceStream($"cmp/{name}.der") ?? throw new FileNotFoundException(name);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>A header of its own transaction.</summary>
    public static PkiHeader Header() => new()
    {
        Sender = GeneralName.Directory(DistinguishedName.Parse("CN=device").OrThrow()),
        Recipient = GeneralName.Directory(DistinguishedName.Parse("CN=CA").OrThrow()),
        TransactionId = RandomNumberGenerator.GetBytes(16),
        SenderNonce = RandomNumberGenerator.GetBytes(16),
    };

    /// <summary>A question for CA certificates, without protection.</summary>
    public static PkiMessage Genm(PkiHeader? header = null, string question = Oids.CaCerts) =>
        PkiMessage.Create(header ?? Header(), new PkiBody.General(PkiBodyKind.GeneralMessage, [new(question)]));

    /// <summary>The same under a MAC.</summary>
    public static PkiMessage MacGenm(string secret, string? keyId, int iterations = 500, PkiHeader? header = null)
    {
        using Secret shared = Secret.FromText(secret);
        using MacKey key = PasswordBasedMac.Create(RandomNumberGenerator.GetBytes(16), iterations).DeriveKey(shared);
        return MessageProtection.Mac((header ?? Header()) with { SenderKeyId = keyId is null ? default(ReadOnlyMemory<byte>?) : System.Text.Encoding.UTF8.GetBytes(keyId) }, Genm().Body, key);
    }

    /// <summary>The same, signed.</summary>
    public static PkiMessage SignedGenm(KeyStore signer, params IReadOnlyList<Certificate> extra) => MessageProtection.Sign(
        Header() with { SenderKeyId = signer.Certificate.SubjectKeyIdentifier },
        Genm().Body,
        signer.Key,
        SignatureAlgorithm.For(signer.Key.Public, HashAlgorithmName.SHA256),
        [CmpCertificate.Of(signer.Certificate), .. extra.Select(CmpCertificate.Of)]);

    /// <summary>With a protectionAlg and a protection, whatever they are.</summary>
    public static PkiMessage WithProtection(AlgorithmIdentifier algorithm) =>
        Genm(Header() with { ProtectionAlgorithm = algorithm }).WithProtection(new byte[20]);

    /// <summary>The answer a CA would give: genp of the same transaction.</summary>
    public static byte[] AnswerTo(PkiHeader request, params InfoTypeAndValue[] items) => PkiMessage.Create(
        new PkiHeader
        {
            Version = request.Version,
            TransactionId = request.TransactionId,
            RecipientNonce = request.SenderNonce,
            SenderNonce = RandomNumberGenerator.GetBytes(16),
        },
        new PkiBody.General(PkiBodyKind.GeneralResponse, items)).Encoded.ToArray();

    /// <summary>The answer to a message in its octets.</summary>
    public static byte[] AnswerTo(ReadOnlyMemory<byte> request, params InfoTypeAndValue[] items) => AnswerTo(PkiMessage.ReadHeader(request, 1 << 20).OrThrow(), items);

    /// <summary>One value with a definite length.</summary>
    public static byte[] Tlv(byte tag, params byte[][] contents)
    {
        byte[] joined = [.. contents.SelectMany(part => part)];
        return joined.Length switch
        {
            < 0x80 => [tag, (byte)joined.Length, .. joined],
            < 0x100 => [tag, 0x81, (byte)joined.Length, .. joined],
            < 0x10000 => [tag, 0x82, (byte)(joined.Length >> 8), (byte)(joined.Length & 0xFF), .. joined],
            _ => [tag, 0x83, (byte)(joined.Length >> 16), (byte)((joined.Length >> 8) & 0xFF), (byte)(joined.Length & 0xFF), .. joined],
        };
    }
}
