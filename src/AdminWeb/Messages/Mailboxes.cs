using AdminWeb.Configuration;
using ExtRa.Messages.Store;

namespace AdminWeb.Messages;

/// <summary>The message databases of the configuration, to look into: rows and numbers, never what is sealed in them.</summary>
internal sealed class Mailboxes : IAsyncDisposable
{
    private readonly Dictionary<string, MessageDatabase> databases = new(StringComparer.Ordinal);
    private readonly ILogger<Mailboxes> log;

    public Mailboxes(IConfiguration configuration, TimeProvider clock, ILogger<Mailboxes> log)
    {
        this.log = log;
        foreach (IConfigurationSection section in configuration.GetSection(StrictSections.DataSources).GetChildren())
        {
            var options = new MessageStoreOptions();
            StrictSections.Fill(section, options);
            options.UseDoorbell = false; // a page looks once; it waits for no bell
            databases.Add(section.Key, MessageDatabase.Open(options, clock));
        }
    }

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Names => [.. databases.Keys.Order(StringComparer.Ordinal)];

    /// <summary>One of them; null for a name that is none.</summary>
    public IMessageStore? Find(string name) => databases.GetValueOrDefault(name)?.Messages;

    /// <summary>How full each is. One that does not answer must not take the page of the others with it.</summary>
    public async Task<IReadOnlyList<MailboxState>> StatesAsync(CancellationToken cancel)
    {
        var states = new List<MailboxState>();
        foreach (string name in Names)
        {
            try
            {
                states.Add(new(name, await databases[name].Messages.StatsAsync(cancel)));
            }
            catch (MessageStoreUnavailableException fault)
            {
                log.MailboxUnreachable(name, fault.Message);
                states.Add(new(name, null));
            }
        }

        return states;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (MessageDatabase database in databases.Values)
        {
            await database.DisposeAsync();
        }
    }
}

/// <summary>How full a mailbox is.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Stats">Null: its database does not answer.</param>
internal sealed record MailboxState(string Name, MessageStats? Stats);
