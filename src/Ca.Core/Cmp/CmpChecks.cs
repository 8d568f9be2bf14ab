namespace Ca.Core.Cmp;

/// <summary>
/// What RFC 9483 demands beyond RFC 9810, each by itself (CMP-0-2): null leaves it to <see cref="CmpAlias.Conformance"/>.
/// What protects against forgery is not in here: it is the same for all.
/// </summary>
public sealed record CmpChecks
{
    /// <summary>messageTime is there (CMP-H-4).</summary>
    public bool? MessageTime { get; init; }

    /// <summary>transactionID is there (CMP-H-8).</summary>
    public bool? TransactionId { get; init; }

    /// <summary>senderNonce is there and has 16 octets (CMP-H-10).</summary>
    public bool? SenderNonce { get; init; }

    /// <summary>A first message has no recipNonce (CMP-H-12).</summary>
    public bool? NoFirstRecipNonce { get; init; }

    /// <summary>Under a MAC senderKID is there, and the sender's common name is the same (CMP-H-2, H-6).</summary>
    public bool? NamedSecret { get; init; }

    /// <summary>The first of extraCerts is the signer's (CMP-H-18).</summary>
    public bool? SignerFirst { get; init; }

    /// <summary>recipient is empty or somebody here (CMP-H-3).</summary>
    public bool? Recipient { get; init; }

    /// <summary>implicitConfirm is NULL and alone, confirmWaitTime a GeneralizedTime (CMP-H-14, H-15).</summary>
    public bool? ConfirmInfo { get; init; }

    /// <summary>The operation in the path is that of the body (CMP-T-7).</summary>
    public bool? Operation { get; init; }

    /// <summary>certReqId is 0 (CMP-C-7).</summary>
    public bool? RequestId { get; init; }

    /// <summary>One revocation, one question a message (CMP-O-45, O-80).</summary>
    public bool? OneOnly { get; init; }

    /// <summary>A certConf that nobody waits for is an error (CMP-O-21).</summary>
    public bool? NoNeedlessConfirmation { get; init; }

    /// <summary>Who puts a signature around messages of others has a certificate for cmcRA (CMP-O-100).</summary>
    public bool? RaPurpose { get; init; }
}
