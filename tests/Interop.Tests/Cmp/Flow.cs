namespace Interop.Tests.Cmp;

/// <summary>One flow of OpenSSL's client, and how it ends against each conformance profile (CMP.md §0, §4).</summary>
/// <param name="Name">As in the list of flows.</param>
/// <param name="Commands">Options of <c>openssl cmp</c>, one run each; <c>{mac}</c> and <c>{ra}</c> stand for credentials, <c>{subject}</c> and <c>{issuer}</c> for names.</param>
internal sealed record Flow(string Name, params string[] Commands)
{
    /// <summary>The failInfo that ends it where RFC 4210 and RFC 9810 are the measure; null when it must succeed.</summary>
    public string? InteropRefuses { get; init; }

    /// <summary>The failInfo that ends it where RFC 9483 is the measure; null when it must succeed.</summary>
    public string? LightweightRefuses { get; init; }

    /// <summary>Status and revocation reason, as the CA's database has them, of the certificate it revokes or releases.</summary>
    public string? HolderBecomes { get; init; }

    /// <summary>It needs a certificate of the CA, <c>holder.pem</c>, with the key <c>holder.key</c>.</summary>
    public bool NeedsHolder => Commands.Any(command => command.Contains("holder.", StringComparison.Ordinal));

    /// <summary>It brings a certificate, <c>out.pem</c>.</summary>
    public bool BringsCertificate => Commands.Any(command => command.Contains("out.pem", StringComparison.Ordinal));

    public override string ToString() => Name;

    /// <summary>Refused whatever the profile: security is the same in both (CMP-0-1).</summary>
    public Flow RefusedWith(string failInfo) => this with { InteropRefuses = failInfo, LightweightRefuses = failInfo };

    /// <summary>Refused where RFC 9483 is the measure.</summary>
    public Flow LightweightRefusesWith(string failInfo) => this with { LightweightRefuses = failInfo };
}
