namespace Pki.Protocols.Trust;

/// <summary>Why a stranger's input was not accepted.</summary>
/// <param name="Code">What the stranger may learn.</param>
/// <param name="Detail">What the operator needs. Goes to the log, never to the wire; carries no secret.</param>
public sealed record Refusal(RefusalCode Code, string Detail)
{
    /// <inheritdoc />
    public override string ToString() => $"{Code}: {Detail}";
}
