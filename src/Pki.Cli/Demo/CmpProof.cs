using System.Security.Cryptography;
using Pki.Cli.Cmp;
using Pki.Cli.Output;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Cli.Demo;

/// <summary>A certificate by CMP through each of the demo's aliases: an RA asks for a device, a registered device asks for itself.</summary>
internal sealed class CmpProof(DemoFolder folder, DemoConfig config, DemoHops hops, Terminal terminal)
{
    private const int SaltLength = 16;
    private const int Iterations = 1000;

    /// <summary>Enrols and tells.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        string name = $"cmp-device-{terminal.Clock.GetUtcNow():yyyyMMddHHmmssfff}";
        await EnrolAsync(new(DemoConfig.CmpAlias, "cmp ra", name, folder.CmpSecret, $"as an RA that knows the secret of alias '{DemoConfig.CmpAlias}'"), cancel);
        await EnrolAsync(new(DemoConfig.CmpClientAlias, DemoCa.ProofDevice, DemoCa.ProofDevice, folder.CmpDeviceSecret, "as a registered device that knows its own"), cancel);
    }

    private async Task EnrolAsync(Attempt attempt, CancellationToken cancel)
    {
        Certificate server = Certificate.FromPem(File.ReadAllText(folder.Certificate(DemoCa.Devices))).OrThrow();
        using KeyPair key = KeyPair.Generate("RSA2048");
        using Secret secret = Secret.FromText(File.ReadAllText(attempt.SecretFile).TrimEnd('\n'));
        using CmpCredentials credentials = CmpCredentials.OfSecret(attempt.KeyId, secret, PasswordBasedMac.Create(RandomNumberGenerator.GetBytes(SaltLength), Iterations));
        var transaction = new CmpClientTransaction(credentials, server, terminal.Clock, RandomNumberGenerator.Fill);
        using var client = new CmpClient(config.CmpUrlOf(attempt.Alias));
        PkiBody request = CmpClientTransaction.RequestFor(PkiBodyKind.InitializationRequest, key, new() { Subject = DistinguishedName.Parse($"CN={attempt.Name},O=Demo").OrThrow() });
        hops.Tell("device", $"made an RSA-2048 key and a MACed ir, {attempt.Role}");

        DateTimeOffset sent = terminal.Clock.GetUtcNow();
        Certificate issued = await client.EnrolAsync(transaction, request, cancel);
        TimeSpan took = terminal.Clock.GetUtcNow() - sent;
        await hops.TellAsync(("CMP proxy", "looked at its shape, sealed it unread"), Convert.ToHexStringLower(transaction.Id.Span), issued, sent, cancel);
        await client.ConfirmAsync(transaction, issued, cancel);
        hops.Tell("device", $"got the certificate {Texts.Milliseconds(took)} after sending the request, and confirmed it: {issued.Subject}, serial {issued.Serial}");
    }

    /// <summary>Who asks where for what.</summary>
    /// <param name="Alias">Where.</param>
    /// <param name="KeyId">The name of the secret.</param>
    /// <param name="Name">The common name asked for.</param>
    /// <param name="SecretFile">The secret.</param>
    /// <param name="Role">In words.</param>
    private sealed record Attempt(string Alias, string KeyId, string Name, string SecretFile, string Role);
}
