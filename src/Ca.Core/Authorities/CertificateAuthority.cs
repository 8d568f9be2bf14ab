using System.Formats.Asn1;
using System.Security.Cryptography;
using Ca.Core.Profiles;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Ca.Core.Authorities;

/// <summary>A CA as the rest of the core sees it: read once, never changed, replaced when the configuration changes.</summary>
public sealed class CertificateAuthority
{
    internal CertificateAuthority(AuthorityRow row)
    {
        Id = row.CaId;
        Name = row.Name;
        Status = row.Status;
        SubjectDn = row.SubjectDn;
        SignedBy = row.SignedBy;
        CertificateProfileId = row.CertificateProfileId;
        TokenId = row.TokenId;
        KeyAlias = row.KeyAlias;
        SignatureAlgorithmName = row.SignatureAlgorithm;
        Description = row.Description;
        Settings = ProfileJson.Read<AuthoritySettings>(row.Settings);
        Chain = ReadChain(row.Chain);
        Fingerprint = Convert.ToHexStringLower(SHA1.HashData(Certificate.Encoded.Span));
        SignatureAlgorithm = SignatureAlgorithmNames.Find(SignatureAlgorithmName, Certificate.PublicKey);
    }

    /// <summary>See <see cref="CaId"/>.</summary>
    public int Id { get; }

    /// <summary>Unique name.</summary>
    public string Name { get; }

    /// <summary>As stored; expiry is noticed by the clock, see <see cref="StatusAt"/>.</summary>
    public AuthorityStatus Status { get; }

    /// <summary>Canonical text.</summary>
    public string SubjectDn { get; }

    /// <summary>1 self-signed, 2 an external CA, otherwise the parent's id.</summary>
    public int SignedBy { get; }

    /// <summary>Profile its own certificate was made under.</summary>
    public int CertificateProfileId { get; }

    /// <summary>Token that holds its key; null for an external CA.</summary>
    public int? TokenId { get; }

    /// <summary>Its key in the token.</summary>
    public string? KeyAlias { get; }

    /// <summary>Such as SHA256WithRSA.</summary>
    public string SignatureAlgorithmName { get; }

    /// <summary>Text for people.</summary>
    public string Description { get; }

    /// <summary>What its operator set.</summary>
    public AuthoritySettings Settings { get; }

    /// <summary>Its own certificate first, the root last.</summary>
    public IReadOnlyList<Certificate> Chain { get; }

    /// <summary>Its own certificate.</summary>
    public Certificate Certificate => Chain[0];

    /// <summary>Lower-case hex SHA-1 of its certificate.</summary>
    public string Fingerprint { get; }

    /// <summary>What it signs with; null when it does not sign.</summary>
    internal SignatureAlgorithm? SignatureAlgorithm { get; }

    /// <summary>The status with the passing of time taken into account (CA_CORE §4.3).</summary>
    public AuthorityStatus StatusAt(DateTimeOffset now) =>
        Status == AuthorityStatus.Active && Certificate.NotAfter < now ? AuthorityStatus.Expired : Status;

    /// <summary>Its present key has signed the certificate.</summary>
    public bool HasSigned(Certificate certificate) => certificate.IsSignedBy(Certificate.PublicKey);

    internal static byte[] WriteChain(IEnumerable<Certificate> chain) => [.. chain.SelectMany(c => c.Encoded.ToArray())];

    private static List<Certificate> ReadChain(byte[] chain)
    {
        var certificates = new List<Certificate>();
        var reader = new AsnReader(chain, AsnEncodingRules.BER);
        while (reader.HasData)
        {
            certificates.Add(Der.DecodeBer<Certificate>(reader.ReadEncodedValue()).OrThrow());
        }

        return certificates;
    }
}
