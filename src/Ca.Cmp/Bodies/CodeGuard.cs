using Ca.Core.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Bodies;

/// <summary>Counts wrong enrolment codes of one end entity, whoever shows them (CMP-M-8, X-6).</summary>
internal sealed class CodeGuard(CmpGuesses guesses)
{
    private static readonly Refusal LockedOut = new(RefusalCode.NotAuthorized, "Too many wrong enrolment codes.");

    public async Task<Outcome<Certified>> WatchAsync(Exchange exchange, string username, Func<Task<Outcome<Certified>>> issue, CancellationToken cancel)
    {
        string whose = "code:" + username;
        int wrong = await guesses.CountAsync(exchange.Alias, whose, cancel);
        if (CmpGuesses.IsLockedOut(exchange.Alias, wrong))
        {
            return LockedOut;
        }

        Outcome<Certified> outcome = await issue();
        if (!outcome.Succeeded(out _, out Refusal? refusal) && refusal.Code == RefusalCode.NotAuthorized)
        {
            guesses.StageWrong(exchange.Work, exchange.Alias, whose, wrong);
        }

        return outcome;
    }
}
