using Ca.Core;
using Ca.Core.Approvals;
using Ca.Core.Ledger;
using Ca.Core.Roles;
using ExtRa.Legacy.Sealing;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Microsoft.Extensions.Options;
using Pki.Hosting;
using Pki.Protocols.X509;

namespace CaServiceWorker;

/// <summary>Makes the workers from the configuration, or says everything that is wrong with it, before any message is taken (FLAWS.md F14, H6).</summary>
internal sealed partial class WorkerFactory(
    IServiceProvider services, IConfiguration configuration, SubMessageCatalog messages, ProcessorCatalog processors,
    IOptions<CaOptions> ca, ILogger<WorkerFactory> log) : IAsyncDisposable
{
    private readonly Dictionary<string, MessageDatabase> databases = new(StringComparer.Ordinal);

    /// <exception cref="OptionsValidationException">Lists all that is wrong, naming the keys.</exception>
    public WorkerSet Create()
    {
        var failures = new List<string>();
        string[] requests = [.. messages.Requests.Select(type => type.Name)];
        var workers = new List<RunningWorker>();
        foreach (IConfigurationSection section in configuration.GetSection("Workers").GetChildren())
        {
            WorkerOptions options = WorkerOptions.Read(section);
            string[] wrong = [.. WorkerRules.Check(section.Path, options, requests)];
            failures.AddRange(wrong);
            if (wrong.Length == 0 && RunsHere(options) && Create(section, options, failures) is { } worker)
            {
                workers.Add(worker);
            }
        }

        if (failures.Count > 0)
        {
            throw new OptionsValidationException("Workers", typeof(WorkerOptions), failures);
        }

        if (processors.Gaps.Count > 0)
        {
            LogGaps(string.Join(", ", processors.Gaps));
        }

        LogServed(string.Join(", ", processors.Served));
        return new(workers);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (MessageDatabase database in databases.Values)
        {
            await database.DisposeAsync();
        }
    }

    private bool RunsHere(WorkerOptions options) => options.Placement != Placement.Pinned || options.Nodes.Contains(ca.Value.NodeId);

    private RunningWorker? Create(IConfigurationSection section, WorkerOptions options, List<string> failures)
    {
        KeyStore? keyStore = null;
        try
        {
            keyStore = options.KeyStore.IsAbsent ? null : KeyStoreFile.Load(options.KeyStore, section.Path + ":KeyStore", LogWarning);
        }
        catch (KeyStoreException wrong)
        {
            failures.Add(wrong.Message);
        }

        WarnOfLoosenings(section.Path, options);
        CheckKeyUsage(section.Path, options, keyStore, failures);
        return Database(options, failures) is { } database
            ? Assemble(new Worker(section.Key, $"{ca.Value.NodeId}/{section.Key}/{Environment.ProcessId}", options, database, keyStore))
            : null;
    }

    private RunningWorker Assemble(Worker worker)
    {
        TimeProvider clock = services.GetRequiredService<TimeProvider>();
        var json = new MessageJson(messages);
        var formats = new MessageFormats(
            new LegacyFormat(worker.KeyStore, new(worker.Options.LegacyB64), clock),
            new NativeFormat(new(json, worker.KeyStore), new(worker.KeyStore, clock)));
        var admission = new MessageAdmission(worker, formats, services.GetRequiredService<AdministratorRegister>(), services.GetRequiredService<RoleStore>(), new LegacyPeers(worker, services.GetRequiredService<ILogger<LegacyPeers>>()), clock);
        var tally = new WorkerTally(worker.Name, clock.GetUtcNow(), clock);
        IMilestones milestones = services.GetRequiredService<IMilestones>();
        var parts = new PartRunner(
            worker, json, processors, services.GetRequiredService<Inbox>(), services.GetRequiredService<ICaLedger>(), services.GetRequiredService<ApprovalGate>(), milestones, clock, services.GetRequiredService<ILogger<PartRunner>>());
        var answers = new AnswerWriter(worker, formats, clock, services.GetRequiredService<ILogger<AnswerWriter>>());
        var handler = new MessageHandler(
            worker, admission, parts, answers, milestones, services.GetRequiredService<WorkerMetrics>(), tally, services.GetRequiredService<ILogger<MessageHandler>>());
        var pump = new MessagePump(worker, handler, tally, services.GetRequiredService<ILogger<MessagePump>>());
        return new(worker, pump, tally, worker.Database.NewRequests, services.GetRequiredService<ILogger<RunningWorker>>());
    }

    private MessageDatabase? Database(WorkerOptions options, List<string> failures)
    {
        if (databases.TryGetValue(options.DataSource, out MessageDatabase? known))
        {
            return known;
        }

        IConfigurationSection section = configuration.GetSection("DataSources").GetSection(options.DataSource);
        if (!section.Exists())
        {
            failures.Add($"{section.Path} is not configured.");
            return null;
        }

        var store = new MessageStoreOptions();
        StrictBinding.Bind(section.Path, section, store);
        try
        {
            MessageDatabase database = MessageDatabase.Open(store, services.GetRequiredService<TimeProvider>());
            databases.Add(options.DataSource, database);
            return database;
        }
        catch (ArgumentException wrong)
        {
            failures.Add($"{section.Path}:ConnectionString: {wrong.Message}");
            return null;
        }
    }

    private static void CheckKeyUsage(string section, WorkerOptions options, KeyStore? keyStore, List<string> failures)
    {
        if (keyStore is null)
        {
            return;
        }

        if (options.SignatureRequired && keyStore.Certificate.KeyUsage?.HasFlag(KeyUsages.DigitalSignature) != true)
        {
            failures.Add($"{section}:KeyStore: the certificate lacks the key usage digitalSignature, which signing answers needs (EXTERNAL_RA.md X-08).");
        }

        if (options.EncryptionRequired && !keyStore.Certificate.CanReceive())
        {
            failures.Add($"{section}:KeyStore: the certificate lacks keyEncipherment (RSA) or keyAgreement (EC), which opening requests needs (EXTERNAL_RA.md X-08).");
        }

        if (options.LegacyRequests == LegacyRequests.Accept && (options.LegacyEncryptionRequired ?? options.EncryptionRequired) && !keyStore.Certificate.PublicKey.IsRsa)
        {
            failures.Add($"{section}:KeyStore: legacy programs encrypt to RSA keys only, and this one is none; or turn {section}:LegacyEncryptionRequired off.");
        }
    }

    private void WarnOfLoosenings(string section, WorkerOptions options)
    {
        if (options.LegacyRequests == LegacyRequests.Accept)
        {
            bool signed = options.LegacySignatureRequired ?? options.SignatureRequired;
            LogLegacy(section, signed ? "signed" : $"unsigned, with the role '{options.UnsignedActsAs}',", (options.LegacyEncryptionRequired ?? options.EncryptionRequired) ? "encrypted" : "in the clear");
        }

        if (!options.SignatureRequired)
        {
            LogUnsigned(section, options.UnsignedActsAs ?? "");
        }

        if (!options.EncryptionRequired)
        {
            LogUnencrypted(section);
        }

        if (options.Approvals == ApprovalMode.Bypass)
        {
            LogBypass(section);
        }
    }

    [LoggerMessage(3050, LogLevel.Warning, "{Text}")]
    private partial void LogWarning(string text);

    [LoggerMessage(3051, LogLevel.Warning, "{Section} accepts unsigned requests; they act with the role '{Role}'. Whoever can write into the message database has that role.")]
    private partial void LogUnsigned(string section, string role);

    [LoggerMessage(3052, LogLevel.Warning, "{Section} accepts unencrypted requests. Whoever can read the message database can read them.")]
    private partial void LogUnencrypted(string section);

    [LoggerMessage(3056, LogLevel.Warning, "{Section} accepts requests of legacy programs, {Signed} and {Encrypted}: bound to no row, in CBC mode under PKCS#1 v1.5 keys. Let it be for as long as such programs are there.")]
    private partial void LogLegacy(string section, string signed, string encrypted);

    [LoggerMessage(3055, LogLevel.Warning, "{Section} bypasses approvals: what CA or profile want people to agree to is done without asking them.")]
    private partial void LogBypass(string section);

    [LoggerMessage(3053, LogLevel.Warning, "Request classes without a processor: {Names}. They get an error answer.")]
    private partial void LogGaps(string names);

    [LoggerMessage(3054, LogLevel.Information, "Request classes served: {Names}.")]
    private partial void LogServed(string names);
}
