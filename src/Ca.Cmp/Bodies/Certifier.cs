using Ca.Core.Cmp;
using Ca.Core.Issuance;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>A certificate, with the key where that was made here.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="Chain">The CA's chain, the root last.</param>
/// <param name="PrivateKey">The key, for its owner alone; null where the owner has it.</param>
internal sealed record Certified(Certificate Certificate, IReadOnlyList<Certificate> Chain, EncryptedKey? PrivateKey = null);

/// <summary>Has certificates made, with a key or for one (CMP-C-60 to C-65). A key made here is in the clear in memory only.</summary>
internal sealed class Certifier(Issuer issuer, ServerKeyIssuer keyIssuer, CmpKeyMaker keyMaker)
{
    public async Task<Outcome<Certified>> CertifyAsync(Exchange exchange, IssuanceRequest order, string? keySpec, CancellationToken cancel)
    {
        if (keySpec is null)
        {
            return (await issuer.IssueAsync(order, exchange.Work, cancel)).Succeeded(out Issued? issued, out Refusal? refusal) ? new Certified(issued.Certificate, issued.Chain) : refusal;
        }

        if (!(await keyIssuer.IssueAsync(order, keySpec, exchange.Work, cancel)).Succeeded(out KeyStore? store, out Refusal? refused))
        {
            return refused;
        }

        using (store)
        {
            EncryptedKey key = await keyMaker.SealAsync(exchange.Alias, exchange.Ca, store.Key, exchange.Requester.Signer, exchange.Requester.Secret, cancel);
            return new Certified(store.Certificate, store.Chain, key);
        }
    }
}
