using System.Diagnostics.CodeAnalysis;

namespace Pki.Protocols.Trust;

/// <summary>What crossing a trust boundary yields: a value, or the reason why there is none.</summary>
/// <typeparam name="T">The value of success.</typeparam>
public readonly struct Outcome<T>
    where T : class
{
    private readonly T? value;
    private readonly Refusal? refusal;

    private Outcome(T? value, Refusal? refusal)
    {
        this.value = value;
        this.refusal = refusal;
    }

    /// <summary>A success.</summary>
    public static implicit operator Outcome<T>(T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(value, null);
    }

    /// <summary>A refusal.</summary>
    public static implicit operator Outcome<T>(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new(null, refusal);
    }

    /// <summary>Tells which of the two it is, and hands over that one.</summary>
    /// <returns>True when <paramref name="value"/> is there, false when <paramref name="refusal"/> is.</returns>
    public bool Succeeded([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Refusal? refusal)
    {
        value = this.value;
        refusal = this.refusal;
        if (value is null && refusal is null)
        {
            throw new InvalidOperationException("An Outcome was never given a value.");
        }

        return value is not null;
    }

    /// <summary>The value, for places where a refusal would be our own mistake (tests, configuration).</summary>
    /// <exception cref="InvalidOperationException">It was refused; the message says why.</exception>
    public T OrThrow() =>
        Succeeded(out T? value, out Refusal? refusal) ? value : throw new InvalidOperationException(refusal.ToString());
}
