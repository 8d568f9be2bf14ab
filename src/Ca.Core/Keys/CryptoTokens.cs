using System.Security.Cryptography;
using Ca.Core.Audit;
using Ca.Core.Authorities;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Keys;

/// <summary>A key in a token.</summary>
/// <param name="Alias">Its name there.</param>
/// <param name="PublicKey">Its public half.</param>
public sealed record TokenKey(string Alias, SubjectPublicKey PublicKey);

/// <summary>A crypto token as it is shown.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Type">SOFT.</param>
/// <param name="IsActive">Active in this process.</param>
public sealed record TokenView(string Name, string Type, bool IsActive);

/// <summary>The crypto tokens: creates and activates them, keeps active ones in memory, lends keys to the CAs.</summary>
public sealed partial class CryptoTokens(IDbContextFactory<CaDbContext> databases, ICaLedger ledger, IOptions<CaOptions> options) : IDisposable
{
    private readonly ActiveTokens active = new(databases, options);

    /// <summary>Creates a SOFT token without keys; it is active at once in this process.</summary>
    public async Task<Outcome<TokenView>> CreateAsync(Actor actor, string name, Secret pin, CancellationToken cancel)
    {
        if (!ProfileRules.IsName(name) || pin.IsEmpty)
        {
            return new Refusal(RefusalCode.PolicyViolation, "A crypto token needs a name and a PIN.");
        }

        byte[] content = SoftToken.Create(pin);
        int id = NewId();
        try
        {
            await CommitAsync(actor, AuditEvents.CryptoTokenCreate, name, db => db.Add(new CryptoTokenRow { Id = id, Name = name, Type = "SOFT", Data = content }), null, cancel);
        }
        catch (ConcurrentChangeException)
        {
            return new Refusal(RefusalCode.Conflict, $"There is a crypto token '{name}' already.");
        }

        await ActivateAsync(actor, name, pin, cancel);
        return new TokenView(name, "SOFT", true);
    }

    /// <summary>All tokens.</summary>
    public async Task<IReadOnlyList<TokenView>> ListAsync(CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        var rows = await db.Set<CryptoTokenRow>().OrderBy(r => r.Name).Select(r => new { r.Id, r.Name, r.Type }).ToListAsync(cancel);
        return [.. rows.Select(r => new TokenView(r.Name, r.Type, active.Holds(r.Id)))];
    }

    /// <summary>Opens a token in this process.</summary>
    public async Task<Outcome<TokenView>> ActivateAsync(Actor actor, string name, Secret pin, CancellationToken cancel)
    {
        CryptoTokenRow? row = await FindAsync(r => r.Name == name, cancel);
        if (row is null)
        {
            return Unknown(name);
        }

        bool opened = await active.OpenAsync(row, pin, cancel) is not null;
        var work = new CaWork();
        work.Audit(Entry(AuditEvents.CryptoTokenActivation, opened ? AuditStatus.Success : AuditStatus.Failure, actor, name));
        await ledger.CommitAsync(work, cancel);
        return opened ? new TokenView(name, row.Type, true) : new Refusal(RefusalCode.NotAuthorized, $"The PIN of crypto token '{name}' is wrong.");
    }

    /// <summary>Forgets PIN and keys in this process. With a PIN file configured it comes back when it is needed.</summary>
    public async Task<Outcome<TokenView>> DeactivateAsync(Actor actor, string name, CancellationToken cancel)
    {
        if (await FindAsync(r => r.Name == name, cancel) is not { } row)
        {
            return Unknown(name);
        }

        active.Release(row.Id);
        var work = new CaWork();
        work.Audit(Entry(AuditEvents.CryptoTokenDeactivation, AuditStatus.Success, actor, name));
        await ledger.CommitAsync(work, cancel);
        return new TokenView(name, row.Type, false);
    }

    /// <summary>Removes a token that no CA uses.</summary>
    public async Task<Outcome<TokenView>> DeleteAsync(Actor actor, string name, CancellationToken cancel)
    {
        if (await FindAsync(r => r.Name == name, cancel) is not { } row)
        {
            return Unknown(name);
        }

        if (await MappedAsync(row.Id, null, cancel))
        {
            return new Refusal(RefusalCode.Conflict, $"A CA uses crypto token '{name}'.");
        }

        await CommitAsync(actor, AuditEvents.CryptoTokenDeletion, name, db => db.Remove(row), null, cancel);
        active.Release(row.Id);
        return new TokenView(name, row.Type, false);
    }

    /// <summary>The keys of an active token.</summary>
    /// <exception cref="TokenOfflineException">It is not active.</exception>
    public async Task<Outcome<TokenKey[]>> ListKeysAsync(string name, CancellationToken cancel)
    {
        if (await FindAsync(r => r.Name == name, cancel) is not { } row)
        {
            return Unknown(name);
        }

        ICryptoToken token = await active.HoldAsync(row, cancel);
        return token.Aliases.Select(alias => new TokenKey(alias, token.Find(alias)!.Public)).ToArray();
    }

    /// <summary>Makes a key pair, RSA2048 to RSA8192 or P-256, P-384, P-521.</summary>
    /// <exception cref="TokenOfflineException">It is not active.</exception>
    public async Task<Outcome<TokenKey>> GenerateKeyAsync(Actor actor, string name, string alias, string keySpec, CancellationToken cancel)
    {
        if (!KeySpecs.IsAllowedForCas(keySpec))
        {
            return new Refusal(RefusalCode.UnsupportedAlgorithm, $"'{keySpec}' is no key this CA makes: RSA2048 to RSA8192, P-256, P-384 or P-521.");
        }

        return await ChangeKeysAsync(actor, AuditEvents.CryptoTokenGenKeyPair, name, alias, mustExist: false, token => token.Generate(alias, keySpec), cancel);
    }

    /// <summary>Takes a key pair of another system into a token, which then owns it.</summary>
    /// <exception cref="TokenOfflineException">It is not active.</exception>
    public Task<Outcome<TokenKey>> ImportKeyAsync(Actor actor, string name, string alias, KeyPair key, CancellationToken cancel) =>
        ChangeKeysAsync(actor, AuditEvents.CryptoTokenImportKeyPair, name, alias, mustExist: false, token => token.Add(alias, key), cancel);

    /// <summary>Removes a key that no CA uses.</summary>
    /// <exception cref="TokenOfflineException">It is not active.</exception>
    public async Task<Outcome<TokenKey>> RemoveKeyAsync(Actor actor, string name, string alias, CancellationToken cancel)
    {
        if (await FindAsync(r => r.Name == name, cancel) is { } row && (await MappedAsync(row.Id, alias, cancel) || await OpensKeptKeysAsync(row.Id, alias, cancel)))
        {
            return new Refusal(RefusalCode.Conflict, $"A CA uses key '{alias}', or kept keys are encrypted to it.");
        }

        return await ChangeKeysAsync(actor, AuditEvents.CryptoTokenDeleteEntry, name, alias, mustExist: true, token => token.Remove(alias), cancel);
    }

    /// <summary>Signs and verifies a random block with a key.</summary>
    /// <exception cref="TokenOfflineException">It is not active.</exception>
    public async Task<Outcome<TokenKey>> TestKeyAsync(string name, string alias, CancellationToken cancel)
    {
        if (await FindAsync(r => r.Name == name, cancel) is not { } row)
        {
            return Unknown(name);
        }

        if ((await active.HoldAsync(row, cancel)).Find(alias) is not { } key)
        {
            return new Refusal(RefusalCode.NotFound, $"Crypto token '{name}' has no key '{alias}'.");
        }

        byte[] block = RandomNumberGenerator.GetBytes(32);
        SignatureAlgorithm algorithm = SignatureAlgorithm.For(key.Public, HashAlgorithmName.SHA256);
        return key.Public.Verify(block, key.Sign(block, algorithm), algorithm)
            ? new TokenKey(alias, key.Public)
            : new Refusal(RefusalCode.InternalFailure, $"Key '{alias}' made a signature that does not verify.");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        active.Dispose();
        ensuring.Dispose();
    }

    /// <summary>The key of a CA, held in memory.</summary>
    /// <exception cref="TokenOfflineException">Its token is not active, or lacks the key.</exception>
    internal ValueTask<KeyPair> KeyAsync(int tokenId, string alias, CancellationToken cancel) => active.KeyAsync(tokenId, alias, cancel);

    internal async Task<int?> IdOfAsync(string name, CancellationToken cancel) => (await FindAsync(r => r.Name == name, cancel))?.Id;

    private async Task<Outcome<TokenKey>> ChangeKeysAsync(Actor actor, string auditEvent, string name, string alias, bool mustExist, Action<ICryptoToken> change, CancellationToken cancel)
    {
        if (await FindAsync(r => r.Name == name, cancel) is not { } row)
        {
            return Unknown(name);
        }

        ICryptoToken token = await active.HoldAsync(row, cancel);
        KeyPair? there = token.Find(alias);
        if (there is null == mustExist || !ProfileRules.IsName(alias))
        {
            return new Refusal(mustExist ? RefusalCode.NotFound : RefusalCode.Conflict, $"Crypto token '{name}' has {(mustExist ? "no" : "a")} key '{alias}'{(mustExist ? "" : " already")}.");
        }

        change(token);
        KeyPair key = there ?? token.Find(alias)!;
        row.Data = token.Content();
        try
        {
            await CommitAsync(actor, auditEvent, name, db => db.Update(row), alias, cancel);
        }
        catch
        {
            active.Forget(row.Id); // memory and disk differ now; the next use reads the disk
            throw;
        }

        await active.HoldAsync((await FindAsync(r => r.Id == row.Id, cancel))!, cancel);
        return new TokenKey(alias, key.Public);
    }

    private async Task<CryptoTokenRow?> FindAsync(System.Linq.Expressions.Expression<Func<CryptoTokenRow, bool>> which, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<CryptoTokenRow>().AsNoTracking().SingleOrDefaultAsync(which, cancel);
    }

    private async Task<bool> MappedAsync(int tokenId, string? alias, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<AuthorityRow>().AnyAsync(r => r.TokenId == tokenId && (alias == null || r.KeyAlias == alias), cancel);
    }

    private Task CommitAsync(Actor actor, string auditEvent, string name, Action<CaDbContext> change, string? alias, CancellationToken cancel)
    {
        var work = new CaWork();
        work.Stage(change);
        work.Audit(Entry(auditEvent, AuditStatus.Success, actor, name).With("alias", alias));
        return ledger.CommitAsync(work, cancel);
    }

    private static AuditEntry Entry(string auditEvent, AuditStatus status, Actor actor, string name) =>
        new AuditEntry(auditEvent, status, actor.Name) { Module = "CRYPTOTOKEN" }.With("token", name);

    private static Refusal Unknown(string name) => new(RefusalCode.NotFound, $"There is no crypto token '{name}'.");

    private static int NewId() => RandomNumberGenerator.GetInt32(CaId.LastSpecial + 1, int.MaxValue);
}
