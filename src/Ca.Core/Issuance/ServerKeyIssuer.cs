using Ca.Core.EndEntities;
using Ca.Core.Keys;
using Ca.Core.Ledger;
using Ca.Core.Recovery;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>
/// Makes a key pair for an end entity and has it certified. The key goes to disk sealed and in the plan, before the
/// signature: after a crash the repeat finishes the same certificate for the same key (decision 0010).
/// </summary>
public sealed class ServerKeyIssuer
{
    private readonly IDbContextFactory<CaDbContext> databases;
    private readonly CaConfiguration configuration;
    private readonly Issuer issuer;
    private readonly KeyEscrow escrow;
    private readonly KeySealing sealing;

    /// <summary>Takes the services it works with.</summary>
    public ServerKeyIssuer(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, Issuer issuer, KeyEscrow escrow, CryptoTokens tokens)
    {
        this.databases = databases;
        this.configuration = configuration;
        this.issuer = issuer;
        this.escrow = escrow;
        sealing = new(tokens);
    }

    /// <summary>Makes key and certificate and stages everything that has to be stored into <paramref name="work"/>.</summary>
    /// <param name="request">What is to be certified; its key is <see cref="RequestedKey.MadeHere"/>.</param>
    /// <param name="keySpec">RSA2048 …, P-256 … or a curve's SEC name.</param>
    /// <param name="work">Gets the effects. Nothing of the result may leave before it is committed.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="NotNowException">The token is offline, or another request for this user is being worked on.</exception>
    public async Task<Outcome<KeyStore>> IssueAsync(IssuanceRequest request, string keySpec, CaWork work, CancellationToken cancel)
    {
        if (!(await CheckAsync(request, keySpec, cancel)).Succeeded(out IssuanceOrder? order, out Refusal? refusal))
        {
            return refusal;
        }

        (KeyPair key, byte[] sealedKey) = await PlannedAsync(request, cancel) ?? await MakeAsync(order, keySpec, cancel);
        try
        {
            Outcome<Issued> outcome = await issuer.IssueAsync(request with { Request = RequestedKey.Held(key, sealedKey) }, work, cancel);
            if (!outcome.Succeeded(out Issued? issued, out refusal))
            {
                key.Dispose();
                return refusal;
            }

            if (request.KeyRecoverable)
            {
                escrow.Keep(request.Actor, order.Ca.Id, issued.Certificate, request.Username, sealedKey, work);
            }

            return new KeyStore(key, issued.Certificate, issued.Chain);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Everything that can be known before a key is made is checked before: making one is the dearest thing a request can cause.</summary>
    private async Task<Outcome<IssuanceOrder>> CheckAsync(IssuanceRequest request, string keySpec, CancellationToken cancel)
    {
        if (Forbidden.IsUnusable(request.Username) || !KeyPair.IsKeySpec(keySpec))
        {
            return new Refusal(RefusalCode.UnsupportedAlgorithm, "The CA makes RSA keys of 2048 to 8192 bits and keys on P-256, P-384 and P-521.");
        }

        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(db, cancel);
        EndEntityRow? user = await db.Set<EndEntityRow>().AsNoTracking().SingleOrDefaultAsync(u => u.Username == request.Username, cancel);
        Outcome<IssuanceOrder> resolved = IssuanceOrder.Resolve(request, user, snapshot);
        if (!resolved.Succeeded(out IssuanceOrder? order, out _))
        {
            return resolved;
        }

        if (!request.Actor.May(AccessResources.CreateCertificate) || !request.Actor.May(AccessResources.Ca(order.Ca.Id)))
        {
            return new Refusal(RefusalCode.NotAuthorized, $"'{request.Actor.Name}' may not create certificates of CA '{order.Ca.Name}'.");
        }

        string kind = KeySpecs.Canonical(keySpec);
        return order.Profile.AllowedKeys.Contains(kind, StringComparer.Ordinal)
            ? request.KeyRecoverable && escrow.CheckKeeping(order.EndEntityProfile) is { } forbidden ? forbidden : order
            : new Refusal(RefusalCode.WeakKey, $"Key {kind} is not allowed by certificate profile '{order.Profile.Name}'.");
    }

    private async Task<(KeyPair Key, byte[] SealedKey)?> PlannedAsync(IssuanceRequest request, CancellationToken cancel)
    {
        InboxKey id = request.PlanKey;
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        byte[]? planned = await db.Set<PlanRow>().Where(p => p.UniqueId == id.UniqueId && p.RequestHash == id.RequestHash && p.Part == id.Index)
            .Select(p => p.SealedKey).SingleOrDefaultAsync(cancel);
        return planned is null ? null : (await sealing.OpenAsync(planned, request.Username, cancel), planned);
    }

    private async Task<(KeyPair Key, byte[] SealedKey)> MakeAsync(IssuanceOrder order, string keySpec, CancellationToken cancel)
    {
        KeyPair key = KeyPair.Generate(keySpec);
        return (key, await sealing.SealAsync(key, order.Ca, order.Data.Username, cancel));
    }
}
