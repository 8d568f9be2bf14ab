using Ca.Cmp.Authentication;
using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Ca.Core.Ledger;
using Ca.Core.Storage;
using Pki.Protocols.Cmp;

namespace Ca.Cmp;

/// <summary>A message whose sender is known, and everything that is needed to answer it.</summary>
internal sealed record Exchange
{
    public required CmpCall Call { get; init; }

    public required CmpAlias Alias { get; init; }

    public required CertificateAuthority Ca { get; init; }

    public required ConfigurationSnapshot Configuration { get; init; }

    public required PkiMessage Message { get; init; }

    public required Requester Requester { get; init; }

    /// <summary>transactionID: the sender's, or one of ours where a first message has none (CMP-H-8).</summary>
    public required ReadOnlyMemory<byte> TransactionId { get; init; }

    /// <summary>Alias, requester and transactionID in one: whose transaction.</summary>
    public required string TransactionKey { get; init; }

    /// <summary>The requester as transactions know it.</summary>
    public required string RequesterKey { get; init; }

    /// <summary>Names this very message of this very requester. The same octets get the same answer (CMP-T-17).</summary>
    public required InboxKey Key { get; init; }

    /// <summary>Our senderNonce of the answer.</summary>
    public required byte[] Nonce { get; init; }

    /// <summary>Collects what the answer justifies.</summary>
    public required CaWork Work { get; init; }

    public PkiHeader Header => Message.Header;

    /// <summary>A transaction that begins with this message.</summary>
    public CmpTransaction Begin(CmpTransactionState state, DateTimeOffset now) => new CmpTransaction
    {
        Id = TransactionKey,
        Alias = Alias.Name,
        Requester = RequesterKey,
        State = state,
        Protection = Header.ProtectionAlgorithm!.Oid,
        OwnNonce = Nonce,
        CaId = Ca.Id,
        At = now,
    }.After(Header.SenderNonce, Nonce);
}
