using System.Text.Json.Serialization;
using Pki.Protocols.Trust;

namespace ExtRa.Messages.Contract;

/// <summary>
/// One part of a message: a request to the CA, the answer to one, or a notice. The class name is the name on the wire, so a
/// released class or property is never renamed (EXTERNAL_RA.md ).
/// </summary>
public abstract record SubMessage
{
    /// <summary>The name on the wire.</summary>
    [JsonPropertyName("class")]
    [JsonPropertyOrder(-1)]
    public string WireName => GetType().Name;

    /// <summary>Chosen by the requester and copied into the answer (legacy key REQUESTID, WIRE.md 7.1).</summary>
    public long RequestId { get; init; }
}

/// <summary>Asks the CA for something. A <c>FooRequest</c> is processed by <c>FooRequestProcessor</c>.</summary>
public abstract record Request : SubMessage;

/// <summary>What the CA tells all front ends of a message database. Everybody there can read it: it holds no secret.</summary>
public abstract record Notice : SubMessage
{
    /// <summary>Afterwards it counts no more, and an old one that somebody puts back does neither.</summary>
    public required DateTimeOffset NotAfter { get; init; }
}

/// <summary>What became of one request.</summary>
public abstract record Response : SubMessage
{
    /// <summary>True when what was asked for has been done and is in this answer.</summary>
    public required bool Success { get; init; }

    /// <summary>Text for people, from a fixed catalogue; null on success (FLAWS.md D8).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FailInfo { get; init; }

    /// <summary>The reason for machines; null on success.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RefusalCode? Reason { get; init; }
}
