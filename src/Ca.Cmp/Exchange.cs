using System.Security.Cryptography;
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
    public required Arrival Arrival { get; init; }

    public CmpCall Call => Arrival.Call;

    public CmpAlias Alias => Arrival.Alias;

    public CertificateAuthority Ca => Arrival.Ca;

    public ConfigurationSnapshot Configuration => Arrival.Configuration;

    public PkiMessage Message => Arrival.Message;

    /// <summary>Collects what the answer justifies.</summary>
    public CaWork Work => Arrival.Work;

    public required Requester Requester { get; init; }

    /// <summary>transactionID: the sender's, or one of ours where a first message has none (CMP-H-8).</summary>
    public required ReadOnlyMemory<byte> TransactionId { get; init; }

    /// <summary>Whose transaction.</summary>
    public required CmpTransactionNames Names { get; init; }

    /// <summary>Alias, requester and transactionID in one.</summary>
    public string TransactionKey => Names.Id;

    /// <summary>The requester as transactions know it.</summary>
    public string RequesterKey => Names.Requester;

    /// <summary>Names this very message of this very requester. The same octets get the same answer (CMP-T-17).</summary>
    public required InboxKey Key { get; init; }

    /// <summary>Our senderNonce of the answer.</summary>
    public required byte[] Nonce { get; init; }

    public PkiHeader Header => Message.Header;

    /// <summary>The transaction that waited for what is now decided; null for a message that begins one.</summary>
    public CmpTransaction? Resumed { get; init; }

    /// <summary>The transaction that begins with this message, or goes on after it has waited.</summary>
    public CmpTransaction Begin(CmpTransactionState state, DateTimeOffset now) => Resumed is { } waited
        ? waited.Over(state) with { At = now }
        : new CmpTransaction
        {
            Id = TransactionKey,
            Alias = Alias.Name,
            Requester = RequesterKey,
            Use = Names.Use,
            State = state,
            Protection = Header.ProtectionAlgorithm!.Oid,
            OwnNonce = Nonce,
            CaId = Ca.Id,
            CodeOwner = Requester.ProvenCode?.Username,
            Code = Requester.ProvenCode?.Sealed,
            At = now,
        }.After(Header.SenderNonce, Nonce);

    /// <summary>Stages what <see cref="Begin"/> made.</summary>
    public void Stage(CmpTransaction transaction)
    {
        if (Resumed is null)
        {
            CmpTransactions.StageNew(Work, transaction);
        }
        else
        {
            CmpTransactions.StageChange(Work, transaction);
        }
    }

    /// <summary>
    /// The message that asked, and the profile of the path it came by, in place of the one that asks what became of it. Its
    /// first answer was "waiting"; what is decided now goes by a name of its own, the same however often it is asked.
    /// </summary>
    public Exchange ResumeWith(PkiMessage asked, CmpTransaction waited) => this with
    {
        Arrival = Arrival with { Message = asked, Call = Call with { Profile = waited.PathProfile } },
        Key = KeyOf(TransactionKey, asked) with { Index = 1 },
        Resumed = waited,
    };

    /// <summary>The sender's; or one of ours, of the message, so that a repetition gets the same (CMP-H-8).</summary>
    public static ReadOnlyMemory<byte> TransactionIdOf(PkiMessage message) => message.Header.TransactionId ?? SHA256.HashData(message.Encoded.Span).AsMemory(0, 16);

    /// <summary>Names a message of a transaction (CMP-T-17).</summary>
    public static InboxKey KeyOf(string transactionKey, PkiMessage message) => new("cmp-" + transactionKey, SHA256.HashData(message.Encoded.Span), 0);
}
