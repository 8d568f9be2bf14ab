using Ca.Core.Certificates;
using Ca.Core.Issuance;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Pki.Protocols.X509;

namespace CaServiceWorker.Tests;

/// <summary>More link keys than the one good RA of a <see cref="TestSystem"/>: each wrong in one way.</summary>
internal static class LinkKeys
{
    public const KeyUsages Good = KeyUsages.DigitalSignature | KeyUsages.KeyAgreement | KeyUsages.KeyEncipherment;

    private static readonly Actor Admin = Actor.Internal("set-up");

    extension(TestSystem system)
    {
        /// <summary>A link key of a CA of this system.</summary>
        public async Task<KeyStore> IssueLinkAsync(string name, CancellationToken cancel, string ca = "ManagementCA", KeyUsages usage = Good, string validity = "1d", bool member = true)
        {
            var profile = new CertificateProfile { KeyUsage = new() { Usages = usage }, Validity = validity };
            (await system.Get<ProfileStore>().SetAsync(Admin, "LINK-" + name, profile, cancel)).OrThrow();
            KeyStore key = (await system.Get<KeyStoreIssuer>().IssueAsync(
                new() { Actor = Admin, Username = name, SubjectDn = $"CN={name}", CaName = ca, CertificateProfile = "LINK-" + name, KeySpec = "P-256" }, cancel)).OrThrow();
            if (member)
            {
                (await system.Get<RoleStore>().AddMemberAsync(Admin, "RA", "ManagementCA", MatchWith.CertificateSerialNumber, key.Certificate.Serial.ToString(), cancel)).OrThrow();
            }

            return key;
        }

        public async Task RevokeAsync(KeyStore key, CancellationToken cancel)
        {
            var work = new CaWork();
            (await system.Get<Revoker>().RevokeAsync(
                new() { Actor = Admin, CaName = "ManagementCA", Serial = key.Certificate.Serial.ToString(), Reason = RevocationReason.KeyCompromise }, work, cancel)).OrThrow();
            await system.Get<ICaLedger>().CommitAsync(work, cancel);
        }
    }
}
