using Ca.Core.Certificates;
using Pki.Protocols.X509;

namespace Ca.Core.Profiles;

/// <summary>The profiles that every installation has and nobody can change (CA_CORE §5.1, §6.1).</summary>
public static class FixedProfiles
{
    /// <summary>Ids below this are fixed.</summary>
    public const int FirstOwnId = 1000;

    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    private const string EmailProtection = "1.3.6.1.5.5.7.3.4";
    private const string OcspSigning = "1.3.6.1.5.5.7.3.9";
    private const KeyUsages CaUsages = KeyUsages.DigitalSignature | KeyUsages.KeyCertSign | KeyUsages.CrlSign;

    /// <summary>Root CA.</summary>
    public static CertificateProfile RootCa { get; } = Authority(3, "ROOTCA", CertificateType.RootCa);

    /// <summary>Subordinate CA.</summary>
    public static CertificateProfile SubCa { get; } = Authority(2, "SUBCA", CertificateType.SubCa);

    /// <summary>A person or device.</summary>
    public static CertificateProfile EndUser { get; } =
        Entity(1, "ENDUSER", KeyUsages.DigitalSignature | KeyUsages.NonRepudiation | KeyUsages.KeyEncipherment, ClientAuth, EmailProtection);

    /// <summary>All certificate profiles.</summary>
    public static IReadOnlyList<CertificateProfile> Certificate { get; } =
    [
        EndUser,
        SubCa,
        RootCa,
        Entity(4, "OCSPSIGNER", KeyUsages.DigitalSignature, OcspSigning) with { OcspNoCheck = true },
        Entity(5, "HARDTOKEN_AUTH", KeyUsages.DigitalSignature, ClientAuth),
        Entity(6, "HARDTOKEN_AUTHENC", KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment, ClientAuth, EmailProtection),
        Entity(7, "HARDTOKEN_ENC", KeyUsages.KeyEncipherment | KeyUsages.DataEncipherment, EmailProtection),
        Entity(8, "HARDTOKEN_SIGN", KeyUsages.NonRepudiation, EmailProtection),
        Entity(9, "SERVER", KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment, ServerAuth),
    ];

    /// <summary>The permissive end entity profile: still validated, every field allowed, a common name required.</summary>
    public static EndEntityProfile Empty { get; } = new()
    {
        Id = 1,
        Name = "EMPTY",
        AnyFields = true,
        SubjectFields = [new() { Type = "CN", Required = true }],
    };

    private static CertificateProfile Authority(int id, string name, CertificateType type) => new()
    {
        Id = id,
        Name = name,
        Type = type,
        Validity = "25y 7d",
        AllowValidityOverride = true,
        KeyUsage = new() { Usages = CaUsages },
    };

    private static CertificateProfile Entity(int id, string name, KeyUsages usages, params IReadOnlyList<string> purposes) => new()
    {
        Id = id,
        Name = name,
        KeyUsage = new() { Usages = usages },
        ExtendedKeyUsage = new() { Use = true, Purposes = purposes },
    };
}
