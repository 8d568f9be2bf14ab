using System.Collections.Concurrent;
using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Ca.Core.Roles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Authentication;

/// <summary>
/// Devices that come with a certificate of their vendor (TS 33.310 §9; CMP-A-10, A-11, CMP-G-2, G-3). It proves which
/// device this is, no more: what it may become was registered before, and a device that nobody registered gets nothing.
/// </summary>
internal sealed class VendorCertificates(EndEntityStore endEntities, Crls crls, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, (long Number, CertificateList Crl)> lists = new(StringComparer.Ordinal);

    public async Task<Outcome<Requester>> IdentifyAsync(Certificate signer, Arrival arrival, CancellationToken cancel)
    {
        IEnumerable<Certificate> between = arrival.Message.ExtraCerts.Select(c => c.Read().Succeeded(out Certificate? read, out _) ? read : null).OfType<Certificate>();
        Dictionary<string, Certificate> anchors = arrival.Alias.VendorCas.Select(name => (name, ca: arrival.Configuration.FindCa(name)))
            .Where(pair => pair.ca is not null).ToDictionary(pair => pair.name, pair => pair.ca!.Certificate, StringComparer.Ordinal);
        if (!CertificatePath.Find(signer, between, [.. anchors.Values], clock.GetUtcNow()).Succeeded(out IReadOnlyList<Certificate>? path, out Refusal? refusal))
        {
            return refusal;
        }

        string vendor = anchors.First(pair => ReferenceEquals(pair.Value, path[^1])).Key;
        return await IsListedAsync(vendor, path[^2], cancel)
            ? new Refusal(RefusalCode.Revoked, $"The CRL of '{vendor}' lists '{path[^2].Subject}'.")
            : await RequesterAsync(signer, arrival, cancel);
    }

    private async Task<Requester> RequesterAsync(Certificate signer, Arrival arrival, CancellationToken cancel)
    {
        EndEntityView? registered = await FindRegisteredAsync(signer.Subject, arrival, cancel);
        string name = signer.Subject.ToString();
        return new()
        {
            Identity = CertificateModule.IdentityOf(signer),
            Name = name,
            Module = "VendorCertificate",
            Actor = registered is not null && arrival.Configuration.EndEntityProfiles.TryGetValue(registered.EndEntityProfile, out var profile)
                ? RequesterRights.OfEndEntity(arrival.Ca, profile.Id, name)
                : Actor.With(name, []),
            Username = registered?.Username,
            Signer = signer,
            MayOnlyEnrol = true,
        };
    }

    /// <summary>By the vendor's name for the device, never by what the request asks for (CMP-A-10, A-14).</summary>
    private async Task<EndEntityView?> FindRegisteredAsync(DistinguishedName subject, Arrival arrival, CancellationToken cancel)
    {
        CmpAlias alias = arrival.Alias;
        if (alias.UsernameAttribute == "DN")
        {
            return await endEntities.FindBySubjectAsync(arrival.Ca.Name, subject, cancel);
        }

        return subject.First(NameAttributes.FindOid(alias.UsernameAttribute)!) is { Length: > 0 } part
            && await endEntities.FindAsync(alias.NameGeneration.Prefix + part + alias.NameGeneration.Postfix, cancel) is { } found && found.CaName == arrival.Ca.Name
                ? found
                : null;
    }

    /// <summary>The CRL that was last imported for the vendor's CA (CMP-G-10); none: nothing is known to be revoked.</summary>
    private async Task<bool> IsListedAsync(string vendor, Certificate certificate, CancellationToken cancel)
    {
        if (await crls.FindLatestAsync(vendor, cancel) is not { } latest)
        {
            return false;
        }

        if (!lists.TryGetValue(vendor, out (long Number, CertificateList Crl) known) || known.Number != latest.Number)
        {
            known = (latest.Number, Der.DecodeBer<CertificateList>(latest.Encoded).OrThrow());
            lists[vendor] = known;
        }

        return known.Crl.Find(certificate.Serial) is { Reason: not RevocationReason.RemoveFromCrl };
    }
}
