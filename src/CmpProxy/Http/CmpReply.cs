namespace CmpProxy.Http;

/// <summary>What the client gets.</summary>
internal abstract record CmpReply
{
    private CmpReply()
    {
    }

    /// <summary>A PKIMessage, a refusal in CMP's own words too: status 200 (CMP-T-2, T-3).</summary>
    internal sealed record Message(ReadOnlyMemory<byte> Encoded) : CmpReply;

    /// <summary>What never became CMP: a bare status without a word of explanation or echo (CMP-T-3, T-11).</summary>
    /// <param name="Status">The status.</param>
    /// <param name="RetryAfter">When to come again; null to say nothing.</param>
    internal sealed record Bare(int Status, TimeSpan? RetryAfter = null) : CmpReply;
}
