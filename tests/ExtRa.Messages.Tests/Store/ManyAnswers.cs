namespace ExtRa.Messages.Store;

internal static class ManyAnswers
{
    extension(IMessageStore store)
    {
        /// <summary>Stores answers all at once, as the workers of a busy pump do.</summary>
        /// <returns>How many were stored.</returns>
        public async Task<int> AnswerAllAsync(IEnumerable<MessageAnswer> answers, CancellationToken cancel) =>
            (await Task.WhenAll(answers.Select(answer => store.AnswerAsync(answer, cancel)))).Count(stored => stored);
    }
}
