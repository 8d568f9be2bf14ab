using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Ca.Core.Certificates;
using Pki.Cli.Configuration;

namespace Pki.Cli.Export;

/// <summary>
/// Certificates in folders <c>CA name/status</c>, a PEM file named by its serial number for each (EXTERNAL_RA.md X-70:
/// status 20 active, 40 revoked …). Written as they come, so memory does not grow with them.
/// </summary>
internal abstract class CertificateTree : IAsyncDisposable
{
    /// <summary>Opens a tree: a ZIP file for a name that ends in .zip, else a new or empty folder.</summary>
    public static CertificateTree Create(string path)
    {
        bool exists = File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any());
        return exists ? throw new CliException($"'{path}' exists.", "Name a new file or folder.")
            : path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) ? new ZipTree(path)
            : new FolderTree(path);
    }

    /// <summary>Adds a certificate.</summary>
    public ValueTask AddAsync(CertificateView view, CancellationToken cancel)
    {
        string status = ((int)view.Status).ToString(CultureInfo.InvariantCulture);
        string ca = view.CaName.Length == 0 ? "unknown" : SafeName.Of(view.CaName);
        return WriteAsync($"{ca}/{status}/{SafeName.Of(view.Serial)}.pem", Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", view.Encoded) + "\n"), cancel);
    }

    /// <summary>Puts the whole in its place. Without this nothing is left of a ZIP file.</summary>
    public abstract ValueTask FinishAsync();

    public abstract ValueTask DisposeAsync();

    protected abstract ValueTask WriteAsync(string name, byte[] content, CancellationToken cancel);

    private sealed class FolderTree(string root) : CertificateTree
    {
        private readonly HashSet<string> made = new(StringComparer.Ordinal);

        public override ValueTask FinishAsync() => ValueTask.CompletedTask;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        protected override async ValueTask WriteAsync(string name, byte[] content, CancellationToken cancel)
        {
            string path = Path.Combine(root, name);
            string folder = Path.GetDirectoryName(path)!;
            if (made.Add(folder))
            {
                Directory.CreateDirectory(folder);
            }

            await File.WriteAllBytesAsync(path, content, cancel);
        }
    }

    private sealed class ZipTree : CertificateTree
    {
        private readonly string path;
        private readonly string unfinished;
        private readonly ZipArchive archive;

        public ZipTree(string path)
        {
            this.path = path;
            unfinished = path + ".new";
            archive = new ZipArchive(new FileStream(unfinished, FileMode.Create, FileAccess.Write), ZipArchiveMode.Create);
        }

        public override ValueTask FinishAsync()
        {
            archive.Dispose();
            File.Move(unfinished, path);
            return ValueTask.CompletedTask;
        }

        public override ValueTask DisposeAsync()
        {
            archive.Dispose();
            File.Delete(unfinished);
            return ValueTask.CompletedTask;
        }

        protected override async ValueTask WriteAsync(string name, byte[] content, CancellationToken cancel)
        {
            ZipArchiveEntry entry = archive.CreateEntry(name, CompressionLevel.Fastest);
            entry.ExternalAttributes = ((int)PrivateFile.Public | 0x8000) << 16; // a regular file that everybody reads
            await using Stream stream = await entry.OpenAsync(cancel);
            await stream.WriteAsync(content, cancel);
        }
    }
}
