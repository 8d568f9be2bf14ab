using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>
/// Who a message under a MAC says it is from: by this name its secret is looked up, and wrong ones are counted
/// (CMP-H-6, M-8). A claim, and nothing more until the MAC is verified.
/// </summary>
public static class MacSender
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>senderKID, else the sender's common name (CMP-H-6); null when it is no text.</summary>
    public static string? KeyIdOf(PkiHeader header)
    {
        try
        {
            return header.SenderKeyId is { } id ? StrictUtf8.GetString(id.Span) : CommonNameOf(header.Sender);
        }
        catch (DecoderFallbackException)
        {
            return null; // no text, so no name of ours
        }
    }

    /// <summary>The common name in a directory name; null where there is none.</summary>
    public static string? CommonNameOf(GeneralName sender) => sender.ToDistinguishedName()?.First(Oids.CommonName);

    /// <summary>What wrong secrets of this sender are counted under.</summary>
    public static string CountedAs(PkiHeader header) => "mac:" + KeyIdOf(header);

    /// <summary>SHA-256 of such a name, 32 octets: a stranger's text is not worth keeping or showing to others.</summary>
    public static byte[] DigestOf(string countedAs) => SHA256.HashData(Encoding.UTF8.GetBytes(countedAs));
}
