using System.CommandLine;
using Pki.Cli.Configuration;
using Pki.Cli.Doctor;
using Pki.Cli.Output;

namespace Pki.Cli.Commands;

/// <summary><c>pki doctor</c>: is everything as it should be, and if not, what to do.</summary>
internal sealed class DoctorGroup(Frame frame)
{
    private const string Sibling = "scep-ra.json";

    private static readonly IReadOnlyList<Column<Finding>> Fields =
    [
        Columns.Whole<Finding>("", finding => finding.Severity.ToString().ToLowerInvariant()),
        Columns.Text<Finding>("Found", finding => finding.What),
        Columns.Text<Finding>("What to do", finding => finding.WhatToDo),
    ];

    private readonly Option<string?> ra = new("--ra") { Description = $"A SCEP RA's configuration file to examine too; normally {Sibling} beside the CA side's, if it is there.", HelpName = "FILE" };

    public Command Create() => frame.Command(
        "doctor",
        "Examines configuration, databases, keys, certificates, CRLs and file permissions; every finding says what to do. Exit code 1 when there is an error.",
        [ra],
        RunAsync);

    private async Task<ExitCode> RunAsync(Call call)
    {
        ConfigurationFile? raFile = RaFile(call);
        var findings = new Findings();
        var patient = new Patient(call.Configuration, call.Ca, findings, call.Terminal.Clock, call.Cancel);
        await call.Printer.WaitAsync("Examining …", async () =>
        {
            await new CaChecks(patient).RunAsync();
            var workers = new WorkerChecks(patient);
            await workers.RunAsync();
            if (raFile is not null)
            {
                await patient.GuardAsync(raFile.Path, () => new RaChecks(patient, workers).RunAsync(raFile));
            }

            return true;
        });
        call.Printer.List(findings.All, Fields, "Nothing to examine.");
        return findings.All.Any(finding => finding.Severity == Severity.Error) ? ExitCode.FunctionalError : ExitCode.Success;
    }

    private ConfigurationFile? RaFile(Call call)
    {
        if (call.Get(ra) is { } named)
        {
            string path = call.Terminal.FullPath(named);
            return File.Exists(path) ? ConfigurationFile.Read(path) : throw new CliException($"The configuration file '{path}' does not exist.", "Correct --ra.");
        }

        string beside = Path.Combine(Path.GetDirectoryName(call.Configuration.Path)!, Sibling);
        return File.Exists(beside) ? ConfigurationFile.Read(beside) : null;
    }
}
