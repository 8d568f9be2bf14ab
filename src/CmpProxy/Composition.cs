using CmpProxy.Aliases;
using CmpProxy.Backends;
using CmpProxy.Configuration;
using CmpProxy.Gate;
using CmpProxy.Http;
using CmpProxy.Limits;
using CmpProxy.Notices;
using CmpProxy.Observing;
using CmpProxy.Operations;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Pki.Hosting;

namespace CmpProxy;

/// <summary>Every object of this host, in one place.</summary>
internal static class Composition
{
    public static void AddCmpProxy(this IServiceCollection services)
    {
        services.AddOptions<CmpProxyOptions>()
            .BindConfiguration(CmpProxyOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .PostConfigure(ServeAllWhereNothingIsSaid)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<CmpProxyOptions>, CmpProxyFieldRules>();
        services.AddSingleton<IValidateOptions<CmpProxyOptions>, CmpProxyRules>();

        services.AddMessageDatabase();
        services.AddSingleton(LoadLinkKeys);
        services.AddSingleton(MakeLink);
        services.AddSingleton<NoticeMemory<CMPAliasList>>();
        services.AddSingleton<NoticeMemory<CMPLockoutList>>();
        services.AddHostedService(MakeNoticeWatch);
        services.AddSingleton<DatabaseBackend>();
        services.AddSingleton<BackendFactory>();
        services.AddSingleton<AliasLoader>();
        services.AddSingleton(provider => new LoadedAliases(provider.GetRequiredService<AliasLoader>().Load()));
        services.AddSingleton(provider => provider.GetRequiredService<LoadedAliases>().All.Aliases);
        services.AddSingleton(provider => provider.GetRequiredService<LoadedAliases>().All.Files);
        services.AddSingleton(provider => new CallSlots(Options(provider).Limits.HeldCalls, Options(provider).Limits.HeldCallsPerAddress));
        services.AddSingleton(provider => new CallRates(Options(provider).Limits, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<LockedSenders>();
        services.AddSingleton<CmpMetrics>();
        services.AddSingleton<CallTrail>();
        services.AddSingleton<ErrorReplies>();
        services.AddSingleton<CmpService>();
        services.AddSingleton<CmpEndpoint>();
        services.AddSingleton<Readiness>();
        services.AddHostedService<TrustFileWatch>();
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<CmpProxyOptions>>(
            (forwarded, options) => ClientAddress.TrustProxies(forwarded, [.. options.Value.TrustedProxies]));
    }

    private static CmpProxyOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<CmpProxyOptions>>().Value;

    // Tests put a store of their own in before; then no database is opened.
    private static void AddMessageDatabase(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => MessageDatabase.Open(Options(provider).Database, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => provider.GetRequiredService<MessageDatabase>().Messages);
        services.TryAddSingleton(provider => provider.GetRequiredService<MessageDatabase>().Publications);
    }

    // The CA knows which aliases there are (CMP-T-11).
    private static void ServeAllWhereNothingIsSaid(CmpProxyOptions options)
    {
        if (options.Aliases.Count == 0)
        {
            options.Aliases[CmpProxyOptions.AnyAlias] = new();
        }
    }

    private static LinkKeys LoadLinkKeys(IServiceProvider provider)
    {
        ILogger log = provider.GetRequiredService<ILoggerFactory>().CreateLogger("CmpProxy.Link");
        return LinkKeys.Load(Options(provider).Link, CmpProxyOptions.Section + ":Link", log.ConfigurationWarning);
    }

    private static ServiceTrust? TrustOf(LinkKeys keys) => keys.HasTrust ? new(keys.Workers, keys.WorkerIssuer) : null;

    private static NoticeWatch MakeNoticeWatch(IServiceProvider provider)
    {
        bool usesDatabase = Options(provider).Aliases.Values.Any(alias => alias.Upstream is null);
        TimeProvider clock = provider.GetRequiredService<TimeProvider>();
        return new(
            usesDatabase && TrustOf(provider.GetRequiredService<LinkKeys>()) is { } trust ? new(provider.GetRequiredService<IPublicationStore>(), trust, clock) : null,
            provider.GetRequiredService<NoticeMemory<CMPAliasList>>(),
            provider.GetRequiredService<NoticeMemory<CMPLockoutList>>(),
            provider.GetRequiredService<IOptions<CmpProxyOptions>>(),
            clock,
            provider.GetRequiredService<ILogger<NoticeWatch>>());
    }

    private static ExtRaLink MakeLink(IServiceProvider provider)
    {
        MessageLinkOptions link = Options(provider).Link;
        LinkKeys keys = provider.GetRequiredService<LinkKeys>();
        return new(
            keys.Own,
            TrustOf(keys),
            new Protection(link.SignatureRequired, link.EncryptionRequired),
            SubMessageCatalog.BuiltIn,
            provider.GetRequiredService<TimeProvider>());
    }

    private sealed record LoadedAliases((AliasBook Aliases, GateFiles Files) All);
}
