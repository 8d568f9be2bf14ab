using Ca.Cmp;
using Ca.Core;
using CaServiceWorker.Notifications;
using ExtRa.Messages.Contract;
using Pki.Hosting;
using Quartz;

namespace CaServiceWorker;

/// <summary>Every part of this host, read from top to bottom.</summary>
internal static class Composition
{
    public const string LocalScheduler = "node";
    public const string ClusterScheduler = "cluster";
    private static readonly TimeSpan ShortestIdleWait = TimeSpan.FromSeconds(1); // Quartz takes no shorter one

    public static IHost Build(string[] args, Action<IServiceCollection>? replace = null)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args });
        builder.AddPkiDefaults("ca-service-worker", args);
        WorkerHostOptions host = builder.Configuration.Get<WorkerHostOptions>() ?? new();

        builder.Services.AddCaCore(ca => ca.BindConfiguration("Ca", binder => binder.ErrorOnUnknownConfiguration = true));
        builder.Services.AddCmpEngine();
        builder.Services.AddSingleton(host);
        builder.Services.AddSingleton(PlugIns.Load(host.PlugInFolder));
        builder.Services.AddSingleton(services => SubMessageCatalog.From(services.GetRequiredService<PlugIns>().Assemblies));
        builder.Services.AddSingleton<ProcessorCatalog>();
        builder.Services.AddSingleton<IMilestones, NoMilestones>();
        builder.Services.AddSingleton<WorkerMetrics>();
        builder.Services.AddSingleton<WorkerFactory>();
        builder.Services.AddSingleton(services => services.GetRequiredService<WorkerFactory>().Create());
        builder.Services.AddSingleton<DecidedApprovals>();
        builder.Services.AddHostedService<StartCheck>();
        builder.Services.AddHostedService<LeaseKeeper>();
        if (host.RunOnce)
        {
            builder.Services.AddSingleton<SingleRun>();
        }
        else
        {
            builder.Services.AddHostedService<DoorbellListener>();
            AddSchedules(builder, host, AddNotifications(builder));
        }

        replace?.Invoke(builder.Services);
        builder.ConfigureContainer(new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }));
        return builder.Build();
    }

    /// <summary>Read here, so that a mistake in the section stops the start.</summary>
    private static NoticeTargets AddNotifications(HostApplicationBuilder builder)
    {
        var targets = NoticeTargets.Read(builder.Configuration, TimeProvider.System);
        builder.Services.AddSingleton(_ => targets);
        builder.Services.AddSingleton<NoticeSender>();
        return targets;
    }

    private static void AddSchedules(HostApplicationBuilder builder, WorkerHostOptions host, NoticeTargets notices)
    {
        Dictionary<string, WorkerOptions> workers = builder.Configuration.GetSection("Workers").GetChildren()
            .ToDictionary(section => section.Key, WorkerOptions.Read, StringComparer.Ordinal);
        string node = builder.Configuration["Ca:NodeId"] ?? Environment.MachineName;

        builder.Services.AddQuartz(LocalScheduler, quartz =>
        {
            foreach ((string name, WorkerOptions worker) in workers.Where(pair => pair.Value.Placement != Placement.Single))
            {
                Repeat<PollMessagesJob>(quartz, name, worker.Interval);
            }

            Repeat<WakeDecidedJob>(quartz, "approvals", host.ApprovalInterval);
            Repeat<RunReportJob>(quartz, "run-report", host.RunReportInterval);
            Repeat<CmpNoticesJob>(quartz, "cmp-notices", host.CmpNoticesInterval);
        });
        builder.Services.AddQuartz(ClusterScheduler, quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceId = node;
                scheduler.IdleWaitTime = host.ClusterCheckIn > ShortestIdleWait ? host.ClusterCheckIn : ShortestIdleWait; // what a node that stops lets go is taken as soon
            });
            if (host.Clustered)
            {
                quartz.UsePersistentStore(store =>
                {
                    store.UsePostgres(builder.Configuration["Ca:ConnectionString"]!);
                    store.ProvisionSchema();
                    store.UseClustering(cluster =>
                    {
                        cluster.CheckinInterval = host.ClusterCheckIn;
                        cluster.CheckinMisfireThreshold = host.ClusterCheckIn;
                    });
                });
            }

            foreach ((string name, WorkerOptions worker) in workers.Where(pair => pair.Value.Placement == Placement.Single))
            {
                Repeat<ServeMessagesJob>(quartz, name, worker.Interval);
            }

            Repeat<CrlJob>(quartz, "crl", host.CrlInterval);
            Repeat<MessageHousekeepingJob>(quartz, "message-housekeeping", host.HousekeepingInterval);
            Repeat<CaHousekeepingJob>(quartz, "ca-housekeeping", host.HousekeepingInterval);
            Repeat<CmpHousekeepingJob>(quartz, "cmp-housekeeping", host.CmpHousekeepingInterval);
            if (notices.All.Count > 0)
            {
                Repeat<NotificationJob>(quartz, "notifications", notices.Options.Interval);
            }
        });
        builder.Services.AddQuartzHostedService(LocalScheduler, options => options.WaitForJobsToComplete = true);
        builder.Services.AddQuartzHostedService(ClusterScheduler, options => options.WaitForJobsToComplete = true);
    }

    private static void Repeat<TJob>(IQuartzBuilder quartz, string name, TimeSpan interval)
        where TJob : class, IJob
    {
        quartz.AddJob<TJob>(job => job.WithIdentity(name).RequestRecovery().UsingJobData(PollMessagesJob.WorkerKey, name));
        quartz.AddTrigger<TJob>(trigger => trigger.WithIdentity(name).ForJob(name).StartNow().WithSimpleSchedule(interval));
    }
}
