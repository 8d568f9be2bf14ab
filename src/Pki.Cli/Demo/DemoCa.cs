using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Issuance;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Pki.Cli.Configuration;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Cli.Demo;

/// <summary>
/// What the demo needs of the CA, made where it is missing: a start that was killed half-way is resumed by the next.
/// </summary>
internal sealed class DemoCa(CaSession ca, DemoFolder folder, CancellationToken cancel)
{
    public const string Management = "ManagementCA";
    public const string Devices = "ScepCA";
    public const string Profile = "SCEP-DEVICE";
    public const string LinkProfile = "LINK";
    public const string RaProfile = "SCEP-RA";
    public const string Role = "SCEP RA";
    public const string CmpRole = "CMP RA";
    public const string Worker = "worker";
    public const string RaLink = "ra-link";
    public const string ScepRa = "scep-ra";
    public const string CmpLink = "cmp-link";
    public const string AdminWeb = "admin-web";
    public const string Admin = "admin";

    /// <summary>The device by which the demo proves client mode.</summary>
    public const string ProofDevice = "cmp-device";

    /// <summary>The device registered for people to try with.</summary>
    public const string TryDevice = "device8";

    public const string AdministratorRole = "Administrators";
    private const string ServerProfile = "SERVER";
    private const string PersonProfile = "ENDUSER";

    /// <summary>Makes everything that is missing.</summary>
    public async Task EnsureAsync()
    {
        await ca.Get<CaDatabase>().MigrateAsync(cancel);
        // The link is elliptic because it is fast; the devices' CA is RSA because SCEP clients know nothing else.
        await EnsureAuthorityAsync(Management, "CN=ManagementCA,O=Demo", "P-256");
        CertificateAuthority devices = await EnsureAuthorityAsync(Devices, "CN=ScepCA,O=Demo", "RSA2048");
        await EnsureProfilesAsync();
        await EnsureKeyStoreAsync(Worker, Management, LinkProfile, "P-256");
        KeyStore link = await EnsureKeyStoreAsync(RaLink, Management, LinkProfile, "P-256");
        KeyStore cmpLink = await EnsureKeyStoreAsync(CmpLink, Management, LinkProfile, "P-256");
        await EnsureKeyStoreAsync(ScepRa, Devices, RaProfile, "RSA2048");
        await EnsureKeyStoreAsync(AdminWeb, Management, ServerProfile, "P-256", "dNSName=localhost,iPAddress=127.0.0.1");
        KeyStore admin = await EnsureKeyStoreAsync(Admin, Management, PersonProfile, "P-256");
        // An RA may register devices under the one profile and have them certified by the one CA, nothing else.
        int profile = (await ca.Profiles.ListEndEntityProfilesAsync(cancel)).First(there => there.Name == Profile).Id;
        await EnsureRoleAsync(Role, RoleTemplates.Rules("RAADMINISTRATOR", [devices.Id], [profile]), link.Certificate);
        await EnsureRoleAsync(CmpRole, RoleTemplates.Rules("RAADMINISTRATOR", [devices.Id], [profile]), cmpLink.Certificate);
        await new DemoCmp(ca, folder, cancel).EnsureAsync();
        await EnsureRoleAsync(AdministratorRole, RoleTemplates.Rules("SUPERADMIN", [], []), admin.Certificate);
        await EnsureCrlsAsync();
    }

    private async Task<CertificateAuthority> EnsureAuthorityAsync(string name, string subject, string key)
    {
        PrivateFile.EnsureSecret(folder.Pin(name));
        CertificateAuthority? there = await ca.Authorities.FindAsync(name, cancel);
        if (there is null)
        {
            using Secret pin = Secret.FromText(File.ReadAllText(folder.Pin(name)).TrimEnd('\n'));
            bool hasToken = (await ca.Tokens.ListAsync(cancel)).Any(token => token.Name == name);
            _ = hasToken
                ? (await ca.Tokens.ActivateAsync(ca.Operator, name, pin, cancel)).OrFail("Remove the demo's folder and start anew.")
                : (await ca.Tokens.CreateAsync(ca.Operator, name, pin, cancel)).OrFail("Remove the demo's folder and start anew.");
            var order = new NewAuthority { Name = name, SubjectDn = subject, Token = name, KeySpec = key, Validity = "10y" };
            there = (await ca.Authorities.CreateAsync(ca.Operator, order, cancel)).OrFail("Remove the demo's folder and start anew.");
        }

        PrivateFile.WritePublic(folder.Certificate(name), there.Certificate.ToPem() + "\n");
        return there;
    }

    private async Task EnsureProfilesAsync()
    {
        IReadOnlyList<CertificateProfile> certificates = await ca.Profiles.ListCertificateProfilesAsync(cancel);
        foreach ((string name, CertificateProfile profile) in CertificateProfiles().Where(wanted => certificates.All(there => there.Name != wanted.Name)))
        {
            (await ca.Profiles.SetAsync(ca.Operator, name, profile, cancel)).OrFail("The demo's own profile is wrong.");
        }

        if ((await ca.Profiles.ListEndEntityProfilesAsync(cancel)).All(there => there.Name != Profile))
        {
            (await ca.Profiles.SetAsync(ca.Operator, Profile, DeviceProfile(), cancel)).OrFail("The demo's own profile is wrong.");
        }
    }

    private static IEnumerable<(string Name, CertificateProfile Profile)> CertificateProfiles() =>
    [
        (Profile, new()
        {
            Validity = "1y",
            KeyUsage = new() { Usages = KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment },
            ExtendedKeyUsage = new() { Use = true, Purposes = [Oids.ClientAuth] },
        }),
        (LinkProfile, new() { Validity = "2y", KeyUsage = new() { Usages = KeyUsages.DigitalSignature | KeyUsages.KeyAgreement } }),
        (RaProfile, new() { Validity = "2y", KeyUsage = new() { Usages = KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment } }),
    ];

    // Router names come in many shapes (SCEP.md R-05).
    private static EndEntityProfile DeviceProfile() => new()
    {
        AnyFields = true,
        SubjectFields = [],
        CertificateProfiles = [Profile],
        DefaultCertificateProfile = Profile,
        Cas = [Devices],
        DefaultCa = Devices,
    };

    private async Task<KeyStore> EnsureKeyStoreAsync(string name, string caName, string profile, string key, string? altNames = null)
    {
        var files = new KeyStoreFiles(folder.KeyStore(name), folder.KeyStorePassword(name), folder.Certificate(name));
        return files.Load() ?? await files.IssueAsync(
            ca,
            new KeyStoreRequest { Actor = ca.Operator, Username = name, SubjectDn = $"CN={name},O=Demo", SubjectAltName = altNames, CaName = caName, CertificateProfile = profile, KeySpec = key },
            cancel);
    }

    private async Task EnsureRoleAsync(string name, IReadOnlyList<AccessRule> rules, Certificate member)
    {
        Role role = (await ca.Roles.ListAsync(cancel)).FirstOrDefault(role => role.Name == name)
            ?? (await ca.Roles.CreateAsync(ca.Operator, name, rules, cancel)).OrFail("The demo's own role is wrong.");
        string serial = member.Serial.ToString();
        if (role.Members.All(there => there.Value != serial))
        {
            (await ca.Roles.AddMemberAsync(ca.Operator, name, Management, MatchWith.CertificateSerialNumber, serial, cancel)).OrFail("The demo's own role is wrong.");
        }
    }

    private async Task EnsureCrlsAsync()
    {
        foreach (string name in (string[])[Management, Devices])
        {
            CrlView crl = await ca.Crls.FindLatestAsync(name, cancel)
                ?? (await ca.Crls.CreateAsync(ca.Operator, name, cancel)).OrFail("Remove the demo's folder and start anew.");
            PrivateFile.WritePublic(folder.Crl(name), crl.Encoded);
        }
    }
}
