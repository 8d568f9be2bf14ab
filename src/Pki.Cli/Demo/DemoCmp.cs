using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Pki.Cli.Configuration;
using Pki.Protocols.Trust;

namespace Pki.Cli.Demo;

/// <summary>The demo's CMP aliases, their secrets, and the devices registered for the one of clients.</summary>
internal sealed class DemoCmp(CaSession ca, DemoFolder folder, CancellationToken cancel)
{
    /// <summary>Makes everything that is missing, and lets the registered devices enrol once more.</summary>
    public async Task EnsureAsync()
    {
        CmpAlias ra = new() { Mode = CmpMode.Ra, CaName = DemoCa.Devices, CertificateProfile = DemoCa.Profile, EndEntityProfile = DemoCa.Profile };
        await EnsureAliasAsync(DemoConfig.CmpAlias, ra);
        await EnsureSecretAsync(DemoConfig.CmpAlias, keyId: "", folder.CmpSecret);
        // A device shows its secret first, and later the certificate that it wants to replace.
        await EnsureAliasAsync(DemoConfig.CmpClientAlias, ra with { Mode = CmpMode.Client, Authentication = [new(CmpModule.Hmac), new(CmpModule.EndEntityCertificate)], AllowAutomaticKeyUpdate = true });
        foreach (string device in (string[])[DemoCa.ProofDevice, DemoCa.TryDevice])
        {
            await RegisterAsync(device);
            await EnsureSecretAsync(DemoConfig.CmpClientAlias, device, folder.CmpDeviceSecret);
        }
    }

    private async Task EnsureAliasAsync(string name, CmpAlias alias)
    {
        CmpAliases aliases = ca.Get<CmpAliases>();
        if (await aliases.FindAsync(name, cancel) is null)
        {
            (await aliases.SetAsync(ca.Operator, name, alias, cancel)).OrFail("The demo's own alias is wrong.");
        }
    }

    private async Task EnsureSecretAsync(string alias, string keyId, string file)
    {
        CmpSecrets secrets = ca.Get<CmpSecrets>();
        if ((await secrets.ListAsync(alias, cancel)).All(there => there.KeyId != keyId))
        {
            using Secret secret = Secret.FromText(File.ReadAllText(file).TrimEnd('\n'));
            (await secrets.SetAsync(ca.Operator, alias, keyId, secret, keepOthers: false, cancel)).OrFail("The demo's own secret is wrong.");
        }
    }

    private async Task RegisterAsync(string device)
    {
        var data = new EndEntityData
        {
            Username = device,
            SubjectDn = $"CN={device},O=Demo",
            CaName = DemoCa.Devices,
            EndEntityProfile = DemoCa.Profile,
            CertificateProfile = DemoCa.Profile,
        };
        (await ca.EndEntities.SetAsync(ca.Operator, data, cancel)).OrFail("The demo's own device does not fit its profile.");
    }
}
