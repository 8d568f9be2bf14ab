using Ca.Core;
using Ca.Core.Audit;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.EndEntities;
using Ca.Core.Issuance;
using Ca.Core.Keys;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using Ca.Core.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Pki.Cli.Configuration;

/// <summary>The services of Ca.Core, opened with the section <c>Ca</c> of the configuration. No rule of the CA is here.</summary>
internal sealed class CaSession : IAsyncDisposable
{
    public const string Section = "Ca";

    // A chain of the audit log has one writer: the worker of this node has its own.
    private const string AuditSuffix = "/pki";

    private readonly ServiceProvider services;

    public CaSession(IConfiguration configuration, TimeProvider clock)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton(clock);
        collection.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        collection.AddCaCore(options => options.Configure(ca => StrictSection.Fill(configuration.GetSection(Section), ca))
            .PostConfigure(ca => ca.NodeId += AuditSuffix));
        services = collection.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    /// <summary>Whoever may read the configuration and its secrets is the CA's operator; the audit log names the account.</summary>
    public Actor Operator { get; } = Actor.Internal($"pki/{Environment.UserName}");

    public CertificateAuthorities Authorities => Get<CertificateAuthorities>();

    public CryptoTokens Tokens => Get<CryptoTokens>();

    public ProfileStore Profiles => Get<ProfileStore>();

    public RoleStore Roles => Get<RoleStore>();

    public EndEntityStore EndEntities => Get<EndEntityStore>();

    public CertificateStore Certificates => Get<CertificateStore>();

    public Revoker Revoker => Get<Revoker>();

    public Crls Crls => Get<Crls>();

    public Issuer Issuer => Get<Issuer>();

    public AuditLog Audit => Get<AuditLog>();

    public CaConfiguration Configuration => Get<CaConfiguration>();

    public ICaLedger Ledger => Get<ICaLedger>();

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
