namespace ScepRaServer;

/// <summary>What a client gets. The endpoint turns it into HTTP; nothing else does.</summary>
internal abstract record ScepReply
{
    private ScepReply()
    {
    }

    /// <summary>A signed CertRep: success, refusal or "not yet", always with status 200 (RFC 8894 §4.3, SCEP.md H-14).</summary>
    internal sealed record CertRep(ReadOnlyMemory<byte> Signed) : ScepReply;

    /// <summary>The answer to an operation that is not signed: capabilities, CA certificates.</summary>
    /// <param name="Bytes">The body, made once at start.</param>
    /// <param name="ContentType">The exact content type; no charset, which old clients choke on (SCEP.md H-12).</param>
    internal sealed record Document(ReadOnlyMemory<byte> Bytes, string ContentType) : ScepReply;

    /// <summary>No CertRep can be made: the call is not SCEP, or we are not able to serve it.</summary>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="Text">A fixed text (FLAWS.md G8).</param>
    /// <param name="RetryAfter">When to come back, for 429 and 503.</param>
    internal sealed record NotScep(int Status, string Text, TimeSpan? RetryAfter = null) : ScepReply;
}
