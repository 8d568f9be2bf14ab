using System.Text;
using CmpProxy.Configuration;
using Pki.Hosting;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CmpProxy.Gate;

/// <summary>
/// Issuers and CRLs of a gate, from files that are read again from time to time: a new CRL needs no restart. What cannot
/// be read leaves the last good content in use; a CRL that has run out is then no CRL any more.
/// </summary>
internal sealed class TrustFiles
{
    private readonly GateOptions options;
    private readonly string key;
    private volatile Content current;

    /// <summary>Reads them for the first time.</summary>
    /// <param name="options">Where they are.</param>
    /// <param name="key">The configuration key of the gate, for messages.</param>
    /// <exception cref="KeyStoreException">One cannot be read; the message names the key.</exception>
    public TrustFiles(GateOptions options, string key)
    {
        (this.options, this.key) = (options, key);
        current = Read();
    }

    /// <summary>What was read last.</summary>
    public Content Current => current;

    /// <summary>How often to read again.</summary>
    public TimeSpan Refresh => options.Refresh;

    /// <summary>Reads again.</summary>
    /// <exception cref="KeyStoreException">One cannot be read; the content of before stays.</exception>
    public void Reload() => current = Read();

    private Content Read() => new(
        [.. ReadAll(options.TrustedIssuers, key + ":TrustedIssuers", Certificate.AllFromPem, Der.Decode<Certificate>)],
        [.. ReadAll(options.Crls, key + ":Crls", pem => [CertificateList.FromPem(pem)], Der.Decode<CertificateList>)]);

    private static IEnumerable<T> ReadAll<T>(
        IEnumerable<string> paths, string key, Func<string, IEnumerable<Outcome<T>>> fromPem, Func<ReadOnlyMemory<byte>, Outcome<T>> fromDer)
        where T : class
    {
        foreach (string file in paths.SelectMany(path => FilesOf(path, key)))
        {
            List<Outcome<T>> found = Contents(file, key) is [0x30, ..] der ? [fromDer(der)] : [.. fromPem(Encoding.Latin1.GetString(Contents(file, key)))];
            if (found.Count == 0)
            {
                throw new KeyStoreException($"{key}: '{file}' holds nothing that can be used.");
            }

            foreach (Outcome<T> outcome in found)
            {
                yield return outcome.Succeeded(out T? value, out Refusal? refusal) ? value : throw new KeyStoreException($"{key}: '{file}': {refusal.Detail}");
            }
        }
    }

    private static IEnumerable<string> FilesOf(string path, string key)
    {
        string full = Path.GetFullPath(path);
        return Directory.Exists(full) ? Directory.EnumerateFiles(full).Order(StringComparer.Ordinal)
            : File.Exists(full) ? [full]
            : throw new KeyStoreException($"{key} names '{full}', which does not exist.");
    }

    private static byte[] Contents(string file, string key)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyStoreException($"{key}: '{file}' cannot be read: {e.Message}");
        }
    }

    /// <summary>What the files hold.</summary>
    /// <param name="Issuers">CA certificates that are trusted.</param>
    /// <param name="Crls">CRLs; their signatures are verified when they are used.</param>
    internal sealed record Content(IReadOnlyList<Certificate> Issuers, IReadOnlyList<CertificateList> Crls);
}
