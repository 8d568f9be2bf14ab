using System.CommandLine;
using System.Globalization;
using Ca.Core.Audit;
using Ca.Core.Importing;
using Ca.Core.Ledger;
using Pki.Cli.Configuration;
using Pki.Cli.Output;
using Pki.Migration.Authorities;
using Pki.Migration.Checks;
using Pki.Migration.Import;
using Pki.Migration.Sources;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary><c>pki import ejbca</c>: certificates, kept keys, end entities and CRL numbers from the database of an EJBCA.</summary>
internal sealed class ImportSite(Frame frame)
{
    private readonly SourceOptions sourceOptions = new();
    private readonly Option<string?> map = new("--map") { Description = "JSON file: old ids of CAs and profiles to names here.", HelpName = "FILE" };
    private readonly Option<bool> dryRun = new("--dry-run") { Description = "Reads and checks everything, stores nothing." };
    private readonly Option<bool> resume = new("--resume") { Description = "Goes on with an import of the same source that was stopped." };
    private readonly Option<bool> clearPasswords = new("--with-clear-passwords") { Description = "Takes over clear passwords of users that wait for a key store, as hashes." };
    private readonly Option<bool> sample = new("--sample-signatures") { Description = "Verifies the signatures of the first 100000 certificates and then of one in fifty, at random, instead of all." };
    private readonly Option<int> gap = new("--crl-number-gap") { Description = "CRL numbers left free behind the highest old one.", HelpName = "N", DefaultValueFactory = _ => 10 };
    private readonly Option<int> batch = new("--batch") { Description = "Rows stored together.", HelpName = "N", DefaultValueFactory = _ => 5000 };
    private readonly Option<string[]> older = new("--older-ca-certificate") { Description = "Certificate of an older key of a CA here; may be repeated.", HelpName = "FILE" };
    private readonly Option<string[]> keyStores = new("--key-encryption-keystore") { Description = "PKCS#12 with the key that kept keys were encrypted to, as ca exportca writes it; may be repeated. Without it kept keys are left behind.", HelpName = "FILE" };
    private readonly Option<string[]> keyPasswordFiles = new("--key-encryption-password-file") { Description = "File with its password; one for each, in the same order.", HelpName = "FILE" };
    private readonly Option<string?> keyAlias = new("--key-encryption-alias") { Description = $"The key's alias; normally {CaKeyFile.EncryptionAlias}, or the only key.", HelpName = "ALIAS" };
    private readonly Option<string?> digests = new("--sha256") { Description = "What sha256sum wrote about the export at the old system; it must be the same here.", HelpName = "FILE" };
    private readonly Option<string[]> rows = new("--expect-rows") { Description = "Number of rows of a table, as counted at the old system; may be repeated.", HelpName = "TABLE=N" };
    private readonly Option<bool> mayLackEnd = new("--without-end-mark") { Description = "Accepts a dump without its last line '-- Dump completed' and a folder whose rows were not counted: either may have been cut off." };
    private readonly Option<string?> report = new("--report") { Description = "The report; normally import-report.json.", HelpName = "FILE" };
    private readonly Option<string?> setAside = new("--set-aside") { Description = "List of rows that were not taken; normally import-set-aside.ndjson, or .dry-run.ndjson.", HelpName = "FILE" };
    private readonly Option<string?> signWith = new("--sign-with") { Description = "PKCS#12 that signs the report.", HelpName = "FILE" };
    private readonly Option<string?> signPasswordFile = new("--sign-password-file") { Description = "File with its password.", HelpName = "FILE" };

    public Command Create() => frame.Command(
        "ejbca",
        "Takes over certificates, kept keys, end entities and CRL numbers. CAs come first (pki import ca), then profiles.",
        [.. sourceOptions.All, map, dryRun, resume, clearPasswords, sample, gap, batch, older, keyStores, keyPasswordFiles, keyAlias, digests, rows, mayLackEnd, report, setAside, signWith, signPasswordFile],
        RunAsync);

    private async Task<ExitCode> RunAsync(Call call)
    {
        DateTimeOffset begin = call.Terminal.Clock.GetUtcNow();
        using KeyStore? signer = Signer(call);
        if (call.Require(batch) is < 1 or > 100_000 || call.Require(gap) is < 0 or > 1_000_000)
        {
            throw CliException.Usage("--batch is 1 to 100000, --crl-number-gap 0 to 1000000.", "Correct it.");
        }

        Wholeness whole = Wholeness.Parse(call.Get(digests) is { } sums ? File.ReadAllText(call.Terminal.FullPath(sums)) : null, call.Get(rows) ?? [], call.Get(mayLackEnd))
            .OrFail("Correct --sha256 or --expect-rows.");
        KeyPair[] keyEncryptionKeys = KeyEncryptionKeys(call);
        try
        {
            await using ILegacySource source = await sourceOptions.OpenAsync(call);
            if (whole.Check(source) is { } cut)
            {
                throw CliException.From(cut, "Make the export again, or count its rows at the old system (--expect-rows); --without-end-mark takes it as it is.");
            }

            var bulk = call.Ca.Get<BulkImport>();
            await using FileStream list = new(call.Terminal.FullPath(call.Get(setAside) ?? (call.Get(dryRun) ? "import-set-aside.dry-run.ndjson" : "import-set-aside.ndjson")), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, UnixCreateMode = PrivateFile.OwnerOnly });
            ImportOptions choices = Options(call) with { KeyEncryptionKeys = keyEncryptionKeys };
            ImportState state;
            string run;
            using (var progress = new ProgressLine(call.Terminal))
            using (var import = new SiteImport(bulk, call.Ca.Authorities, source, choices, list, p => progress.Show(string.Create(CultureInfo.InvariantCulture, $"{p.Table}: {p.Rows:N0} rows{(p.Share is { } share ? $", {(int)(100 * share)} %" : "")}"), p.Rows)))
            {
                run = import.Run;
                state = (await import.RunAsync(call.Cancel)).OrFail("Run it again with --resume.");
            }

            var result = new ImportReport
            {
                Source = source.Description,
                Run = run,
                DryRun = choices.DryRun,
                Operator = call.Ca.Operator.Name,
                From = begin,
                To = call.Terminal.Clock.GetUtcNow(),
                Counts = state,
                Checks = [.. ImportReport.CheckRows(state), .. whole.Of(state, source), .. choices.DryRun ? [] : await CheckStoredAsync(call, bulk, source, choices, state)],
            };
            await WriteReportAsync(call, result, signer);
            return Show(call, result);
        }
        catch (ConcurrentChangeException race)
        {
            throw new CliException("Another program imports the same source.", "Let it finish; what is stored is whole.", inner: race);
        }
        catch (LegacyFormatException wrong)
        {
            throw new CliException(wrong.Message, "Make the export again; docs/MIGRATING.md tells how. What was stored until here stays; --resume goes on.", inner: wrong);
        }
        finally
        {
            Array.ForEach(keyEncryptionKeys, key => key.Dispose());
        }
    }

    private static async Task<IEnumerable<ImportCheck>> CheckStoredAsync(Call call, BulkImport bulk, ILegacySource source, ImportOptions choices, ImportState state)
    {
        var names = (await call.Ca.Authorities.ListAsync(call.Cancel)).ToDictionary(ca => ca.Id, ca => ca.Name);
        IReadOnlyList<ImportCheck> stored = ImportReport.CheckStored(state, await bulk.CountCertificatesAsync(call.Cancel), await bulk.CountEndEntitiesAsync(call.Cancel), names);
        IReadOnlyList<string> unknown = await bulk.CasWithoutCrlNumbersAsync(call.Cancel);
        return [.. stored, .. ImportReport.CheckCrlNumbers(state, unknown), .. await new SiteChecks(bulk, call.Ca.Authorities, call.Ca.Crls, source).RunAsync(choices.Map, choices.OlderCaCertificates, call.Cancel)];
    }

    private ImportOptions Options(Call call) => new()
    {
        Actor = call.Ca.Operator,
        Clock = call.Terminal.Clock,
        Map = ImportSources.ReadMap(call, call.Get(map)),
        DryRun = call.Get(dryRun),
        Resume = call.Get(resume),
        WithClearPasswords = call.Get(clearPasswords),
        SamplesSignatures = call.Get(sample),
        CrlNumberGap = call.Require(gap),
        BatchSize = call.Require(batch),
        OlderCaCertificates = ImportSources.ReadCertificates(call, call.Get(older)),
    };

    private KeyPair[] KeyEncryptionKeys(Call call)
    {
        (string[] files, string[] passwordFiles) = (call.Get(keyStores) ?? [], call.Get(keyPasswordFiles) ?? []);
        return files.Length != passwordFiles.Length
            ? throw CliException.Usage("Each --key-encryption-keystore needs a --key-encryption-password-file.", "Name as many of one as of the other, in the same order.")
            : [.. files.Zip(passwordFiles, (file, passwordFile) => KeyEncryptionKey(call, file, passwordFile))];
    }

    private KeyPair KeyEncryptionKey(Call call, string file, string passwordFile)
    {
        using Secret password = Secret.FromText(File.ReadLines(call.Terminal.FullPath(passwordFile)).FirstOrDefault() ?? "");
        return CaKeyFile.OpenEncryptionKey(File.ReadAllBytes(call.Terminal.FullPath(file)), password, call.Get(keyAlias))
            .OrFail("Check --key-encryption-keystore, its password and --key-encryption-alias.");
    }

    private KeyStore? Signer(Call call)
    {
        if (call.Get(signWith) is not { } path)
        {
            return null;
        }

        using Secret password = Secret.FromText(call.Get(signPasswordFile) is { } file ? File.ReadLines(call.Terminal.FullPath(file)).FirstOrDefault() ?? "" : "");
        return Pkcs12.Load(File.ReadAllBytes(call.Terminal.FullPath(path)), password).OrFail("Check --sign-with and --sign-password-file.");
    }

    /// <summary>The report's digest goes into the audit log in any case; a signature lets others check it without us.</summary>
    private async Task WriteReportAsync(Call call, ImportReport result, KeyStore? signer)
    {
        string path = call.Terminal.FullPath(call.Get(report) ?? "import-report.json");
        byte[] json = result.ToJson();
        PrivateFile.Write(path, json);
        if (signer is not null)
        {
            var cms = new CmsSigner(signer.Key, signer.Certificate, System.Security.Cryptography.HashAlgorithmName.SHA256) { ExtraCertificates = signer.Chain, SigningTime = result.To };
            PrivateFile.Write(path + ".p7m", SignedData.Sign(json, cms));
        }

        if (!result.DryRun)
        {
            var work = new CaWork();
            work.Audit(new AuditEntry(AuditEvents.CustomLogInfo, AuditStatus.Success, call.Ca.Operator.Name) { Module = "IMPORT" }
                .With("run", result.Run).With("reportSha256", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(json))));
            await call.Ca.Ledger.CommitAsync(work, call.Cancel);
        }

        call.Printer.Say($"Report: {path}{(signer is null ? "" : ", signed: " + path + ".p7m")}");
    }

    private static ExitCode Show(Call call, ImportReport result)
    {
        ImportState counts = result.Counts;
        IReadOnlyList<TableCount> tables = [.. counts.RowsRead.Select(t => new TableCount(
            t.Key, t.Value, counts.Stored.GetValueOrDefault(t.Key), counts.Known.GetValueOrDefault(t.Key), counts.SetAside.GetValueOrDefault(t.Key), counts.PassedOver.GetValueOrDefault(t.Key)))];
        call.Printer.List(tables, TableCount.Columns, "No rows.");
        foreach ((string note, long count) in counts.Notes)
        {
            call.Printer.Say($"{count,9:N0}  {note}");
        }

        return Show(call, result.Checks, result.DryRun ? "; nothing was stored" : "");
    }

    /// <summary>Tells the checks that do not hold.</summary>
    internal static ExitCode Show(Call call, IReadOnlyList<ImportCheck> checks, string more)
    {
        ImportCheck[] failed = [.. checks.Where(check => !check.Passed)];
        foreach (ImportCheck check in failed)
        {
            call.Printer.Warn($"{check.What}: {check.Detail}");
        }

        call.Printer.Say(failed.Length == 0 ? $"All {checks.Count} checks hold{more}." : $"{failed.Length} of {checks.Count} checks do not hold.");
        return failed.Length == 0 ? ExitCode.Success : ExitCode.FunctionalError;
    }

    private sealed record TableCount(string Table, long Rows, long Stored, long Known, long SetAside, long NotNeeded)
    {
        public static IReadOnlyList<Column<TableCount>> Columns { get; } =
        [
            new("Table", t => t.Table) { Whole = true },
            new("Rows", t => Texts.Number(t.Rows)) { Number = true },
            new("Stored", t => Texts.Number(t.Stored)) { Number = true },
            new("Already here", t => Texts.Number(t.Known)) { Number = true },
            new("Set aside", t => Texts.Number(t.SetAside)) { Number = true },
            new("Not needed", t => Texts.Number(t.NotNeeded)) { Number = true },
        ];
    }
}
