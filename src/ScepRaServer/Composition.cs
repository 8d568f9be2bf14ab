using System.Net;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Pki.Hosting;
using Pki.Protocols.X509;
using ScepRaServer.Aliases;
using ScepRaServer.Configuration;
using ScepRaServer.Http;
using ScepRaServer.Limits;
using ScepRaServer.Observing;
using ScepRaServer.Operations;
using ScepRaServer.Publications;
using ScepRaServer.Transactions;
using LinkOptions = ScepRaServer.Configuration.LinkOptions;

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
        services.AddSingleton(provider => new FailureBudget(
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
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ScepRaOptions>>(TrustProxies);
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
        LinkOptions link = provider.GetRequiredService<IOptions<ScepRaOptions>>().Value.Link;
        ILogger log = provider.GetRequiredService<ILoggerFactory>().CreateLogger("ScepRaServer.Link");
        KeyStore? own = link.KeyStore.IsAbsent ? null : KeyStoreFile.Load(link.KeyStore, Key + ":KeyStore", log.ConfigurationWarning);
        List<Certificate> workers = [.. link.WorkerCertificates.Select((path, i) => CertificateFile.Load(path, $"{Key}:WorkerCertificates:{i}"))];
        Certificate? issuer = string.IsNullOrEmpty(link.WorkerIssuer) ? null : CertificateFile.Load(link.WorkerIssuer, Key + ":WorkerIssuer");
        return new(
            own,
            workers.Count > 0 || issuer is not null ? new ServiceTrust(workers, issuer) : null,
            new Protection(link.SignatureRequired, link.EncryptionRequired),
            SubMessageCatalog.BuiltIn,
            provider.GetRequiredService<TimeProvider>());
    }

    private static void TrustProxies(ForwardedHeadersOptions forwarded, IOptions<ScepRaOptions> options)
    {
        forwarded.ForwardedHeaders = options.Value.TrustedProxies.Count > 0 ? ForwardedHeaders.XForwardedFor : ForwardedHeaders.None;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (string proxy in options.Value.TrustedProxies)
        {
            if (IPAddress.TryParse(proxy, out IPAddress? address))
            {
                forwarded.KnownProxies.Add(address);
            }
            else
            {
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
        }
    }
}
