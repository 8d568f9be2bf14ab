using ExtRa.Messages.Contract;
using ExtRa.Processing;
using Pki.Protocols.Trust;

namespace CaServiceWorker.Processors;

/// <summary>
/// From what the CA core says to what the worker does. Every processor ends here, so whatever the core learns to say
/// besides yes and no is translated once.
/// </summary>
internal static class Answers
{
    public static Answer From<T>(Outcome<T> outcome, Func<T, Response> done)
        where T : class =>
        outcome.Succeeded(out T? value, out Refusal? refusal) ? new Answer.Done(done(value)) : new Answer.No(refusal);
}
