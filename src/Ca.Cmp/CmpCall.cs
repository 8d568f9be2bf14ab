using Ca.Core.Roles;

namespace Ca.Cmp;

/// <summary>One PKIMessage that a front end brought.</summary>
public sealed record CmpCall
{
    /// <summary>The alias the client addressed.</summary>
    public required string Alias { get; init; }

    /// <summary>The PKIMessage as received.</summary>
    public required ReadOnlyMemory<byte> Message { get; init; }

    /// <summary>The front end. Its rights are a limit of their own and never stand in for the requester's (CMP-P-3).</summary>
    public required Actor FrontEnd { get; init; }

    /// <summary>The operation label of the path (RFC 9483 §6.1), lower case; null when there was none.</summary>
    public string? Operation { get; init; }

    /// <summary>The profile the path names; null when it names none.</summary>
    public string? Profile { get; init; }

    /// <summary>Where the client is, for the audit log.</summary>
    public string? Address { get; init; }

    /// <summary>Subject of the client's TLS certificate, for the audit log; null without one.</summary>
    public string? TlsSubject { get; init; }

    /// <summary>When the front end passed it on; null when unknown.</summary>
    public DateTimeOffset? Sent { get; init; }

    /// <summary>When the engine got it, as a timestamp of its clock.</summary>
    internal long Began { get; init; }
}
