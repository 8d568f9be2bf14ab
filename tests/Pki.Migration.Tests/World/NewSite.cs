using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ca.Core.Storage;
using Npgsql;
using Pki.Cli;
using Pki.Cli.Configuration;
using Pki.Cli.Output;
using TestKit;

namespace Pki.Migration.Tests.World;

/// <summary>This product on a database of a test's own, driven by the command line.</summary>
internal sealed class NewSite : IDisposable
{
    public const string CaName = "OldCA";
    private const string Password = "export-word";

    private readonly string root = Directory.CreateTempSubdirectory("pki-new-").FullName;

    private NewSite(string connectionString) => ConnectionString = connectionString;

    public string ConnectionString { get; }

    public string Config => File("ca.json");

    public string SetAside => File("aside.ndjson");

    public string Report => File("report.json");

    public string File(string name) => Path.Combine(root, name);

    /// <summary>With the old CA and its key.</summary>
    public static async Task<NewSite> WithAsync(OldSite old, CancellationToken cancel)
    {
        NewSite site = await EmptyAsync(cancel);
        System.IO.File.WriteAllBytes(site.File("ca.p12"), old.ExportCa(Password));
        System.IO.File.WriteAllText(site.File("ca.password"), Password + "\n");
        await site.MustAsync("import", "ca", CaName, "--p12", site.File("ca.p12"), "--password-file", site.File("ca.password"));
        return site;
    }

    public static async Task<NewSite> EmptyAsync(CancellationToken cancel)
    {
        string connectionString = await TestDatabases.NewPostgreSqlAsync("migration-empty", PrepareAsync, cancel);
        var site = new NewSite(connectionString);
        System.IO.File.WriteAllText(site.Config, new JsonObject
        {
            ["Ca"] = new JsonObject
            {
                [nameof(ConnectionString)] = connectionString,
                ["NodeId"] = "test",
                ["SecretIterations"] = 10_000,
                ["TokenPinFiles"] = new JsonObject { [CaName] = site.File("pin") },
            },
        }.ToJsonString());
        return site;
    }

    public async Task<(ExitCode Code, string Out, string Error)> PkiAsync(params string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        ExitCode code = await CommandLine.RunAsync(["--config", Config, .. args], new Terminal(output, error, root, _ => null, TimeProvider.System));
        return (code, output.ToString(), error.ToString());
    }

    public async Task<string> MustAsync(params string[] args)
    {
        (ExitCode code, string output, string error) = await PkiAsync(args);
        Assert.AreEqual(ExitCode.Success, code, error + output);
        return output;
    }

    /// <summary>Imports a source in this process.</summary>
    public Task<(ExitCode Code, string Out, string Error)> ImportAsync(string source, params string[] more) =>
        PkiAsync(["import", "ejbca", "--from", Whole(source), "--set-aside", SetAside, "--report", Report, .. more]);

    /// <summary>Imports a source in a process of its own.</summary>
    public Process StartImport(string source, params string[] more)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "pki.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--config", Config, "import", "ejbca", "--from", Whole(source), "--set-aside", SetAside, "--report", Report, .. more])
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    /// <summary>Ends a dump as its program does, where the test wrote only rows.</summary>
    private static string Whole(string source)
    {
        if (System.IO.File.Exists(source) && !System.IO.File.ReadLines(source).Last().StartsWith("-- Dump completed", StringComparison.Ordinal))
        {
            System.IO.File.AppendAllText(source, "-- Dump completed\n");
        }

        return source;
    }

    public Task<string> QueryAsync(string sql, CancellationToken cancel) => TestDatabases.RunPostgreSqlAsync(ConnectionString, sql, cancel);

    /// <summary>Starts an import, makes it stand still where a table gets its nth row, and kills it there.</summary>
    public async Task KillImportAtAsync(string table, long count, string source, string[] options, CancellationToken cancel)
    {
        const string Waiter = "select pid from pg_locks where locktype = 'advisory' and classid = 4711 and not granted and database = (select oid from pg_database where datname = current_database())";
        await QueryAsync($"""
            create or replace function stand_still() returns trigger language plpgsql as
            $$ begin if (select count(*) from {table}) >= {count} then perform pg_advisory_xact_lock(4711, 1); end if; return null; end $$;
            create or replace trigger stand_still after insert on {table} for each statement execute function stand_still();
            """, cancel);
        await using (var holder = new NpgsqlConnection(ConnectionString))
        {
            await holder.OpenAsync(cancel);
            await using var hold = new NpgsqlCommand("select pg_advisory_lock(4711, 1)", holder);
            await hold.ExecuteNonQueryAsync(cancel);
            using Process process = StartImport(source, options);
            await Eventually.BecomesTrueAsync(async _ => process.HasExited || (await QueryAsync(Waiter, cancel)).Length > 0, TimeSpan.FromMinutes(2), cancel);
            Assert.IsFalse(process.HasExited, "it ended and did not come so far");
            process.Kill();
            await process.WaitForExitAsync(cancel);
            await QueryAsync($"select pg_terminate_backend(pid) from ({Waiter}) as waiting", cancel);
        }

        await QueryAsync($"drop trigger stand_still on {table}", cancel);
    }

    public async Task<long> CountAsync(string table, CancellationToken cancel) =>
        long.Parse(await QueryAsync($"select count(*) from {table}", cancel), CultureInfo.InvariantCulture);

    /// <summary>Everything an import writes, as one digest: equal content gives equal text.</summary>
    public async Task<string> ContentAsync(CancellationToken cancel) => string.Concat(
        await QueryAsync("select count(*), md5(string_agg(md5(t::text), '' order by fingerprint)) from (select fingerprint, ca_id, serial, subject_dn, subject_alt_name, username, status, type, certificate_profile_id, end_entity_profile_id, not_before, expire_at, revoked_at, revocation_reason, public_key_digest, encoded from certificate where username is distinct from 'system CA user') t", cancel),
        await QueryAsync("select count(*), md5(string_agg(md5(e::text), '' order by username)) from end_entity e", cancel),
        await QueryAsync("select count(*), md5(string_agg(md5(c::text), '' order by digest, kind)) from issuance_claim c", cancel),
        await QueryAsync("select crl_number_floor from authority", cancel),
        await QueryAsync("select number, fingerprint from crl", cancel),
        await QueryAsync("select count(*) from import_text", cancel));

    public CaSession Open() => new(ConfigurationFile.Read(Config).Root, TimeProvider.System);

    public void Dispose() => Directory.Delete(root, recursive: true);

    private static async Task PrepareAsync(string connectionString)
    {
        string file = Path.GetTempFileName();
        System.IO.File.WriteAllText(file, new JsonObject { ["Ca"] = new JsonObject { [nameof(ConnectionString)] = connectionString, ["NodeId"] = "prepare" } }.ToJsonString());
        await using (var session = new CaSession(ConfigurationFile.Read(file).Root, TimeProvider.System))
        {
            await session.Get<CaDatabase>().MigrateAsync(CancellationToken.None);
        }

        System.IO.File.Delete(file);
    }
}
