using System.CommandLine;
using Ca.Core.Storage;
using ExtRa.Messages.Store;
using Pki.Cli.Configuration;

namespace Pki.Cli.Commands;

/// <summary><c>pki database</c>: the tables of an installation.</summary>
internal sealed class DatabaseGroup(Frame frame)
{
    public Command Create() => Frame.Group(
        "database",
        "The databases of the CA and of the messages.",
        frame.Command("prepare", "Makes the tables in every configured database, or brings them up to date. The databases themselves must be there.", [], PrepareAsync));

    private static async Task PrepareAsync(Call call)
    {
        IReadOnlyList<MessageSource> sources = MessageSource.All(call.Configuration);
        await call.Printer.WaitAsync("Preparing the databases …", async () =>
        {
            await call.Ca.Get<CaDatabase>().MigrateAsync(call.Cancel);
            foreach (MessageSource source in sources)
            {
                await using MessageDatabase database = source.Open(call.Terminal.Clock);
                await database.CreateSchemaAsync(call.Cancel);
            }

            return true;
        });
        string[] prepared = [CaSession.Section, .. sources.Select(source => $"{MessageSource.Section}:{source.Name}")];
        call.Printer.Done(new { Prepared = prepared }, $"Prepared: {string.Join(", ", prepared)}");
    }
}
