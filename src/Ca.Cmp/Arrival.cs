using Ca.Core.Authorities;
using Ca.Core.Cmp;
using Ca.Core.Ledger;
using Ca.Core.Storage;
using Pki.Protocols.Cmp;

namespace Ca.Cmp;

/// <summary>A message that can be read, and what it is judged by.</summary>
internal sealed record Arrival
{
    public required CmpCall Call { get; init; }

    /// <summary>The alias, CA and profiles chosen where the message chooses them.</summary>
    public required CmpAlias Alias { get; init; }

    /// <summary>The CA that answers.</summary>
    public required CertificateAuthority Ca { get; init; }

    public required ConfigurationSnapshot Configuration { get; init; }

    public required PkiMessage Message { get; init; }

    /// <summary>The trusted RA that has signed the message around it (CMP-O-100); null: it came by itself.</summary>
    public string? WrappedBy { get; init; }

    /// <summary>What every attempt to answer has met: all that is left to say. Null for an attempt.</summary>
    public CmpFailure? Fault { get; init; }

    /// <summary>Collects what the answer justifies.</summary>
    public required CaWork Work { get; init; }
}
