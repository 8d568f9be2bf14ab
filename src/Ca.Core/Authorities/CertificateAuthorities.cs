using System.Globalization;
using Ca.Core.Audit;
using Ca.Core.Certificates;
using Ca.Core.Keys;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Authorities;

/// <summary>Creates, imports and changes CAs (CA_CORE §4).</summary>
public sealed partial class CertificateAuthorities(
    IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, ICaLedger ledger, CryptoTokens tokens, Crls crls, TimeProvider clock)
{
    private const string SystemUser = "system CA user";

    /// <summary>All CAs.</summary>
    public async Task<IReadOnlyList<CertificateAuthority>> ListAsync(CancellationToken cancel) =>
        [.. (await configuration.CurrentAsync(cancel)).Cas.OrderBy(c => c.Name, StringComparer.Ordinal)];

    /// <summary>The CA of this name; null when there is none.</summary>
    public async Task<CertificateAuthority?> FindAsync(string name, CancellationToken cancel) => (await configuration.CurrentAsync(cancel)).FindCa(name);

    /// <summary>Creates a root or a sub CA, its key if there is none yet, its certificate and its first CRL.</summary>
    /// <exception cref="TokenOfflineException">The token of the new CA or of its signer is not active.</exception>
    public async Task<Outcome<CertificateAuthority>> CreateAsync(Actor actor, NewAuthority order, CancellationToken cancel)
    {
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        if (!NewAuthorityRules.Check(order, snapshot, clock.GetUtcNow()).Succeeded(out AuthorityPlan? plan, out Refusal? refusal))
        {
            return refusal;
        }

        if (await tokens.IdOfAsync(order.Token, cancel) is not { } tokenId)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no crypto token '{order.Token}'.");
        }

        refusal = await EnsureKeyAsync(actor, order, cancel);
        if (refusal is not null)
        {
            return refusal;
        }

        KeyPair key = await tokens.KeyAsync(tokenId, order.KeyAlias, cancel);
        KeyPair signingKey = plan.Parent is { TokenId: { } parentToken, KeyAlias: { } parentAlias }
            ? await tokens.KeyAsync(parentToken, parentAlias, cancel)
            : key;
        if (!AuthorityCertificates.Make(plan, key, signingKey, clock.GetUtcNow()).Succeeded(out Certificate? certificate, out refusal))
        {
            return refusal;
        }

        AuthorityRow row = RowOf(plan, order, tokenId, certificate, key);
        if (await StoreAsync(actor, row, certificate, plan, cancel) is { } conflict)
        {
            return conflict;
        }

        await crls.CreateAsync(actor, order.Name, cancel);
        return (await FindAsync(order.Name, cancel))!;
    }

    /// <summary>Takes a foreign CA's certificate, as the issuer of RAs' certificates. It never signs here.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="name">Name for it.</param>
    /// <param name="chain">Its certificate first; each signed by the next, the last by itself.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<Outcome<CertificateAuthority>> ImportAsync(Actor actor, string name, IReadOnlyList<Certificate> chain, CancellationToken cancel)
    {
        if (!ProfileRules.IsName(name) || chain.Count == 0)
        {
            return new Refusal(RefusalCode.PolicyViolation, "A CA needs a name and a certificate.");
        }

        if (CheckChain(chain) is { } broken)
        {
            return broken;
        }

        Certificate own = chain[0];
        var row = new AuthorityRow
        {
            CaId = own.Subject.CaId(),
            Name = name,
            Status = AuthorityStatus.External,
            SubjectDn = own.Subject.ToString(),
            SignedBy = own.IsSelfIssued ? CaId.SelfSigned : CaId.SignedByExternal,
            SignatureAlgorithm = "",
            Chain = CertificateAuthority.WriteChain(chain),
            Settings = ProfileJson.Write(new AuthoritySettings()),
            ExpireAt = own.NotAfter,
            UpdatedAt = clock.GetUtcNow(),
        };
        var work = new CaWork();
        work.Stage(db => db.Add(row));
        work.Stage(ConfigurationStamp.BumpAsync);
        work.Audit(Entry(AuditEvents.CaImport, actor, row).With("certificate", Convert.ToBase64String(own.Encoded.Span)));
        return await CommitAsync(work, row, cancel) is { } conflict ? conflict : (await FindAsync(name, cancel))!;
    }

    /// <summary>Changes what an operator may set.</summary>
    public async Task<Outcome<CertificateAuthority>> SetSettingsAsync(Actor actor, string name, AuthoritySettings settings, CancellationToken cancel) =>
        await EditAsync(
            actor,
            name,
            row =>
            {
                row.Settings = ProfileJson.Write(settings);
                return settings.Check();
            },
            "settings",
            cancel);

    /// <summary>Takes a CA off-line or back. Requests wait meanwhile, they do not fail.</summary>
    public Task<Outcome<CertificateAuthority>> SetOfflineAsync(Actor actor, string name, bool offline, CancellationToken cancel) => offline
        ? SwitchAsync(actor, name, AuthorityStatus.Active, AuthorityStatus.Offline, _ => null, cancel)
        : ActivateAsync(actor, name, null, cancel);

    /// <summary>Lets a CA sign that was adopted, or taken off-line.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="name">The CA.</param>
    /// <param name="firstCrlNumber">
    /// The least number of its next CRL, for an adopted CA whose CRLs did not come along. Numbers never go down; without one, a
    /// CA of unknown numbers is refused, because its first CRL would be number 1 again (RFC 5280 §5.2.3).
    /// </param>
    /// <param name="cancel">Cancels.</param>
    public Task<Outcome<CertificateAuthority>> ActivateAsync(Actor actor, string name, long? firstCrlNumber, CancellationToken cancel) =>
        SwitchAsync(
            actor,
            name,
            AuthorityStatus.Offline,
            AuthorityStatus.Active,
            row =>
            {
                row.CrlNumberFloor = firstCrlNumber is { } first ? Math.Max(row.CrlNumberFloor, first - 1) : row.CrlNumberFloor;
                return row.CrlNumberFloor > AuthorityRow.UnknownFloor ? null : new(RefusalCode.PolicyViolation, $"Nobody has said which CRL numbers CA '{name}' has used: import its CRLs, or name the number of its next one.");
            },
            cancel);

    private async Task<Outcome<CertificateAuthority>> SwitchAsync(
        Actor actor, string name, AuthorityStatus from, AuthorityStatus to, Func<AuthorityRow, Refusal?> change, CancellationToken cancel)
    {
        if (await FindAsync(name, cancel) is { } ca && ca.Status != from)
        {
            return new Refusal(RefusalCode.Conflict, $"CA '{name}' has the status {ca.Status}.");
        }

        return await EditAsync(
            actor,
            name,
            row =>
            {
                row.Status = to;
                return change(row);
            },
            to.ToString(),
            cancel);
    }

    private async Task<Outcome<CertificateAuthority>> EditAsync(Actor actor, string name, Func<AuthorityRow, Refusal?> change, string what, CancellationToken cancel)
    {
        await using CaDbContext read = await databases.CreateDbContextAsync(cancel);
        AuthorityRow? row = await read.Set<AuthorityRow>().AsNoTracking().SingleOrDefaultAsync(r => r.Name == name, cancel);
        if (row is null)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no CA '{name}'.");
        }

        if (change(row) is { } broken)
        {
            return broken;
        }

        row.UpdatedAt = clock.GetUtcNow();
        var work = new CaWork();
        work.Stage(db => db.Update(row));
        work.Stage(ConfigurationStamp.BumpAsync);
        work.Audit(Entry(AuditEvents.CaEditing, actor, row).With("changed", what));
        await ledger.CommitAsync(work, cancel);
        return (await FindAsync(name, cancel))!;
    }

    private async Task<Refusal?> EnsureKeyAsync(Actor actor, NewAuthority order, CancellationToken cancel)
    {
        Outcome<TokenKey[]> listed = await tokens.ListKeysAsync(order.Token, cancel);
        if (!listed.Succeeded(out TokenKey[]? keys, out Refusal? refusal))
        {
            return refusal;
        }

        if (!keys.Any(k => k.Alias == order.KeyAlias))
        {
            (await tokens.GenerateKeyAsync(actor, order.Token, order.KeyAlias, order.KeySpec, cancel)).Succeeded(out _, out refusal);
        }

        return refusal;
    }

    private AuthorityRow RowOf(AuthorityPlan plan, NewAuthority order, int tokenId, Certificate certificate, KeyPair key) => new()
    {
        CaId = plan.Subject.CaId(),
        Name = order.Name,
        Status = AuthorityStatus.Active,
        SubjectDn = plan.Subject.ToString(),
        SignedBy = plan.Parent?.Id ?? CaId.SelfSigned,
        CertificateProfileId = plan.Profile.Id,
        TokenId = tokenId,
        KeyAlias = order.KeyAlias,
        SignatureAlgorithm = order.SignatureAlgorithm ?? SignatureAlgorithmNames.DefaultFor(key.Public),
        Chain = CertificateAuthority.WriteChain([certificate, .. plan.Parent?.Chain ?? []]),
        Settings = ProfileJson.Write(order.Settings),
        Description = order.Description,
        ExpireAt = certificate.NotAfter,
        UpdatedAt = clock.GetUtcNow(),
    };

    private async Task<Refusal?> StoreAsync(Actor actor, AuthorityRow row, Certificate certificate, AuthorityPlan plan, CancellationToken cancel)
    {
        CertificateType type = plan.Parent is null ? CertificateType.RootCa : CertificateType.SubCa;
        CertificateRow stored = CertificateRows.Of(certificate, plan.Parent?.Id ?? row.CaId, type, clock.GetUtcNow());
        stored.Username = SystemUser;
        stored.CertificateProfileId = plan.Profile.Id;
        var work = new CaWork();
        work.Stage(db => db.AddRange(row, stored));
        work.Stage(ConfigurationStamp.BumpAsync);
        work.Audit(Entry(AuditEvents.CaCreation, actor, row));
        work.Audit((Entry(AuditEvents.CertCreation, actor, row) with { SearchDetail1 = stored.Serial, SearchDetail2 = SystemUser })
            .With("fingerprint", stored.Fingerprint).With("certificate", Convert.ToBase64String(stored.Encoded)));
        return await CommitAsync(work, row, cancel);
    }

    private async Task<Refusal?> CommitAsync(CaWork work, AuthorityRow row, CancellationToken cancel)
    {
        try
        {
            await ledger.CommitAsync(work, cancel);
            return null;
        }
        catch (ConcurrentChangeException e)
        {
            return new(RefusalCode.Conflict, e.Constraint == AuthorityRow.KeyConstraint
                ? $"The id {row.CaId} of '{row.SubjectDn}' is taken by another CA; choose another subject."
                : $"There is a CA '{row.Name}' already.");
        }
    }

    private static AuditEntry Entry(string auditEvent, Actor actor, AuthorityRow row) =>
        new AuditEntry(auditEvent, AuditStatus.Success, actor.Name) { CustomId = row.CaId.ToString(CultureInfo.InvariantCulture) }
            .With("name", row.Name).With("subjectDn", row.SubjectDn);
}
