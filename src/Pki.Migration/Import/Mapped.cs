namespace Pki.Migration.Import;

/// <summary>A row turned into what is stored here, or the reason why it is not.</summary>
/// <param name="Value">What is stored; null when it is set aside or passed over.</param>
/// <param name="Problem">Why it is set aside for a person to look at; null when nothing is wrong.</param>
/// <param name="Notes">What was done to it, in sentences from a closed list, so that they can be counted.</param>
internal sealed record Mapped<T>(T? Value, string? Problem, IReadOnlyList<string> Notes)
    where T : class
{
    public static Mapped<T> SetAside(string problem) => new(null, problem, []);

    public static Mapped<T> PassedOver(string note) => new(null, null, [note]);
}
