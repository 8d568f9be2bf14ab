using System.CommandLine;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Pki.Cli.Output;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Cli.Commands;

/// <summary>
/// <c>pki ca import</c>, <c>pki crl import</c>, <c>pki cert import</c>: CAs that are elsewhere, what they have revoked, and
/// certificates that were not issued here.
/// </summary>
internal sealed class ForeignImports(Frame frame)
{
    private const int MaxFileBytes = 64 * 1024 * 1024; // a CRL of a million entries

    private static readonly IReadOnlyList<Column<Imported>> CertificateColumns =
    [
        Columns.Text<Imported>("Result", i => i.Refusal is null ? "stored" : "refused"),
        Columns.Whole<Imported>("File", i => i.File),
        Columns.Text<Imported>("Subject", i => i.Subject),
        Columns.Text<Imported>("Why", i => i.Refusal ?? ""),
    ];

    private readonly Argument<string> name = new("name") { Description = "Name for the CA." };
    private readonly Argument<string> ca = new("ca") { Description = "Name of the CA that issued it." };
    private readonly Option<string> certificate = new("--certificate") { Description = "PEM file with the CA's certificate; where it is no root, the CAs above it behind it.", HelpName = "FILE", Required = true };
    private readonly Option<string> from = new("--from") { Description = "PEM or DER file, - for standard input.", HelpName = "FILE", Required = true };
    private readonly Option<string> fromAny = new("--from") { Description = "PEM or DER file, or a folder of them.", HelpName = "PATH", Required = true };
    private readonly Option<string?> user = new("--user") { Description = "The end entity they belong to.", HelpName = "NAME" };

    public Command Authority() => frame.Command("import", "Takes a CA that is elsewhere: its certificates and CRLs count here, it never signs here.", [name, certificate], ImportAuthorityAsync);

    public Command Crl() => frame.Command("import", "Takes a CRL of a CA that is elsewhere.", [ca, from], ImportCrlAsync);

    public Command Certificates() => frame.Command("import", "Takes certificates that a CA issued elsewhere.", [ca, fromAny, user], ImportCertificatesAsync);

    private async Task ImportAuthorityAsync(Call call)
    {
        string file = call.Require(certificate);
        Certificate[] chain = [.. Certificate.AllFromPem(await Shared.ReadTextAsync(call, file)).Select(c => c.OrFail($"'{file}' must hold certificates in PEM."))];
        CertificateAuthority imported = (await call.Ca.Authorities.ImportAsync(call.Ca.Operator, call.Get(name), chain, call.Cancel)).OrFail("The CA's own certificate stands first, each other one has signed the one before it.");
        call.Printer.Show(CaView.Of(imported, call.Terminal.Clock.GetUtcNow()), CaView.Fields);
    }

    private async Task ImportCrlAsync(Call call)
    {
        await CaGroup.RequireAsync(call, call.Get(ca));
        string file = call.Require(from);
        CertificateList crl = ReadCrl(await ReadAsync(call, file)).OrFail($"'{file}' must hold a CRL.");
        CrlView stored = (await call.Ca.Crls.ImportAsync(call.Ca.Operator, call.Get(ca), crl, call.Cancel)).OrFail("Give a CRL that this CA has signed, not older than the one that is here.");
        call.Printer.Done(new { stored.CaName, stored.Number, stored.ThisUpdate, Entries = crl.Revoked.Count }, $"Stored: CRL of {stored.CaName} with {crl.Revoked.Count} entries, made at {Texts.Time(stored.ThisUpdate)}");
    }

    private async Task ImportCertificatesAsync(Call call)
    {
        await CaGroup.RequireAsync(call, call.Get(ca));
        string path = call.Terminal.FullPath(call.Require(fromAny));
        string[] files = Directory.Exists(path) ? [.. Directory.EnumerateFiles(path).Order(StringComparer.Ordinal)] : [path];
        var results = new List<Imported>(files.Length);
        foreach (string file in files)
        {
            results.AddRange(await ImportAsync(call, file));
        }

        call.Printer.List(results, CertificateColumns, "There are no files.");
        if (results.Find(r => r.Refusal is not null) is { } refused)
        {
            throw new CliException($"{results.Count(r => r.Refusal is not null)} of {results.Count} were not taken: {refused.Refusal}", "Those that were stored stay; run it again with what is left.");
        }
    }

    private async Task<IReadOnlyList<Imported>> ImportAsync(Call call, string file)
    {
        byte[] content = await ReadAsync(call, file);
        var results = new List<Imported>();
        foreach (Outcome<Certificate> one in IsPem(content) ? Certificate.AllFromPem(TextOf(content)) : [Der.DecodeBer<Certificate>(content)])
        {
            if (!one.Succeeded(out Certificate? read, out Refusal? unreadable))
            {
                results.Add(new(Path.GetFileName(file), "", unreadable.Detail));
                continue;
            }

            Outcome<CertificateView> outcome = await call.Ca.Certificates.ImportAsync(call.Ca.Operator, call.Get(ca), read, call.Get(user), call.Cancel);
            results.Add(new(Path.GetFileName(file), read.Subject.ToString(), outcome.Succeeded(out _, out Refusal? refusal) ? null : refusal.Detail));
        }

        return results.Count > 0 ? results : [new(Path.GetFileName(file), "", "There is no certificate in it.")];
    }

    private static async Task<byte[]> ReadAsync(Call call, string file)
    {
        if (file == "-")
        {
            using var all = new MemoryStream();
            await using Stream input = Console.OpenStandardInput();
            await input.CopyToAsync(all, call.Cancel);
            return all.ToArray();
        }

        var info = new FileInfo(call.Terminal.FullPath(file));
        return info.Length <= MaxFileBytes
            ? await File.ReadAllBytesAsync(info.FullName, call.Cancel)
            : throw new CliException($"'{file}' has {info.Length} octets, at most {MaxFileBytes} are read.", "Give a file with one CRL or certificate.");
    }

    private static Outcome<CertificateList> ReadCrl(byte[] content) => IsPem(content) ? CertificateList.FromPem(TextOf(content)) : Der.DecodeBer<CertificateList>(content);

    private static bool IsPem(byte[] content) => content.AsSpan().IndexOf("-----BEGIN "u8) >= 0;

    private static string TextOf(byte[] content) => System.Text.Encoding.ASCII.GetString(content);

    /// <summary>What became of a certificate.</summary>
    private sealed record Imported(string File, string Subject, string? Refusal);
}
