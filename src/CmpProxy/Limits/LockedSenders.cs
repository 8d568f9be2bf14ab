using CmpProxy.Http;
using CmpProxy.Notices;
using ExtRa.Messages.Contract;
using Pki.Protocols.Cmp;

namespace CmpProxy.Limits;

/// <summary>
/// Senders that the CA does not listen to for a while (CMP-M-8). Its refusal is signed with a key that is not here and reads
/// like that of a wrong secret, so the proxy says nothing in its place: it lets few of their messages through, each of which
/// the CA answers as ever, and treats the rest as it treats any flood (CMP-P-7).
/// </summary>
internal sealed class LockedSenders(NoticeMemory<CMPLockoutList> lockouts, CallRates rates, TimeProvider clock)
{
    /// <summary>True for a message of a locked-out sender that has sent too many since.</summary>
    public bool IsFlood(CmpCall call, PkiMessage message)
    {
        if (lockouts.Current is not { Lockouts.Count: > 0 } list || !MessageProtection.Claim(message).Succeeded(out MessageProtectionClaim? claim, out _) || claim.Kind != ProtectionKind.Mac)
        {
            return false; // wrong secrets are counted for a MAC and nothing else
        }

        string alias = call.Target.Alias.Name;
        byte[] sender = MacSender.DigestOf(MacSender.CountedAs(message.Header));
        DateTimeOffset now = clock.GetUtcNow();
        return list.Lockouts.Any(lockout => lockout.Until > now && lockout.Alias == alias && lockout.Sender.AsSpan().SequenceEqual(sender))
            && !rates.TryKnock($"{alias}/{Convert.ToHexStringLower(sender)}");
    }
}
