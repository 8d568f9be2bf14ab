using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ExtRa.Messages.Store;
using Npgsql;
using Pki.PrivateServers;

namespace Pki.Bench;

/// <summary>
/// The mailbox alone: how long a request waits for an echo when nothing else happens, and what looking costs when the
/// table is empty and when it holds a million answered rows.
/// </summary>
internal sealed class QueueBench(MessageStoreOptions options)
{
    private const int Trips = 300;
    private const int MessageBytes = 6_500; // as a sealed PKCS10Request
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly ClaimOrder Order = new("bench", TimeSpan.FromMinutes(1), 16, [MessageType.Scep]);

    public static async Task<int> RunAsync(int rows, CancellationToken cancel)
    {
        string folder = Directory.CreateTempSubdirectory("pki-queue-").FullName;
        await using (PrivatePostgreSql server = await PrivatePostgreSql.StartAsync(new() { Directory = folder }, cancel))
        {
            string database = server.ConnectionString("postgres");
            var rings = new QueueBench(new() { ConnectionString = database });
            await rings.CreateAsync(cancel);
            await rings.MeasureAsync("doorbell", cancel);
            await new QueueBench(new() { ConnectionString = database, UseDoorbell = false }).MeasureAsync("polling ", cancel);
            double empty = await rings.LookAsync(cancel);
            await FillAsync(database, rows, cancel);
            double full = await rings.LookAsync(cancel);
            Print($"looking into an empty table {empty:0.000} ms, with {rows} answered rows {full:0.000} ms: {full / empty:0.00} times");
            await rings.MeasureAsync("doorbell, full table", cancel);
        }

        return 0;
    }

    private static Task FillAsync(string database, int rows, CancellationToken cancel) => ExecuteAsync(database, string.Create(CultureInfo.InvariantCulture, $"""
        insert into message (uniqueid, createtime, message, messageid, modifytime, status, type)
        select 'x2-' || md5(i::text), 1700000000000 + i, repeat('QUJD', 500), md5(i::text), 1700000000000 + i, 3, 2 from generate_series(1, {rows}) as i
        """), cancel);

    private static async Task ExecuteAsync(string database, string sql, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using NpgsqlCommand command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task CreateAsync(CancellationToken cancel)
    {
        await using MessageDatabase database = MessageDatabase.Open(options, TimeProvider.System);
        await database.CreateSchemaAsync(cancel);
    }

    /// <summary>One request after the other, each echoed by a worker on connections of its own.</summary>
    private async Task MeasureAsync(string name, CancellationToken cancel)
    {
        await using MessageDatabase ra = MessageDatabase.Open(options, TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task echo = EchoAsync(stop.Token);
        List<TimeSpan> took = [];
        for (int i = 0; i < Trips; i++)
        {
            string id = "x2-" + RandomNumberGenerator.GetHexString(64, lowercase: true);
            string sealedText = Convert.ToBase64String(RandomNumberGenerator.GetBytes(MessageBytes * 3 / 4));
            long began = Stopwatch.GetTimestamp();
            await ra.Messages.CreateAsync(new(id, id, MessageType.Scep, sealedText, new('0', 64)), cancel);
            MessageRow? row = await ra.Messages.WaitForAnswerAsync(id, Patience, cancel);
            took.Add(Stopwatch.GetElapsedTime(began));
            if (row?.Status != MessageStatus.Processed)
            {
                throw new InvalidOperationException("A request was not echoed.");
            }

            await Task.Delay(RandomNumberGenerator.GetInt32(5, 25), cancel); // idle between two requests
        }

        await stop.CancelAsync();
        await echo;
        TimeSpan[] warm = [.. took.Skip(Trips / 3).Order()];
        Print($"{name}: request stored, claimed, answered and read: p50 {warm[warm.Length / 2].TotalMilliseconds:0.00} ms, p99 {warm[warm.Length * 99 / 100].TotalMilliseconds:0.00} ms");
    }

    private async Task EchoAsync(CancellationToken cancel)
    {
        await using MessageDatabase worker = MessageDatabase.Open(options, TimeProvider.System);
        try
        {
            while (true)
            {
                IReadOnlyList<ClaimedMessage> claimed = await worker.Messages.ClaimAsync(Order, cancel);
                await Task.WhenAll(claimed.Select(message =>
                    worker.Messages.AnswerAsync(new(message.UniqueId, Order.Owner, message.Epoch, message.Message, message.Message), cancel)));
                await worker.NewRequests.WaitAsync(TimeSpan.FromSeconds(1), cancel);
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }

    /// <summary>The median of a claim that finds nothing, in milliseconds.</summary>
    private async Task<double> LookAsync(CancellationToken cancel)
    {
        await using MessageDatabase worker = MessageDatabase.Open(options, TimeProvider.System);
        List<double> took = [];
        for (int i = 0; i < Trips; i++)
        {
            long began = Stopwatch.GetTimestamp();
            await worker.Messages.ClaimAsync(Order, cancel);
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return took.Skip(Trips / 3).Order().ElementAt(Trips / 3);
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
