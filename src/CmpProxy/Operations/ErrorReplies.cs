using System.Security.Cryptography;
using CmpProxy.Gate;
using Pki.Protocols.Cmp;

namespace CmpProxy.Operations;

/// <summary>
/// Makes unprotected CMP errors: the proxy has no key of the CA. Nothing of the request is repeated but what ties the
/// answer to it (RFC 9810 §5.3.21; CMP.md section 4).
/// </summary>
internal sealed class ErrorReplies(TimeProvider clock)
{
    private const int NonceBytes = 16;

    /// <summary>The error.</summary>
    /// <param name="request">The request's header; null where none can be read.</param>
    /// <param name="objection">Why.</param>
    public ReadOnlyMemory<byte> Make(PkiHeader? request, Objection objection)
    {
        var header = new PkiHeader
        {
            Version = request?.Version == PkiHeader.Cmp2021 ? PkiHeader.Cmp2021 : PkiHeader.Cmp2000, // mirrored: clients break otherwise (CMP_PEERS.md 2.5)
            Sender = request?.Recipient ?? new PkiHeader().Sender,
            Recipient = request?.Sender ?? new PkiHeader().Recipient,
            MessageTime = clock.GetUtcNow(),
            TransactionId = request?.TransactionId,
            SenderNonce = RandomNumberGenerator.GetBytes(NonceBytes),
            RecipientNonce = request?.SenderNonce,
        };
        return PkiMessage.Create(header, new PkiBody.Error(new(PkiStatusInfo.Rejected(objection.Failure, objection.Code)))).Encoded;
    }
}
