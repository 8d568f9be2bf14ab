using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Ca.Core.Roles;

namespace Ca.Cmp.Authentication;

/// <summary>
/// Who puts a signature around messages of others: an RA on the list of the alias (CMP-A-29). It is believed to be that RA
/// and gets no right by it.
/// </summary>
internal sealed class TrustedRas(CmpTrustedRas list, CertificateStore certificates, TimeProvider clock)
{
    /// <summary>Null: the signer is not on the list, or no longer in force; then it must be known in another way.</summary>
    public async Task<Requester?> IdentifyAsync(Arrival arrival, CancellationToken cancel)
    {
        if (CertificateModule.SignerOf(arrival.Message, arrival.Alias) is not { } signer
            || !await list.TrustsAsync(arrival.Alias.Name, signer, cancel)
            || CertificateModule.Check(arrival.Message, signer, AliasPolicy.Of(arrival.Alias)) is not null
            || !signer.IsValidAt(clock.GetUtcNow())
            || await certificates.FindAsync(signer, cancel) is { Status: not (CertificateStatus.Active or CertificateStatus.NotifiedAboutExpiration) })
        {
            return null;
        }

        string name = signer.Subject.ToString();
        return new() { Identity = CertificateModule.IdentityOf(signer), Name = name, Module = "TrustedRa", Actor = Actor.With(name, []), IsRa = true, Signer = signer };
    }
}
