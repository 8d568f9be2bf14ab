using Ca.Core.Approvals;
using Ca.Core.Audit;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Cmp;
using Ca.Core.EndEntities;
using Ca.Core.Importing;
using Ca.Core.Issuance;
using Ca.Core.Keys;
using Ca.Core.Ledger;
using Ca.Core.Notices;
using Ca.Core.Profiles;
using Ca.Core.Recovery;
using Ca.Core.Roles;
using Ca.Core.Runs;
using Ca.Core.Storage;
using Ca.Core.Viewing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Ca.Core;

/// <summary>The only registration of the CA core.</summary>
public static class CaCore
{
    /// <summary>Registers the core. Every service is a singleton and safe to use from many requests at once.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configure">Binds or sets <see cref="CaOptions"/>; they are validated at start.</param>
    public static IServiceCollection AddCaCore(this IServiceCollection services, Action<OptionsBuilder<CaOptions>> configure)
    {
        OptionsBuilder<CaOptions> options = services.AddOptions<CaOptions>();
        configure(options);
        options.ValidateOnStart();
        services.AddSingleton<IValidateOptions<CaOptions>, CaOptionsRules>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddPooledDbContextFactory<CaDbContext>((provider, database) =>
            CaDatabase.Configure(database, provider.GetRequiredService<IOptions<CaOptions>>().Value.ConnectionString));

        services.AddSingleton<CaDatabase>();
        services.AddSingleton<CaConfiguration>();
        services.AddSingleton<CaLedger>();
        services.AddSingleton<ICaLedger>(provider => provider.GetRequiredService<CaLedger>());
        services.AddSingleton<Inbox>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<CryptoTokens>();
        services.AddSingleton<CertificateAuthorities>();
        services.AddSingleton<ProfileStore>();
        services.AddSingleton<EnrolmentCodes>();
        services.AddSingleton<EndEntityStore>();
        services.AddSingleton<CertificateStore>();
        services.AddSingleton<Revoker>();
        services.AddSingleton<Crls>();
        services.AddSingleton<RoleStore>();
        services.AddSingleton<AdministratorRegister>();
        services.AddSingleton<ApprovalGate>();
        services.AddSingleton<ApprovalDesk>();
        services.AddSingleton<ApprovalKeeper>();
        services.AddSingleton<KeyPolicy>();
        services.AddSingleton<Issuer>();
        services.AddSingleton<KeyStoreIssuer>();
        services.AddSingleton<KeyEscrow>();
        services.AddSingleton<ServerKeyIssuer>();
        services.AddSingleton<CertificateSearch>();
        services.AddSingleton<EndEntitySearch>();
        services.AddSingleton<AuthoritySearch>();
        services.AddSingleton<AuditSearch>();
        services.AddSingleton<KeyStoreRetrieval>();
        services.AddSingleton<CardRenewer>();
        services.AddSingleton<BulkImport>();
        services.AddSingleton<CmpAliases>();
        services.AddSingleton<CmpSecrets>();
        services.AddSingleton<CmpCaSecrets>();
        services.AddSingleton<CmpTrustedRas>();
        services.AddSingleton<CmpTransactions>();
        services.AddSingleton<CmpGuesses>();
        services.AddSingleton<CmpKeyMaker>();
        services.AddSingleton<CmpResponder>();
        services.AddSingleton<NoticeBoard>();
        services.AddSingleton<WorkerRuns>();
        return services;
    }
}
