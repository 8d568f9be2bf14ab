using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Authorities;

/// <summary>
/// The key of a CA from the PKCS#12 that <c>ca exportca</c> writes (MIGRATION §3.4), with its chain. The file also has the
/// key that kept keys are encrypted to, whose certificate is a dummy and not looked at.
/// </summary>
/// <param name="SigningKey">The CA's key.</param>
/// <param name="Chain">The CA's certificate first, the root last.</param>
public sealed record CaKeyFile(KeyPair SigningKey, IReadOnlyList<Certificate> Chain)
{
    /// <summary>The names that the legacy product gives the two keys.</summary>
    public const string SigningAlias = "SignatureKeyAlias", EncryptionAlias = "EncryptionKeyAlias";

    private const int MaxSize = 4 * 1024 * 1024;

    /// <summary>Opens the file.</summary>
    /// <param name="pkcs12">Its octets.</param>
    /// <param name="password">Its password.</param>
    /// <param name="signingAlias">The signing key's alias; null: the legacy name, or the only key with a CA certificate.</param>
    public static Outcome<CaKeyFile> Open(byte[] pkcs12, Secret password, string? signingAlias) =>
        Contents(pkcs12, password).Succeeded(out FileContents? contents, out Refusal? refusal) ? Choose(contents.Keys, contents.Certificates, signingAlias) : refusal;

    /// <summary>The key that kept keys are encrypted to, from such a file or from one that has no other key.</summary>
    /// <param name="pkcs12">Its octets.</param>
    /// <param name="password">Its password.</param>
    /// <param name="alias">The key's alias; null: the legacy name, or the only key.</param>
    public static Outcome<KeyPair> OpenEncryptionKey(byte[] pkcs12, Secret password, string? alias)
    {
        if (!Contents(pkcs12, password).Succeeded(out FileContents? contents, out Refusal? refusal))
        {
            return refusal;
        }

        KeyPair? found = Find(contents.Keys, alias ?? EncryptionAlias) ?? (alias is null && contents.Keys is [var only] ? only.Key : null);
        foreach ((_, KeyPair key) in contents.Keys.Where(known => known.Key != found))
        {
            key.Dispose();
        }

        return found is not null ? found : new Refusal(RefusalCode.NotFound, $"The file has no key '{alias ?? EncryptionAlias}'; its keys are {Names(contents.Keys)}.");
    }

    private static Outcome<FileContents> Contents(byte[] pkcs12, Secret password)
    {
        try
        {
            return pkcs12.Length > MaxSize
                ? new Refusal(RefusalCode.TooLarge, $"The file has more than {MaxSize} octets.")
                : password.LendText(text => Contents(pkcs12, text));
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return new Refusal(RefusalCode.DecryptionFailed, $"The PKCS#12 file does not open: {e.Message}");
        }
    }

    private static Outcome<FileContents> Contents(byte[] pkcs12, string password)
    {
        Pkcs12Info file = Pkcs12Info.Decode(pkcs12, out _);
        if (file.IntegrityMode != Pkcs12IntegrityMode.Password || !file.VerifyMac(password))
        {
            return new Refusal(RefusalCode.DecryptionFailed, "The PKCS#12 file does not open: the password is wrong.");
        }

        List<(string Alias, KeyPair Key)> keys = [];
        List<Certificate> certificates = [];
        foreach (Pkcs12SafeContents contents in file.AuthenticatedSafe)
        {
            if (contents.ConfidentialityMode == Pkcs12ConfidentialityMode.Password)
            {
                contents.Decrypt(password);
            }

            foreach (Pkcs12SafeBag bag in contents.GetBags())
            {
                Read(bag, password, keys, certificates);
            }
        }

        return new FileContents(keys, certificates);
    }

    private static void Read(Pkcs12SafeBag bag, string password, List<(string Alias, KeyPair Key)> keys, List<Certificate> certificates)
    {
        switch (bag)
        {
            case Pkcs12ShroudedKeyBag shrouded:
                keys.Add((AliasOf(bag), Import(Pkcs8PrivateKeyInfo.DecryptAndDecode(password, shrouded.EncryptedPkcs8PrivateKey, out _).Encode())));
                break;
            case Pkcs12KeyBag plain:
                keys.Add((AliasOf(bag), Import(plain.Pkcs8PrivateKey.ToArray())));
                break;
            case Pkcs12CertBag { IsX509Certificate: true } certificate
                when Der.DecodeBer<Certificate>(certificate.GetCertificate().RawData).Succeeded(out Certificate? found, out _):
                certificates.Add(found);
                break;
            default:
                break;
        }
    }

    private static Outcome<CaKeyFile> Choose(List<(string Alias, KeyPair Key)> keys, List<Certificate> certificates, string? signingAlias)
    {
        bool HasCertificate(KeyPair key) => certificates.Exists(c => c.IsCa && c.PublicKey.SameKeyAs(key.Public));
        KeyPair[] withCertificate = [.. keys.Select(k => k.Key).Where(HasCertificate)];
        KeyPair? signing = Find(keys, signingAlias ?? SigningAlias) ?? (signingAlias is null && withCertificate.Length == 1 ? withCertificate[0] : null);
        if (signing is null || !HasCertificate(signing))
        {
            return new Refusal(RefusalCode.NotFound, $"The file has no signing key with a CA certificate; its keys are {Names(keys)}.");
        }

        List<Certificate> chain = [certificates.Find(c => c.IsCa && c.PublicKey.SameKeyAs(signing.Public))!];
        while (!chain[^1].IsSelfIssued && certificates.Find(c => c.Subject.EncodedEquals(chain[^1].Issuer) && chain[^1].IsSignedBy(c.PublicKey)) is { } issuer && !chain.Contains(issuer))
        {
            chain.Add(issuer);
        }

        return new CaKeyFile(signing, chain);
    }

    private static KeyPair? Find(List<(string Alias, KeyPair Key)> keys, string alias) => keys.Find(k => k.Alias.Equals(alias, StringComparison.OrdinalIgnoreCase)).Key;

    private static string Names(List<(string Alias, KeyPair Key)> keys) => string.Join(", ", keys.Select(k => $"'{k.Alias}'"));

    private static KeyPair Import(byte[] pkcs8)
    {
        try
        {
            return KeyPair.FromPkcs8(pkcs8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static string AliasOf(Pkcs12SafeBag bag) =>
        bag.Attributes.Cast<CryptographicAttributeObject>().FirstOrDefault(a => a.Oid.Value == Oids.FriendlyName) is { Values: [var name, ..] }
            ? AsnDecoder.ReadCharacterString(name.RawData, AsnEncodingRules.BER, UniversalTagNumber.BMPString, out _)
            : "";

    private sealed record FileContents(List<(string Alias, KeyPair Key)> Keys, List<Certificate> Certificates);
}
