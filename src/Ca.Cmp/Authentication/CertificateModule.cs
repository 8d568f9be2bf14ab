using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Ca.Core.Roles;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Authentication;

/// <summary>
/// EndEntityCertificate: the sender signs with the key of a certificate (RFC 9810 §5.1.3.3, CMP-A-8). One of the alias' CA
/// speaks for its holder; one of the configured RA CA, whose holder is a member of a role, speaks with that role's rights.
/// Everything about the certificate is looked up here: nothing is fetched because a message says so (CMP-L-2).
/// </summary>
internal sealed class CertificateModule(AdministratorRegister register, CertificateStore certificates, VendorCertificates vendors, TimeProvider clock)
{
    public async Task<Outcome<Requester>> IdentifyAsync(Arrival arrival, CmpAuthentication module, CancellationToken cancel)
    {
        (PkiMessage message, CmpAlias alias) = (arrival.Message, arrival.Alias);
        if (SignerOf(message, alias) is not { } signer)
        {
            return MessageProtection.Wrong;
        }

        if (Check(message, signer, AliasPolicy.Of(alias)) is { } refusal)
        {
            return refusal;
        }

        Outcome<Requester> holder = await HolderAsync(signer, arrival, cancel);
        if (alias.VendorCas.Count > 0 && !holder.Succeeded(out _, out Refusal? unknown) && unknown.Code == RefusalCode.UnknownIssuer)
        {
            return await vendors.IdentifyAsync(signer, arrival, cancel);
        }

        return alias.Mode == CmpMode.Ra ? await InRaModeAsync(signer, holder, arrival, module, cancel) : holder;
    }

    /// <summary>A member of a role; else a holder that speaks for itself; else, behind a wrapper, whoever the RA answers for (CMP-A-8, A-30).</summary>
    private async Task<Outcome<Requester>> InRaModeAsync(Certificate signer, Outcome<Requester> holder, Arrival arrival, CmpAuthentication module, CancellationToken cancel)
    {
        bool vouched = arrival.WrappedBy is not null && arrival.Alias.OmitVerifications;
        var denied = new Refusal(RefusalCode.UnknownIssuer, "Without a CA of RAs only signatures inside a wrapper count.");
        if (module.Parameter is { } raIssuer)
        {
            if ((await register.IdentifyAsync(signer, raIssuer, cancel)).Succeeded(out Actor? actor, out denied))
            {
                return new Requester { Identity = IdentityOf(signer), Name = actor.Name, Module = nameof(CmpModule.EndEntityCertificate), Actor = actor, IsRa = true, Signer = signer };
            }
        }
        else if (!vouched)
        {
            return denied;
        }

        return holder.Succeeded(out Requester? itself, out Refusal? stranger) ? itself
            : stranger.Code != RefusalCode.UnknownIssuer ? stranger // known here, and not in force: no RA changes that
            : vouched && signer.IsValidAt(clock.GetUtcNow()) ? Vouched(signer, arrival)
            : denied;
    }

    /// <summary>Heard as an RA of the alias, within its CA and end entity profile; not believed when it says raVerified itself (CMP-C-22).</summary>
    private static Requester Vouched(Certificate signer, Arrival arrival)
    {
        string name = signer.Subject.ToString();
        return new()
        {
            Identity = IdentityOf(signer),
            Name = name,
            Module = "EndEntityCertificateVouchedFor",
            Actor = RequesterRights.OfAlias(arrival.Alias with { AllowRaVerified = false }, arrival.Ca, arrival.Configuration, name),
            IsRa = true,
            IsVouchedFor = true,
            Signer = signer,
        };
    }

    /// <summary>The first of extraCerts (RFC 9483 §3.3), or, from older clients, the one that the header names (CMP-S-11).</summary>
    internal static Certificate? SignerOf(PkiMessage message, CmpAlias alias)
    {
        IEnumerable<Certificate> readable = message.ExtraCerts.Take(alias.Demands(c => c.SignerFirst) ? 1 : int.MaxValue)
            .Select(c => c.Read().Succeeded(out Certificate? certificate, out _) ? certificate : null).OfType<Certificate>();
        DistinguishedName? sender = message.Header.Sender.ToDistinguishedName();
        return readable.FirstOrDefault(c => NamesSigner(message.Header, sender, c));
    }

    /// <summary>CMP-H-2, H-6: sender is the subject; senderKID, where it is there, the key identifier.</summary>
    private static bool NamesSigner(PkiHeader header, DistinguishedName? sender, Certificate certificate) =>
        certificate.Subject.Equals(sender)
        && (header.SenderKeyId is not { } id || (certificate.SubjectKeyIdentifier is { } ski && ski.Span.SequenceEqual(id.Span)));

    internal static Refusal? Check(PkiMessage message, Certificate signer, CmpAlgorithmPolicy policy) =>
        (signer.KeyUsage ?? KeyUsages.DigitalSignature).HasFlag(KeyUsages.DigitalSignature)
            ? MessageProtection.ObjectionTo(message, signer.PublicKey, policy)
            : MessageProtection.Wrong;

    private async Task<Outcome<Requester>> HolderAsync(Certificate signer, Arrival arrival, CancellationToken cancel)
    {
        CertificateAuthority ca = arrival.Ca;
        CertificateView? own = await certificates.FindAsync(signer, cancel) ?? await NamesakeAsync(signer, arrival, cancel);
        if (own is { Status: not (CertificateStatus.Active or CertificateStatus.NotifiedAboutExpiration) })
        {
            return new Refusal(RefusalCode.Revoked, $"Certificate {own.Serial} of '{own.CaName}' is {own.Status}."); // whichever CA here has issued it
        }

        if (own is not { Type: CertificateType.EndEntity, Username: { } username } || own.CaName != ca.Name)
        {
            return new Refusal(RefusalCode.UnknownIssuer, $"The signer '{signer.Subject}' is nobody to whom '{ca.Name}' issued.");
        }

        if (!signer.IsValidAt(clock.GetUtcNow()))
        {
            return new Refusal(RefusalCode.Expired, $"Certificate {own.Serial} of '{username}' is not valid now.");
        }

        return new Requester
        {
            Identity = IdentityOf(signer),
            Name = signer.Subject.ToString(),
            Module = nameof(CmpModule.EndEntityCertificate),
            Actor = RequesterRights.OfEndEntity(ca, own.EndEntityProfileId, signer.Subject.ToString()),
            Username = username,
            Own = own,
            Signer = signer,
        };
    }

    /// <summary>
    /// A certificate of a CA here with this serial number that is not in force. Octets are no identity: another encoding of a
    /// signature is as good as the first, so what was revoked is looked for by its name. Nobody is believed by it.
    /// </summary>
    private async Task<CertificateView?> NamesakeAsync(Certificate signer, Arrival arrival, CancellationToken cancel) =>
        arrival.Configuration.Cas.FirstOrDefault(ca => ca.Certificate.Subject.Equals(signer.Issuer)) is { } issuer
        && await certificates.FindAsync(issuer.Name, signer.Serial.ToString(), cancel) is { Status: not (CertificateStatus.Active or CertificateStatus.NotifiedAboutExpiration) } ended
            ? ended
            : null;

    internal static string IdentityOf(Certificate signer) => "certificate:" + Convert.ToHexStringLower(signer.Sha256Fingerprint());
}
