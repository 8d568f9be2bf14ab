namespace ExtRa.Messages.Sealing;

/// <summary>Which layers a message has, or must have (EXTERNAL_RA.md X-03).</summary>
/// <param name="Signed">Signed by its sender.</param>
/// <param name="Encrypted">Encrypted to its receiver.</param>
public sealed record Protection(bool Signed, bool Encrypted)
{
    /// <summary>Both layers: the default everywhere.</summary>
    public static Protection Full { get; } = new(Signed: true, Encrypted: true);

    /// <summary>No layer. Whoever owns the database can read and write such messages.</summary>
    public static Protection None { get; } = new(Signed: false, Encrypted: false);

    /// <summary>The stronger of two in each layer: an answer is at least as protected as its request (FLAWS.md D2).</summary>
    public Protection AtLeast(Protection other) => new(Signed || other.Signed, Encrypted || other.Encrypted);
}
