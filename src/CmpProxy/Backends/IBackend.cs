using CmpProxy.Http;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace CmpProxy.Backends;

/// <summary>Where messages are answered: the CA behind the message database, or another CMP server.</summary>
internal interface IBackend
{
    /// <summary>Asks, and waits for the answer as long as the alias allows.</summary>
    /// <param name="call">What was asked, where.</param>
    /// <param name="message">The message in it; its octets go on unchanged (CMP-T-14).</param>
    /// <param name="cancel">The client went away: ends the wait, never what was begun (CMP-T-16).</param>
    Task<BackendAnswer> AskAsync(CmpCall call, PkiMessage message, CancellationToken cancel);
}

/// <summary>What came of asking.</summary>
internal abstract record BackendAnswer
{
    private BackendAnswer()
    {
    }

    /// <summary>The answering PKIMessage, for this request and no other.</summary>
    internal sealed record Answered(ReadOnlyMemory<byte> Encoded) : BackendAnswer;

    /// <summary>Nothing came in time (CMP-T-15). What was asked goes on; the client may ask the same again (CMP-T-17).</summary>
    internal sealed record Silent : BackendAnswer
    {
        public static Silent Instance { get; } = new();
    }

    /// <summary>Nobody can be asked right now. The client may ask the same again: nothing happens twice (CMP-T-17).</summary>
    internal sealed record Unreachable : BackendAnswer
    {
        public static Unreachable Instance { get; } = new();
    }

    /// <summary>The CA does not know the alias (CMP-T-11).</summary>
    internal sealed record NoSuchAlias : BackendAnswer
    {
        public static NoSuchAlias Instance { get; } = new();
    }

    /// <summary>The same request was answered too long ago (CMP-T-17).</summary>
    internal sealed record Repeated : BackendAnswer
    {
        public static Repeated Instance { get; } = new();
    }

    /// <summary>The CA could not answer in CMP's own words.</summary>
    internal sealed record Refused(RefusalCode Why) : BackendAnswer;

    /// <summary>The other server answered with a status of its own.</summary>
    internal sealed record Status(int Code) : BackendAnswer;
}
