using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Sources;

/// <summary>What a certificate's user is called, where nothing but the certificate tells it.</summary>
public enum UserOf
{
    /// <summary>Nobody knows.</summary>
    Nobody,

    /// <summary>Its common name.</summary>
    CommonName,

    /// <summary>Its whole subject.</summary>
    Subject,

    /// <summary>The name of its file, without what is behind the last point.</summary>
    FileName,
}

/// <summary>
/// A folder with certificates in files (.pem, .crt, .cer, .der) and CRLs (.crl), read as if they were rows of an EJBCA: what
/// <c>ca importcert</c>, <c>importcertdir</c> and <c>importcrl</c> did for small sites. A certificate that a CRL lists is
/// revoked with that reason and date; otherwise the nearest folder with a number of two digits for its name tells its status (20, 40, …, as
/// <c>pki cert export --all</c> and the old product's script write them); otherwise it is active.
/// </summary>
public sealed class CertificateFolder : ILegacySource
{
    private const string CertificateTable = "CertificateData", CrlTable = "CRLData";
    private const int MaxCertificates = 1024 * 1024, MaxCrl = 64 * 1024 * 1024, MaxCrls = 256 * 1024 * 1024; // octets of a file, and of all CRLs, which are held together
    private const string Active = "20", Revoked = "40", Archived = "60", NotRevoked = "-1";

    private static readonly string[] CertificateFiles = [".pem", ".crt", ".cer", ".der"];

    private static readonly Dictionary<string, int> CertificateColumns = Columns("fingerprint", "base64Cert", "status", "revocationReason", "revocationDate", "username");
    private static readonly Dictionary<string, int> CrlColumns = Columns("fingerprint", "base64Crl", "cRLNumber", "deltaCRLIndicator");

    private readonly string folder;
    private readonly UserOf userOf;
    private readonly string[] certificates;
    private readonly (string Name, CertificateList List)[] crls;
    private readonly Dictionary<string, RevokedCertificate> revoked = new(StringComparer.Ordinal);

    private CertificateFolder(string folder, UserOf userOf, string[] certificates, (string Name, CertificateList List)[] crls, IReadOnlyList<Certificate> issuers, IReadOnlyDictionary<string, string> digests, string digest)
    {
        (this.folder, this.userOf, this.certificates, this.crls, Digests, ContentDigest) = (folder, userOf, certificates, crls, digests, digest);
        foreach (CertificateList list in crls.Select(crl => crl.List).Where(list => list.BaseNumber is null && issuers.Any(issuer => issuer.Subject.EncodedEquals(list.Issuer) && list.IsSignedBy(issuer.PublicKey))).OrderBy(list => list.ThisUpdate))
        {
            foreach (RevokedCertificate entry in list.Revoked)
            {
                revoked[Key(list.Issuer, entry.Serial)] = entry;
            }
        }
    }

    /// <inheritdoc />
    public string? ContentDigest { get; }

    /// <inheritdoc />
    public double? Share { get; private set; }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> Digests { get; }

    /// <summary>Never: a file that is missing leaves no trace.</summary>
    public bool HasEndMark => false;

    /// <inheritdoc />
    public string Description => string.Create(CultureInfo.InvariantCulture, $"folder {folder} with {certificates.Length} files of certificates and {crls.Length} CRLs, SHA-256 {ContentDigest}");

    /// <summary>True for a folder that holds certificates or CRLs, also in folders of it.</summary>
    public static bool Is(string folder) => Files(folder, [.. CertificateFiles, ".crl"]).Any();

    /// <summary>Reads all files once for their digest, and the CRLs.</summary>
    /// <param name="folder">With folders in it.</param>
    /// <param name="userOf">Who the users are.</param>
    /// <param name="issuers">Certificates of the CAs whose CRLs are believed.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="LegacyFormatException">A CRL is none.</exception>
    public static async Task<CertificateFolder> OpenAsync(string folder, UserOf userOf, IReadOnlyList<Certificate> issuers, CancellationToken cancel)
    {
        string[] found = [.. Files(folder, CertificateFiles).Order(StringComparer.Ordinal)];
        List<(string, CertificateList)> lists = [];
        long held = 0;
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{userOf}\n"));
        foreach (string file in found.Concat(Files(folder, [".crl"]).Order(StringComparer.Ordinal)))
        {
            byte[] content = await ReadAsync(file, file.EndsWith(".crl", StringComparison.OrdinalIgnoreCase) ? MaxCrl : MaxCertificates, cancel);
            held += file.EndsWith(".crl", StringComparison.OrdinalIgnoreCase) ? content.Length : 0;
            if (held > MaxCrls)
            {
                throw new LegacyFormatException($"With '{file}' the CRLs have more than {MaxCrls} octets: leave the last of each CA.");
            }

            byte[] digest = SHA256.HashData(content);
            digests[Path.GetRelativePath(folder, file)] = Convert.ToHexStringLower(digest);
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(folder, file) + "\n"));
            hash.AppendData(digest);
            if (file.EndsWith(".crl", StringComparison.OrdinalIgnoreCase))
            {
                lists.Add((Path.GetRelativePath(folder, file), Decode(content).Succeeded(out CertificateList? list, out Refusal? refusal) ? list : throw new LegacyFormatException($"'{file}' is no CRL: {refusal.Detail}")));
            }
        }

        return new(folder, userOf, found, [.. lists], issuers, digests, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <inheritdoc />
    public bool Has(string table) => table switch { CertificateTable => certificates.Length > 0, CrlTable => crls.Length > 0, _ => false };

    /// <inheritdoc />
    public async IAsyncEnumerable<LegacyRow> ReadAsync(string table, long skip, [EnumeratorCancellation] CancellationToken cancel)
    {
        long number = 0;
        if (table == CrlTable)
        {
            foreach ((string name, CertificateList list) in crls)
            {
                yield return new(CrlColumns, [name, Convert.ToBase64String(list.Encoded.Span), list.Number?.ToString(CultureInfo.InvariantCulture), list.BaseNumber is null ? "-1" : "1"], ++number);
            }
        }

        foreach ((int index, string file) in (table == CertificateTable ? certificates : []).Index())
        {
            Share = (index + 1.0) / certificates.Length;
            foreach (string?[] row in Rows(file, await ReadAsync(file, MaxCertificates, cancel)))
            {
                if (++number > skip)
                {
                    yield return new(CertificateColumns, row, number);
                }
            }
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private IEnumerable<string?[]> Rows(string file, byte[] content)
    {
        Outcome<Certificate>[] found = content.AsSpan().StartsWith("0"u8) ? [Der.DecodeBer<Certificate>(content)] : [.. Certificate.AllFromPem(Encoding.Latin1.GetString(content))];
        return found.Length == 0 ? [Unreadable(file)] : found.Select(one => one.Succeeded(out Certificate? certificate, out _) ? Row(file, certificate) : Unreadable(file));
    }

    // Whoever reads it sets it aside under the name of its file.
    private string?[] Unreadable(string file) => [Path.GetRelativePath(folder, file), "-", null, null, null, null];

    private string?[] Row(string file, Certificate certificate)
    {
        string status = Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).SkipLast(1).LastOrDefault(IsStatus) ?? Active;
        RevokedCertificate? entry = revoked.GetValueOrDefault(Key(certificate.Issuer, certificate.Serial));
        return
        [
            Convert.ToHexStringLower(certificate.Sha1Fingerprint()),
            Convert.ToBase64String(certificate.Encoded.Span),
            entry is null || status == Archived ? status : Revoked,
            entry is null ? NotRevoked : ((int)entry.Reason).ToString(CultureInfo.InvariantCulture),
            entry is null ? NotRevoked : entry.RevokedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            userOf switch
            {
                UserOf.CommonName => certificate.Subject.First(Oids.CommonName),
                UserOf.Subject => certificate.Subject.ToString(),
                UserOf.FileName => Path.GetFileNameWithoutExtension(file),
                _ => null,
            },
        ];
    }

    // One that no certificate has sets the file's certificates aside.
    private static bool IsStatus(string folder) => folder.Length is 1 or 2 && folder.All(char.IsAsciiDigit);

    private static string Key(DistinguishedName issuer, SerialNumber serial) => $"{Convert.ToHexString(issuer.Encoded.Span)}/{serial}";

    private static Outcome<CertificateList> Decode(byte[] content) =>
        content.AsSpan().StartsWith("0"u8) ? Der.DecodeBer<CertificateList>(content) : CertificateList.FromPem(Encoding.Latin1.GetString(content));

    private static async Task<byte[]> ReadAsync(string file, int most, CancellationToken cancel) =>
        new FileInfo(file).Length <= most ? await File.ReadAllBytesAsync(file, cancel) : throw new LegacyFormatException($"'{file}' has more than {most} octets.");

    private static IEnumerable<string> Files(string folder, string[] endings) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase));

    private static Dictionary<string, int> Columns(params string[] names) => names.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.OrdinalIgnoreCase);
}
