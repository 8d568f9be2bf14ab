using Ca.Core.Authorities;
using Ca.Core.Importing;
using Pki.Migration.Import;
using Pki.Migration.Sources;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Recovery;

/// <summary>A kept key that has been opened and found to be its certificate's.</summary>
/// <param name="Ca">The certificate's CA.</param>
/// <param name="Serial">Its serial number.</param>
/// <param name="Username">Whose.</param>
/// <param name="IsMarked">Its user may fetch it.</param>
/// <param name="Key">The key; whoever seals it disposes it.</param>
internal sealed record KeptKey(CertificateAuthority Ca, string Serial, string Username, bool IsMarked, KeyPair Key);

/// <summary>A row of KeyRecoveryData by the rules of MIGRATION §2.6 and §9 check 8.</summary>
/// <param name="names">What is here.</param>
/// <param name="keys">Key-encryption keys of the old system; none: kept keys are left behind.</param>
internal sealed class KeptKeyMapper(SiteNames names, IReadOnlyList<KeyPair> keys)
{
    public const string LeftNote = "kept keys were left behind: no --key-encryption-keystore";

    private readonly KeptKeyEnvelope envelope = new(keys);

    /// <summary>The row's serial number as it is written here; here it is hexadecimal, in the certificate table decimal (MIGRATION §10 trap 1).</summary>
    public static string? SerialOf(LegacyRow row) =>
        SerialNumber.FromHex(row.Text("certSN") ?? "").Succeeded(out SerialNumber? serial, out _) ? serial.ToString() : null;

    /// <param name="row">The row.</param>
    /// <param name="owners">The certificates of these serial numbers.</param>
    public Mapped<KeptKey> Map(LegacyRow row, IReadOnlyDictionary<(int CaId, string Serial), KeyOwner> owners)
    {
        if (keys.Count == 0)
        {
            return Mapped<KeptKey>.PassedOver(LeftNote);
        }

        if (row.Problem is { } problem)
        {
            return Mapped<KeptKey>.SetAside(problem);
        }

        if (SerialOf(row) is not { } serial || row.Text("username") is not { } username || row.Text("keyData") is not { } data)
        {
            return Mapped<KeptKey>.SetAside("certSN, username or keyData is missing");
        }

        if (names.FindCa(row.Text("issuerDN") ?? "") is not { TokenId: not null } ca)
        {
            return Mapped<KeptKey>.SetAside("no CA here has the name of its issuer and a key of its own");
        }

        if (owners.GetValueOrDefault((ca.Id, serial)) is not { } owner)
        {
            return Mapped<KeptKey>.SetAside("its certificate is not here");
        }

        if (owner.Username != username)
        {
            return Mapped<KeptKey>.SetAside("its certificate belongs to another user");
        }

        return envelope.Open(data, owner.PublicKeyDigest).Succeeded(out KeyPair? key, out Refusal? refusal)
            ? new(new(ca, serial, username, IsMarked(row), key), null, [])
            : Mapped<KeptKey>.SetAside(refusal.Detail);
    }

    private static bool IsMarked(LegacyRow row) => row.Text("markedAsRecoverable") is "1" or "true";
}
