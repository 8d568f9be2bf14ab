using System.Security.Cryptography;
using System.Text;

namespace Pki.Protocols.Trust;

/// <summary>
/// A password, PIN or challenge. Prints as <c>***</c>, compares in constant time, lends its bytes to one call and
/// wipes them on disposal.
/// </summary>
public sealed class Secret : IDisposable
{
    private readonly byte[] bytes;
    private bool disposed;

    /// <summary>Copies the bytes; the caller wipes its own.</summary>
    public Secret(ReadOnlySpan<byte> bytes) => this.bytes = bytes.ToArray();

    /// <summary>A secret given as text, held as UTF-8.</summary>
    public static Secret FromText(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        var secret = new Secret(utf8);
        CryptographicOperations.ZeroMemory(utf8);
        return secret;
    }

    /// <summary>True when there is nothing in it.</summary>
    public bool IsEmpty => bytes.Length == 0;

    /// <summary>Lends the bytes to one call.</summary>
    public TResult Lend<TResult>(Func<ReadOnlySpan<byte>, TResult> use)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return use(bytes);
    }

    /// <summary>Lends the secret as text to one call.</summary>
    public TResult LendText<TResult>(Func<string, TResult> use) => Lend(value => use(Encoding.UTF8.GetString(value)));

    /// <summary>Compares in a time that does not depend on where the difference is, nor on either length.</summary>
    public bool EqualsInConstantTime(Secret other)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        Span<byte> mine = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> theirs = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, mine);
        SHA256.HashData(other.bytes, theirs);
        return CryptographicOperations.FixedTimeEquals(mine, theirs);
    }

    /// <inheritdoc />
    public override string ToString() => "***";

    /// <inheritdoc />
    public void Dispose()
    {
        disposed = true;
        CryptographicOperations.ZeroMemory(bytes);
    }
}
