using System.Diagnostics.CodeAnalysis;

namespace Ca.Cmp.Rules;

/// <summary>A value, or the failure to be answered: what <see cref="Pki.Protocols.Trust.Outcome{T}"/> is, in CMP's own words.</summary>
/// <typeparam name="T">The value.</typeparam>
internal readonly struct Checked<T>
    where T : class
{
    private readonly T? value;
    private readonly CmpFailure? failure;

    private Checked(T? value, CmpFailure? failure)
    {
        this.value = value;
        this.failure = failure;
    }

    public static implicit operator Checked<T>(T value) => new(value, null);

    public static implicit operator Checked<T>(CmpFailure failure) => new(null, failure);

    public bool Succeeded([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out CmpFailure? failure)
    {
        value = this.value;
        failure = this.failure;
        return value is not null || (failure is null ? throw new InvalidOperationException("Nothing was decided.") : false);
    }
}
