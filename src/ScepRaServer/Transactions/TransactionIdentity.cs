using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ExtRa.Messages.Client;
using ExtRa.Messages.Store;
using Pki.Protocols.X509;

namespace ScepRaServer.Transactions;

/// <summary>
/// Who a transaction belongs to, turned into the keys of its rows: the transactionID and what its requester can show
/// again, the key or the certificate it signs with. Another key computes other keys and finds nothing, so nobody can
/// poll, block or overwrite a stranger's transaction by its transactionID (SCEP.md T-01, T-02, T-07; FLAWS.md G2, G3).
/// </summary>
/// <remarks>
/// A first enrolment is bound to the key, because sscep makes a new self-signed certificate at each run. A renewal is
/// bound to the certificate that is renewed: the same key and transactionID with the next certificate is the next
/// renewal. Generations tell transactions apart that follow each other under the same identity, each begun when the
/// one before was over (T-04, T-06).
/// </remarks>
internal sealed class TransactionIdentity
{
    private const byte EnrolmentKind = 0;
    private const byte RenewalKind = 1;

    private readonly string transactionId;
    private readonly byte[] prefix;

    private TransactionIdentity(string alias, string transactionId, byte kind, byte[] requester)
    {
        this.transactionId = transactionId;
        byte[] name = Encoding.UTF8.GetBytes(alias);
        prefix = [.. BigEndian(name.Length), .. name, kind, .. requester];
    }

    /// <summary>The identity of a first enrolment.</summary>
    public static TransactionIdentity OfEnrolment(string alias, string transactionId, SubjectPublicKey signer) =>
        new(alias, transactionId, EnrolmentKind, signer.Sha256());

    /// <summary>The identity of a renewal.</summary>
    public static TransactionIdentity OfRenewal(string alias, string transactionId, Certificate signer) =>
        new(alias, transactionId, RenewalKind, signer.Sha256Fingerprint());

    /// <summary>The names of the row of one generation, as the link has them.</summary>
    public RequestId At(ExtRaLink link, int generation) =>
        link.NameRow(MessageType.Scep, transactionId, SHA256.HashData([.. prefix, .. BigEndian(generation)]));

    private static byte[] BigEndian(int number)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }
}
