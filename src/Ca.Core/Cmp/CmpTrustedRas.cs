using Ca.Core.Audit;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Cmp;

/// <summary>
/// The RAs that may put their signature around messages of others, alias by alias (CMP-A-29). That is all the list gives
/// them: what is inside must be allowed to whoever made it.
/// </summary>
public sealed class CmpTrustedRas(IDbContextFactory<CaDbContext> databases, CmpAliases aliases, ICaLedger ledger, TimeProvider clock)
{
    /// <summary>Adds a certificate to the list of an alias.</summary>
    public async Task<Outcome<Certificate>> AddAsync(Actor actor, string alias, Certificate certificate, CancellationToken cancel)
    {
        if (await aliases.FindAsync(alias, cancel) is null)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no CMP alias '{alias}'.");
        }

        if (certificate.IsCa || !(certificate.KeyUsage ?? KeyUsages.DigitalSignature).HasFlag(KeyUsages.DigitalSignature))
        {
            return new Refusal(RefusalCode.PolicyViolation, "An RA signs with a certificate for digital signatures, not with that of a CA.");
        }

        string fingerprint = FingerprintOf(certificate);
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        if (await db.Set<CmpTrustedRaRow>().AnyAsync(r => r.Alias == alias && r.Fingerprint == fingerprint, cancel))
        {
            return new Refusal(RefusalCode.Conflict, $"CMP alias '{alias}' trusts this certificate already.");
        }

        var row = new CmpTrustedRaRow { Alias = alias, Fingerprint = fingerprint, Encoded = certificate.Encoded.ToArray(), At = clock.GetUtcNow() };
        var work = new CaWork();
        work.Stage(target => target.Add(row));
        work.Audit(Entry(actor, alias, "trustedRa", certificate));
        await ledger.CommitAsync(work, cancel);
        return certificate;
    }

    /// <summary>Takes one off the list; counts from the next message on.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="alias">The alias.</param>
    /// <param name="fingerprint">Hex SHA-256 of the certificate.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<Outcome<Certificate>> RemoveAsync(Actor actor, string alias, string fingerprint, CancellationToken cancel)
    {
        if ((await ListAsync(alias, cancel)).FirstOrDefault(c => FingerprintOf(c).Equals(fingerprint, StringComparison.OrdinalIgnoreCase)) is not { } listed)
        {
            return new Refusal(RefusalCode.NotFound, $"CMP alias '{alias}' trusts no certificate {fingerprint}.");
        }

        string key = FingerprintOf(listed);
        var work = new CaWork();
        work.Stage((db, token) => db.Set<CmpTrustedRaRow>().Where(r => r.Alias == alias && r.Fingerprint == key).ExecuteDeleteAsync(token));
        work.Audit(Entry(actor, alias, "noLongerTrustedRa", listed));
        await ledger.CommitAsync(work, cancel);
        return listed;
    }

    /// <summary>The list of an alias, oldest first.</summary>
    public async Task<IReadOnlyList<Certificate>> ListAsync(string alias, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        List<byte[]> rows = await db.Set<CmpTrustedRaRow>().Where(r => r.Alias == alias).OrderBy(r => r.At).ThenBy(r => r.Fingerprint).Select(r => r.Encoded).ToListAsync(cancel);
        return [.. rows.Select(encoded => Der.DecodeBer<Certificate>(encoded).OrThrow())];
    }

    /// <summary>Hex SHA-256, lower case: names a certificate of the list.</summary>
    public static string FingerprintOf(Certificate certificate) => Convert.ToHexStringLower(certificate.Sha256Fingerprint());

    /// <summary>True for a certificate on the list, compared octet by octet.</summary>
    public async Task<bool> TrustsAsync(string alias, Certificate certificate, CancellationToken cancel)
    {
        string fingerprint = FingerprintOf(certificate);
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        byte[]? listed = await db.Set<CmpTrustedRaRow>().Where(r => r.Alias == alias && r.Fingerprint == fingerprint).Select(r => r.Encoded).SingleOrDefaultAsync(cancel);
        return listed.AsSpan().SequenceEqual(certificate.Encoded.Span);
    }

    private static AuditEntry Entry(Actor actor, string alias, string what, Certificate certificate) =>
        new AuditEntry(AuditEvents.CustomLogInfo, AuditStatus.Success, actor.Name) { Module = "CMP" }
            .With("alias", alias).With(what, certificate.Subject.ToString()).With("fingerprint", FingerprintOf(certificate));
}
