using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ca.Core.Cmp;

/// <summary>Where a transaction stands.</summary>
public enum CmpTransactionState
{
    /// <summary>A certificate was handed out and certConf is waited for.</summary>
    Unconfirmed = 1,

    /// <summary>The certificate was confirmed, or needed no confirmation.</summary>
    Confirmed = 2,

    /// <summary>Ended without a certificate in use: rejected, never confirmed, or about something else.</summary>
    Closed = 3,

    /// <summary>People have to agree first, or something here takes its time; the client comes back to ask (RFC 9810 §5.3.22).</summary>
    Waiting = 4,
}

/// <summary>
/// What is remembered of one transaction (CMP_ENGINE.md §5). It belongs to whoever was authenticated when it began: the
/// same transactionID of somebody else is another transaction.
/// </summary>
public sealed record CmpTransaction : IRow<CmpTransaction>
{
    private const int NonceDigestSize = 16;
    private const int MaxNonces = 64;

    /// <summary>Lower-case hex SHA-256 of alias, requester and transactionID.</summary>
    public required string Id { get; init; }

    /// <summary>The alias.</summary>
    public required string Alias { get; init; }

    /// <summary>Lower-case hex SHA-256 of what identifies the requester.</summary>
    public required string Requester { get; init; }

    /// <summary>Lower-case hex SHA-256 of requester and transactionID; null in what began before that was noted.</summary>
    public string? Use { get; init; }

    /// <summary>Where it stands.</summary>
    public required CmpTransactionState State { get; init; }

    /// <summary>OID of protectionAlg: later messages must not change it (CMP-S-7).</summary>
    public required string Protection { get; init; }

    /// <summary>The senderNonce of our last message: the next one must show it (CMP-H-12).</summary>
    public required byte[] OwnNonce { get; init; }

    /// <summary>Digests of the nonces the requester used, one after the other (CMP-H-11).</summary>
    public byte[] SeenNonces { get; init; } = [];

    /// <summary>certReqId, decimal.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>CA of the certificate.</summary>
    public int CaId { get; init; }

    /// <summary>Its serial number; null where there is none.</summary>
    public string? Serial { get; init; }

    /// <summary>kur: serial number of the certificate that is updated, of the same CA (CMP-O-6).</summary>
    public string? UpdatedSerial { get; init; }

    /// <summary>
    /// Client mode: whose enrolment code protects it; null where another secret or a key does. The code is spent with the
    /// certificate, and what follows is still protected with it (CMP-M-1, O-22).
    /// </summary>
    public string? CodeOwner { get; init; }

    /// <summary>That code, as the end entity had it: see <see cref="EndEntities.SealedCode"/>.</summary>
    public byte[]? Code { get; init; }

    /// <summary>Until when certConf is waited for.</summary>
    public DateTimeOffset? ConfirmBy { get; init; }

    /// <summary>While it waits: the PKIMessage that asked, as received. It is carried out when people have agreed.</summary>
    public byte[]? Pending { get; init; }

    /// <summary>While it waits: what people are asked; null where it waits for something here.</summary>
    public long? ApprovalId { get; init; }

    /// <summary>
    /// While it waits: the certificate profile of the path that the request came by; null for none. The client may come back by
    /// any path of the alias (CMP-T-7).
    /// </summary>
    public string? PathProfile { get; init; }

    /// <summary>While it waits: when the client was last told to come back.</summary>
    public DateTimeOffset? AskedBackAt { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>PostgreSQL's own row version.</summary>
    public uint Version { get; init; }

    /// <summary>True for a nonce that was used before in this transaction.</summary>
    public bool HasSeen(ReadOnlySpan<byte> nonce)
    {
        ReadOnlySpan<byte> digest = DigestOf(nonce);
        for (int at = 0; at < SeenNonces.Length; at += NonceDigestSize)
        {
            if (SeenNonces.AsSpan(at, NonceDigestSize).SequenceEqual(digest))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The same after another message: its nonce is used up, and ours is the one to be shown next.</summary>
    public CmpTransaction After(ReadOnlyMemory<byte>? nonce, byte[] ownNonce)
    {
        byte[] seen = nonce is { } used ? [.. SeenNonces, .. DigestOf(used.Span)] : SeenNonces;
        int surplus = Math.Max(0, seen.Length - (MaxNonces * NonceDigestSize));
        return this with { OwnNonce = ownNonce, SeenNonces = seen[surplus..] };
    }

    /// <summary>The same when it waits no longer: what was kept for that is forgotten.</summary>
    public CmpTransaction Over(CmpTransactionState state) => this with { State = state, Pending = null, PathProfile = null, AskedBackAt = null, ApprovalId = null };

    static void IRow<CmpTransaction>.Map(EntityTypeBuilder<CmpTransaction> row)
    {
        row.ToTable("cmp_transaction");
        row.HasKey(r => r.Id);
        row.Property(r => r.Id).HasMaxLength(64);
        row.Property(r => r.Alias).HasMaxLength(32);
        row.Property(r => r.Requester).HasMaxLength(64);
        row.Property(r => r.Use).HasMaxLength(64);
        row.Property(r => r.Protection).HasMaxLength(100);
        row.Property(r => r.RequestId).HasMaxLength(100);
        row.Property(r => r.Serial).HasMaxLength(40);
        row.Property(r => r.UpdatedSerial).HasMaxLength(40);
        row.Property(r => r.CodeOwner).HasMaxLength(250);
        row.HasIndex(r => r.Use).IsUnique(); // of the same message at two aliases at the same moment one counts
        row.HasIndex(r => r.At);
        row.HasIndex(r => new { r.Requester, r.State });
        row.HasIndex(r => new { r.CaId, r.Serial });
        row.HasIndex(r => new { r.CaId, r.UpdatedSerial }).IsUnique().HasFilter("state in (1, 2)"); // of two updates at the same moment one counts (CMP-O-6)
        row.HasIndex(r => r.ConfirmBy).HasFilter("state = 1"); // what the housekeeping reads
        row.Property(r => r.Version).IsRowVersion();
    }

    private static byte[] DigestOf(ReadOnlySpan<byte> nonce) => System.Security.Cryptography.SHA256.HashData(nonce)[..NonceDigestSize];
}
