using System.Security.Cryptography;
using Pki.Protocols.X509;

namespace Pki.Protocols.Cmp;

/// <summary>
/// A key derived from a shared secret with certain parameters: it verifies a request and, because the answer re-uses the
/// parameters, protects the answer (CMP-S-7). Wiped on disposal.
/// </summary>
public sealed class MacKey : IDisposable
{
    private readonly byte[] key;
    private readonly HashAlgorithmName hash;

    internal MacKey(AlgorithmIdentifier algorithm, HashAlgorithmName hash, byte[] key)
    {
        Algorithm = algorithm;
        this.hash = hash;
        this.key = key;
    }

    /// <summary>protectionAlg, with the parameters the key is derived with.</summary>
    public AlgorithmIdentifier Algorithm { get; }

    /// <summary>The MAC of the data.</summary>
    public byte[] Compute(ReadOnlySpan<byte> data) => CryptographicOperations.HmacData(hash, key, data);

    /// <summary>Compares in a time that does not depend on where the difference is (CMP-S-6).</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> mac) => CryptographicOperations.FixedTimeEquals(Compute(data), mac);

    /// <inheritdoc />
    public override string ToString() => "***";

    /// <inheritdoc />
    public void Dispose() => CryptographicOperations.ZeroMemory(key);
}
