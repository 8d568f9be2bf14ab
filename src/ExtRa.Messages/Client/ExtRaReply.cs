using ExtRa.Messages.Contract;

namespace ExtRa.Messages.Client;

/// <summary>What came back for one request.</summary>
/// <typeparam name="TResponse">The class that answers it.</typeparam>
/// <param name="Message">The message it was sent in; with it the answer can be awaited again.</param>
/// <param name="Response">What was asked for; null while the CA has not answered.</param>
public sealed record ExtRaReply<TResponse>(SentMessage Message, TResponse? Response)
    where TResponse : Response;
