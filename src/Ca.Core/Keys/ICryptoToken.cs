using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Keys;

/// <summary>
/// Where private keys live. SOFT keeps them encrypted in the CA database; a PKCS#11 token would keep them in its
/// device behind the same members. Private bytes never leave this folder.
/// </summary>
internal interface ICryptoToken : IDisposable
{
    /// <summary>The PIN was given and keys can be used.</summary>
    bool IsActive { get; }

    /// <summary>Aliases of the keys; empty while it is offline.</summary>
    IReadOnlyCollection<string> Aliases { get; }

    /// <summary>Opens it. False: the PIN is wrong.</summary>
    bool Activate(Secret pin);

    /// <summary>Forgets PIN and keys.</summary>
    void Deactivate();

    /// <summary>A key; null when there is none of this alias. It stays usable until the token is deactivated.</summary>
    KeyPair? Find(string alias);

    /// <summary>Makes a key pair. What <see cref="Content"/> returns afterwards must be stored.</summary>
    void Generate(string alias, string keySpec);

    /// <summary>Takes over a key pair that was made elsewhere. What <see cref="Content"/> returns afterwards must be stored.</summary>
    void Add(string alias, KeyPair key);

    /// <summary>Removes a key. What <see cref="Content"/> returns afterwards must be stored.</summary>
    void Remove(string alias);

    /// <summary>What has to be stored for the token.</summary>
    byte[] Content();
}
