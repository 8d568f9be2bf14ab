using ExtRa.Legacy.JavaStreams;
using ExtRa.Legacy.Sealing;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Pki.Hosting;
using ScepRaServer.Aliases;
using ScepRaServer.Configuration;
using ScepRaServer.Http;
using ScepRaServer.Limits;
using ScepRaServer.Observing;
using ScepRaServer.Operations;
using ScepRaServer.Publications;
using ScepRaServer.Transactions;

namespace ScepRaServer;

/// <summary>Every object of this host, in one place.</summary>
internal static class Composition
{
    public static void AddScepRa(this IServiceCollection services)
    {
        services.AddOptions<ScepRaOptions>()
            .BindConfiguration(ScepRaOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<ScepRaOptions>, ScepRaFieldRules>();
        services.AddSingleton<IValidateOptions<ScepRaOptions>, ScepRaRules>();

        services.AddMessageDatabase();
        services.AddSingleton(MakeLink);
        services.AddSingleton(provider => provider.GetRequiredService<AliasLoader>().Load());
        services.AddSingleton<AliasLoader>();
        services.AddSingleton<PublishedCrls>();
        services.AddSingleton<NextCaCertificates>();
        services.AddSingleton<CaAnswers>();
        services.AddSingleton<Enrolments>();
        services.AddSingleton<ScepMetrics>();
        services.AddSingleton(provider => new OperationSlots(Limits(provider).ParallelOperations, Limits(provider).HeldOperations));
        services.AddSingleton(provider => new SourceBudget(
            Limits(provider).FailureBurst, Limits(provider).FailuresPerMinute, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CertRepWriter>();
        services.AddSingleton<MessageGate>();
        services.AddSingleton<AnswerDelivery>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<EnrolmentOperation>();
        services.AddSingleton<PollOperation>();
        services.AddSingleton<QueryOperation>();
        services.AddSingleton<PkiOperationService>();
        services.AddSingleton<IScepService, ScepService>();
        services.AddSingleton<ScepEndpoint>();
        services.AddSingleton<Readiness>();

        services.AddSingleton<PublicationWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<PublicationWatch>());
        services.AddHostedService<RaCertificateWatch>();
        services.AddHostedService<LegacyCaWatch>();
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ScepRaOptions>>((forwarded, options) => ClientAddress.TrustProxies(forwarded, [.. options.Value.TrustedProxies]));
    }

    private static LimitOptions Limits(IServiceProvider provider) => provider.GetRequiredService<IOptions<ScepRaOptions>>().Value.Limits;

    // Tests put their own stores in before; then no database is opened.
    private static void AddMessageDatabase(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => MessageDatabase.Open(
            provider.GetRequiredService<IOptions<ScepRaOptions>>().Value.Database, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => provider.GetRequiredService<MessageDatabase>().Messages);
        services.TryAddSingleton(provider => provider.GetRequiredService<MessageDatabase>().Challenges);
        services.TryAddSingleton(provider => provider.GetRequiredService<MessageDatabase>().Publications);
    }

    private static ExtRaLink MakeLink(IServiceProvider provider)
    {
        const string Key = $"{ScepRaOptions.Section}:Link";
        MessageLinkOptions link = provider.GetRequiredService<IOptions<ScepRaOptions>>().Value.Link;
        ILogger log = provider.GetRequiredService<ILoggerFactory>().CreateLogger("ScepRaServer.Link");
        var keys = LinkKeys.Load(link, Key, log.ConfigurationWarning);
        ServiceTrust? trust = keys.HasTrust ? new ServiceTrust(keys.Workers, keys.WorkerIssuer) : null;
        var protection = new Protection(link.SignatureRequired, link.EncryptionRequired);
        TimeProvider clock = provider.GetRequiredService<TimeProvider>();
        return link.Format switch
        {
            LinkFormat.Legacy4 => new(new LegacyFormat(keys.Own, new(Maps: JavaMapKind.HashMap), clock), trust, protection, clock),
            LinkFormat.Legacy6 => new(new LegacyFormat(keys.Own, new(Maps: JavaMapKind.LinkedHashMap), clock), trust, protection, clock),
            _ => new(keys.Own, trust, protection, SubMessageCatalog.BuiltIn, clock),
        };
    }
}
