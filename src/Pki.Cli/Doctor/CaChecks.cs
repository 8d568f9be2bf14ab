using Ca.Core;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Keys;
using Ca.Core.Storage;
using Npgsql;
using Pki.Cli.Configuration;
using Pki.Cli.Output;

namespace Pki.Cli.Doctor;

/// <summary>The CA itself: its database, its clock, its tokens, its certificates and CRLs.</summary>
internal sealed class CaChecks(Patient patient)
{
    private const string ConnectionKey = $"{CaSession.Section}:ConnectionString";
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    private Findings Findings => patient.Findings;

    public async Task RunAsync()
    {
        SecretFiles.Check(Findings, "The configuration", patient.Configuration.Path);
        await patient.GuardAsync("CA database", DatabaseAsync);
        await PinFilesAsync();
        foreach (CertificateAuthority ca in patient.Snapshot?.Cas.OrderBy(ca => ca.Name, StringComparer.Ordinal) ?? Enumerable.Empty<CertificateAuthority>())
        {
            await patient.GuardAsync($"CA {ca.Name}", () => AuthorityAsync(ca));
        }
    }

    private async Task DatabaseAsync()
    {
        bool ready = await patient.Ca.Get<CaDatabase>().IsReadyAsync(patient.Cancel);
        // When it is not ready, connecting again tells why: this throws, or the schema it is.
        await ClockAsync(patient.Configuration.Root[ConnectionKey] ?? "");
        if (!ready)
        {
            Findings.Fail("The CA database answers, but its tables are not those of this program.", "pki database prepare brings them up to date.");
            return;
        }

        patient.Snapshot = await patient.Ca.Configuration.CurrentAsync(patient.Cancel);
        Findings.Ok("The CA database answers and its tables are up to date.");
        if (patient.Snapshot.Cas.Count == 0)
        {
            Findings.Warn("There is no CA yet.", "pki ca create makes one.");
        }

        foreach ((string alias, string why) in patient.Snapshot.UnreadableCmpAliases)
        {
            Findings.Fail($"CMP alias '{alias}' is not served: {why}", "A newer program may have written it: bring this one up to date, or set the alias anew with pki cmp alias set.");
        }
    }

    private async Task ClockAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(patient.Cancel);
        await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
        DateTimeOffset before = patient.Now;
        var there = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(patient.Cancel))!);
        TimeSpan difference = there - (before + ((patient.Now - before) / 2));
        if (difference.Duration() > ClockTolerance)
        {
            Findings.Warn(
                $"The clocks of this machine and of the CA database differ by {Texts.Span(difference.Duration())}.",
                "Synchronise both (chrony, systemd-timesyncd): certificates and CRLs carry this machine's time.");
        }
        else
        {
            Findings.Ok("The clocks of this machine and of the CA database agree.");
        }
    }

    private async Task PinFilesAsync()
    {
        Dictionary<string, string> files = patient.Configuration.Root.GetSection($"{CaSession.Section}:{nameof(CaOptions.TokenPinFiles)}").GetChildren()
            .ToDictionary(section => section.Key, section => section.Value ?? "", StringComparer.Ordinal);
        HashSet<string> present = [.. files.Where(file => SecretFiles.Check(Findings, Key(file.Key), file.Value)).Select(file => file.Key)];
        if (patient.Snapshot is null)
        {
            return;
        }

        IReadOnlyList<TokenView> tokens = await patient.Ca.Tokens.ListAsync(patient.Cancel);
        foreach (string token in tokens.Select(token => token.Name))
        {
            if (!files.ContainsKey(token))
            {
                Findings.Warn($"Nothing tells the worker the PIN of crypto token '{token}': it cannot sign with it.", $"Set {Key(token)} to a file that holds the PIN.");
            }
            else if (present.Contains(token))
            {
                await patient.GuardAsync($"Crypto token {token}", () => TokenAsync(token));
            }
        }
    }

    private async Task TokenAsync(string token)
    {
        try
        {
            await patient.Ca.Tokens.ListKeysAsync(token, patient.Cancel);
            Findings.Ok($"Crypto token '{token}' opens with the PIN in its file.");
        }
        catch (TokenOfflineException)
        {
            Findings.Fail($"Crypto token '{token}' does not open with the PIN in its file.", $"Put the right PIN into the file that {Key(token)} names.");
        }
    }

    private async Task AuthorityAsync(CertificateAuthority ca)
    {
        int problems = Findings.Problems;
        AuthorityStatus status = ca.StatusAt(patient.Now);
        switch (status)
        {
            case AuthorityStatus.Active or AuthorityStatus.External:
                Expiry.Check(Findings, $"The certificate of CA '{ca.Name}'", ca.Certificate, patient.Now, "Renew the CA, or make its successor with pki ca create, in time for its clients.");
                break;
            case AuthorityStatus.Expired:
                Findings.Fail($"CA '{ca.Name}' expired at {Texts.Time(ca.Certificate.NotAfter)}.", "pki ca create makes its successor.");
                return;
            case AuthorityStatus.Offline:
                Findings.Warn($"CA '{ca.Name}' is off-line and signs nothing.", $"pki ca activate {ca.Name} lets it sign; after pki import ca that is the switch from the old system.");
                return;
            default:
                Findings.Warn($"CA '{ca.Name}' does not sign: its status is {status}.", "Nothing, if that is meant.");
                return;
        }

        CrlView? crl = status == AuthorityStatus.Active ? await CrlAsync(ca) : null;
        if (Findings.Problems == problems)
        {
            string next = crl is null ? "" : $", its CRL until {Texts.Time(crl.NextUpdate)}";
            Findings.Ok($"CA '{ca.Name}' is valid until {Texts.Time(ca.Certificate.NotAfter)}{next}.");
        }
    }

    private async Task<CrlView?> CrlAsync(CertificateAuthority ca)
    {
        CrlView? crl = await patient.Ca.Crls.FindLatestAsync(ca.Name, patient.Cancel);
        string make = $"pki crl create {ca.Name} makes one now; a running worker makes them by itself.";
        if (crl is null)
        {
            Findings.Fail($"CA '{ca.Name}' has no CRL.", make);
        }
        else if (crl.NextUpdate <= patient.Now)
        {
            Findings.Fail($"The CRL of CA '{ca.Name}' is overdue since {Texts.Time(crl.NextUpdate)}.", make);
        }

        return crl;
    }

    private static string Key(string token) => $"{CaSession.Section}:{nameof(CaOptions.TokenPinFiles)}:{token}";
}
