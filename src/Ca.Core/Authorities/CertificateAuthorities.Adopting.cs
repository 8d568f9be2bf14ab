using Ca.Core.Audit;
using Ca.Core.Certificates;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Authorities;

/// <summary>A CA of another system that is to go on here, with its key.</summary>
public sealed record AdoptedAuthority
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Its certificate first, the root last.</summary>
    public required IReadOnlyList<Certificate> Chain { get; init; }

    /// <summary>Crypto token that holds its key.</summary>
    public required string Token { get; init; }

    /// <summary>Its key in the token.</summary>
    public string KeyAlias { get; init; } = "signKey";

    /// <summary>Such as SHA256WithRSA; null: what suits the key.</summary>
    public string? SignatureAlgorithm { get; init; }

    /// <summary>Text for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>CRLs, pointers, rules.</summary>
    public AuthoritySettings Settings { get; init; } = new();
}

/// <content>Taking over CAs with their keys (CA_CORE §4.2, <c>ca importca</c>).</content>
public sealed partial class CertificateAuthorities
{
    /// <summary>
    /// Takes over a CA whose key is in a token already. It comes off-line, so that nothing here signs with its key while the
    /// old system still may: no job makes a CRL and requests wait, until <see cref="ActivateAsync"/>.
    /// </summary>
    /// <exception cref="TokenOfflineException">The token is not active.</exception>
    public async Task<Outcome<CertificateAuthority>> AdoptAsync(Actor actor, AdoptedAuthority order, CancellationToken cancel)
    {
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        if (CheckAdopted(order, snapshot) is { } broken)
        {
            return broken;
        }

        if (await tokens.IdOfAsync(order.Token, cancel) is not { } tokenId)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no crypto token '{order.Token}'.");
        }

        Certificate own = order.Chain[0];
        KeyPair key = await tokens.KeyAsync(tokenId, order.KeyAlias, cancel);
        if (!key.Public.SameKeyAs(own.PublicKey))
        {
            return new Refusal(RefusalCode.Conflict, $"Key '{order.KeyAlias}' of token '{order.Token}' is not the key of certificate {own.Serial}.");
        }

        CertificateAuthority? parent = order.Chain.Count > 1 ? snapshot.Cas.FirstOrDefault(ca => ca.Certificate.Encoded.Span.SequenceEqual(order.Chain[1].Encoded.Span)) : null;
        bool isRoot = order.Chain.Count == 1;
        var row = new AuthorityRow
        {
            CaId = own.Subject.CaId(),
            Name = order.Name,
            Status = AuthorityStatus.Offline,
            CrlNumberFloor = AuthorityRow.UnknownFloor,
            SubjectDn = own.Subject.ToString(),
            SignedBy = isRoot ? CaId.SelfSigned : parent is { TokenId: not null } ? parent.Id : CaId.SignedByExternal,
            CertificateProfileId = isRoot ? FixedProfiles.RootCa.Id : FixedProfiles.SubCa.Id,
            TokenId = tokenId,
            KeyAlias = order.KeyAlias,
            SignatureAlgorithm = order.SignatureAlgorithm ?? SignatureAlgorithmNames.DefaultFor(own.PublicKey),
            Chain = CertificateAuthority.WriteChain(order.Chain),
            Settings = ProfileJson.Write(order.Settings),
            Description = order.Description,
            ExpireAt = own.NotAfter,
            UpdatedAt = clock.GetUtcNow(),
        };
        CertificateRow stored = CertificateRows.Of(own, parent?.Id ?? row.CaId, isRoot ? CertificateType.RootCa : CertificateType.SubCa, clock.GetUtcNow());
        stored.Username = SystemUser;
        var work = new CaWork();
        work.Stage(db => db.AddRange(isRoot || parent is not null ? (object[])[row, stored] : [row])); // an issuer that is not here has no id
        work.Stage(ConfigurationStamp.BumpAsync);
        work.Audit(Entry(AuditEvents.CaImport, actor, row).With("certificate", Convert.ToBase64String(own.Encoded.Span)).With("token", order.Token));
        return await CommitAsync(work, row, cancel) is { } conflict ? conflict : (await FindAsync(order.Name, cancel))!;
    }

    private static Refusal? CheckAdopted(AdoptedAuthority order, ConfigurationSnapshot snapshot)
    {
        if (!ProfileRules.IsName(order.Name) || order.Chain.Count == 0)
        {
            return new(RefusalCode.PolicyViolation, "A CA needs a name of 1 to 250 printable characters without '/', and a certificate.");
        }

        if (CheckChain(order.Chain) is { } broken)
        {
            return broken;
        }

        int id = order.Chain[0].Subject.CaId();
        if (snapshot.FindCa(order.Name) is not null || snapshot.FindCa(id) is not null)
        {
            return new(RefusalCode.Conflict, $"There is a CA '{order.Name}' already, or one with the id {id} of '{order.Chain[0].Subject}'.");
        }

        return order.SignatureAlgorithm is { } algorithm && SignatureAlgorithmNames.Find(algorithm, order.Chain[0].PublicKey) is null
            ? new(RefusalCode.UnsupportedAlgorithm, $"signatureAlgorithm '{algorithm}' does not fit the key; there are {string.Join(", ", SignatureAlgorithmNames.All)}.")
            : order.Settings.Check();
    }

    /// <summary>Each signed by the next one, the last by itself.</summary>
    private static Refusal? CheckChain(IReadOnlyList<Certificate> chain)
    {
        for (int i = 0; i < chain.Count; i++)
        {
            Certificate issuer = chain[Math.Min(i + 1, chain.Count - 1)];
            if (!chain[i].IsCa || !chain[i].Issuer.EncodedEquals(issuer.Subject) || !chain[i].IsSignedBy(issuer.PublicKey))
            {
                return new(RefusalCode.BadSignature, $"Certificate {i} of the chain is no CA certificate or not signed by the next one; the last must be signed by itself.");
            }
        }

        return null;
    }
}
