using System.Diagnostics;
using Pki.Cli;
using Pki.Cli.Output;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Tests.Settings;

/// <summary>A folder with the configuration of a legacy site, and what importing it wrote.</summary>
internal sealed class LegacySite : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("pki-site-").FullName;

    public LegacySite() => Directory.CreateDirectory(From);

    public string From => Path.Combine(root, "from");

    public string Out => Path.Combine(root, "out");

    public string Text { get; private set; } = "";

    public string Error { get; private set; } = "";

    public void Write(string name, string content) => File.WriteAllText(Path.Combine(From, name), content, System.Text.Encoding.Latin1);

    public void Write(string name, byte[] content) => File.WriteAllBytes(Path.Combine(From, name), content);

    /// <summary>Writes a PKCS#12 as legacy tools did: RC2-40 and 3DES with a SHA-1 MAC, made by OpenSSL.</summary>
    public void WriteOldKeyStore(string name, KeyStore keyStore, string password)
    {
        (string key, string certificates) = (Path.Combine(root, "key.pem"), Path.Combine(root, "certs.pem"));
        File.WriteAllText(key, System.Security.Cryptography.PemEncoding.WriteString("PRIVATE KEY", keyStore.Key.ExportPkcs8()));
        File.WriteAllText(certificates, string.Concat(keyStore.Chain.Prepend(keyStore.Certificate).Select(c => c.ToPem())));
        OpenSsl("pkcs12", "-export", "-legacy", "-inkey", key, "-in", certificates, "-out", Path.Combine(From, name), "-passout", "pass:" + password, "-name", "old");
    }

    public string OpenSsl(params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo("openssl", args) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output + error.Result : throw new InvalidOperationException(error.Result);
    }

    public async Task<ExitCode> ImportAsync(params string[] options)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var terminal = new Terminal(output, error, root, _ => null, TimeProvider.System);
        ExitCode code = await CommandLine.RunAsync(["import", "config", "--from", From, "--out", Out, .. options], terminal);
        (Text, Error) = (output.ToString(), error.ToString());
        return code;
    }

    public string Written(string path) => File.ReadAllText(Path.Combine(Out, path));

    public KeyStore OpenKeyStore(string name)
    {
        using Secret password = Secret.FromText(Written($"secrets/{name}.password").TrimEnd('\n'));
        return Pkcs12.Load(File.ReadAllBytes(Path.Combine(Out, "keystores", name + ".p12")), password).OrThrow();
    }

    /// <summary>Puts a keystore where the configuration expects one that the operator is told to make.</summary>
    public void Supply(string name, KeyStore keyStore)
    {
        using Secret password = Secret.FromText("supplied");
        File.WriteAllBytes(Path.Combine(Out, "keystores", name + ".p12"), Pkcs12.Save(keyStore, password, name));
        File.WriteAllText(Path.Combine(Out, "secrets", name + ".password"), "supplied\n");
    }

    /// <summary>The variables of an environment file, as a shell reads it.</summary>
    public Dictionary<string, string> Environment(string host)
    {
        string[] names = [.. File.ReadLines(Path.Combine(Out, "secrets", host + ".env")).Select(line => line.Split('=')[0])];
        string script = $"set -a; . '{Path.Combine(Out, "secrets", host + ".env")}'; for n in {string.Join(' ', names)}; do printenv $n; done";
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardOutput = true })!;
        string[] values = shell.StandardOutput.ReadToEnd().Split('\n');
        return names.Index().ToDictionary(n => n.Item, n => values[n.Index]);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
