using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Keys;

/// <summary>
/// Keys in one PKCS#12 (RFC 7292): each key a shrouded key bag with its alias as friendlyName, AES-256-CBC with
/// PBKDF2-SHA-256, and a MAC that tells a wrong PIN. Other tools open it too.
/// </summary>
internal sealed class SoftToken : ICryptoToken
{
    /// <summary>About 30 ms for whoever tries a PIN, once per key and once for the MAC.</summary>
    private const int Iterations = 60_000;

    private static readonly PbeParameters Encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations);

    private readonly byte[] stored;
    private readonly SortedDictionary<string, KeyPair> keys = new(StringComparer.Ordinal);
    private Secret? pin;

    public SoftToken(byte[] stored) => this.stored = stored;

    public bool IsActive => pin is not null;

    public IReadOnlyCollection<string> Aliases => keys.Keys;

    /// <summary>A new token without keys.</summary>
    public static byte[] Create(Secret pin) => Write(new SortedDictionary<string, KeyPair>(StringComparer.Ordinal), pin);

    /// <summary>Null: the PIN is wrong.</summary>
    public static SoftToken? Unlock(byte[] stored, Secret pin)
    {
        var token = new SoftToken(stored);
        if (token.Activate(pin))
        {
            return token;
        }

        token.Dispose();
        return null;
    }

    public bool Activate(Secret pin)
    {
        Pkcs12Info file = Pkcs12Info.Decode(stored, out _);
        if (!pin.LendText(text => file.VerifyMac(text)))
        {
            return false;
        }

        foreach (Pkcs12SafeContents contents in file.AuthenticatedSafe)
        {
            foreach (Pkcs12ShroudedKeyBag bag in contents.GetBags().OfType<Pkcs12ShroudedKeyBag>())
            {
                keys[AliasOf(bag)] = pin.LendText(text => Open(bag, text));
            }
        }

        this.pin = pin.Lend(bytes => new Secret(bytes));
        return true;
    }

    public void Deactivate()
    {
        pin?.Dispose();
        pin = null;
        foreach (KeyPair key in keys.Values)
        {
            key.Dispose();
        }

        keys.Clear();
    }

    public KeyPair? Find(string alias) => keys.GetValueOrDefault(alias);

    public void Generate(string alias, string keySpec) => keys.Add(alias, KeyPair.Generate(keySpec));

    public void Add(string alias, KeyPair key) => keys.Add(alias, key);

    /// <summary>The key pair itself is left to the garbage collector: somebody may be signing with it.</summary>
    public void Remove(string alias) => keys.Remove(alias);

    public byte[] Content() => pin is null ? stored : Write(keys, pin);

    public void Dispose() => Deactivate();

    private static byte[] Write(SortedDictionary<string, KeyPair> keys, Secret pin)
    {
        var contents = new Pkcs12SafeContents();
        foreach ((string alias, KeyPair key) in keys)
        {
            byte[] pkcs8 = key.ExportPkcs8();
            byte[] shrouded = pin.LendText(text => Pkcs8PrivateKeyInfo.Decode(pkcs8, out _).Encrypt(text, Encryption));
            var bag = new Pkcs12ShroudedKeyBag(shrouded);
            contents.AddSafeBag(bag);
            bag.Attributes.Add(new CryptographicAttributeObject(new Oid(Oids.FriendlyName), [FriendlyName(alias)]));
            CryptographicOperations.ZeroMemory(pkcs8);
        }

        var builder = new Pkcs12Builder();
        builder.AddSafeContentsUnencrypted(contents);
        return pin.LendText(text =>
        {
            builder.SealWithMac(text, HashAlgorithmName.SHA256, Iterations);
            return builder.Encode();
        });
    }

    private static AsnEncodedData FriendlyName(string alias)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        writer.WriteCharacterString(System.Formats.Asn1.UniversalTagNumber.BMPString, alias);
        return new(new Oid(Oids.FriendlyName), writer.Encode());
    }

    private static string AliasOf(Pkcs12ShroudedKeyBag bag)
    {
        AsnEncodedData value = bag.Attributes.Cast<CryptographicAttributeObject>().First(a => a.Oid.Value == Oids.FriendlyName).Values[0];
        return System.Formats.Asn1.AsnDecoder.ReadCharacterString(value.RawData, System.Formats.Asn1.AsnEncodingRules.DER, System.Formats.Asn1.UniversalTagNumber.BMPString, out _);
    }

    private static KeyPair Open(Pkcs12ShroudedKeyBag bag, string pin)
    {
        Pkcs8PrivateKeyInfo info = Pkcs8PrivateKeyInfo.DecryptAndDecode(pin, bag.EncryptedPkcs8PrivateKey, out _);
        byte[] pkcs8 = info.Encode();
        try
        {
            return KeyPair.FromPkcs8(pkcs8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }
}
