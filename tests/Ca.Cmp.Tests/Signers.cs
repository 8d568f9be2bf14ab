using Ca.Core.Cmp;
using Ca.Core.Roles;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>Clients that sign: RAs, whose certificates are of the CA "Other", and devices, whose are of the CA of the alias.</summary>
internal static class Signers
{
    public static readonly KeyPair RaKey = KeyPair.Generate("P-256");
    public static readonly KeyPair DeviceKey = KeyPair.Generate("P-256");

    /// <summary>An engine that takes MACs and signatures.</summary>
    public static Task<CmpCa> StartAsync(CancellationToken cancel) => CmpCa.StartAsync(cancel, alias => alias with
    {
        Authentication = [new(CmpModule.Hmac), new(CmpModule.EndEntityCertificate, "Other")],
        Operations = [.. alias.Operations, CmpOperation.Nested],
    });

    public static async Task<TestClient> DeviceAsync(CmpCa ca, CancellationToken cancel) =>
        TestClient.WithCertificate(ca, DeviceKey, await ca.EnrolAsync("device", DeviceKey, cancel));

    /// <summary>An RA with a role over these end entity profiles; none named: over all.</summary>
    public static async Task<TestClient> RaAsync(CmpCa ca, CancellationToken cancel, params int[] endEntityProfiles)
    {
        Certificate certificate = await ca.EnrolAsync("ra", RaKey, cancel, caName: "Other");
        RoleStore roles = ca.Get<RoleStore>();
        await roles.CreateAsync(ca.Admin, "RAs", RoleTemplates.Rules("RAADMINISTRATOR", [], endEntityProfiles), cancel);
        (await roles.AddMemberAsync(ca.Admin, "RAs", "Other", MatchWith.CertificateSerialNumber, certificate.Serial.ToString(), cancel)).OrThrow();
        return TestClient.WithCertificate(ca, RaKey, certificate);
    }
}
