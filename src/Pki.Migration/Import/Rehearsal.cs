using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ca.Core.Importing;

namespace Pki.Migration.Import;

/// <summary>
/// The memory of a dry run, which may keep nothing in the database: what its batches would have stored, and the texts of
/// Base64CertData in a file that ends with it. Some fifty octets of memory for each certificate.
/// </summary>
internal sealed class Rehearsal(BulkImport bulk) : IDisposable
{
    private const int Hashed = 16; // octets of a digest that tell two rows apart

    private readonly Dictionary<UInt128, UInt128> certificates = []; // CA and serial number → fingerprint
    private readonly Dictionary<UInt128, long> places = [];
    private readonly Lazy<FileStream> texts = new(() => new FileStream(
        Path.GetTempFileName(), new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose }));

    private long end; // of the file

    /// <summary>What storing the batch would have told, had the batches before it been stored.</summary>
    public async Task<BatchResult> StoreAsync(ImportBatch batch, CancellationToken cancel)
    {
        List<ImportedCertificate> unseen = [];
        List<string> duplicates = [];
        foreach (ImportedCertificate certificate in batch.Certificates)
        {
            (UInt128 number, UInt128 fingerprint) = (Digest(FormattableString.Invariant($"{certificate.CaId}/{certificate.Certificate.Serial}")), Digest(certificate.Fingerprint));
            if (certificates.TryAdd(number, fingerprint))
            {
                unseen.Add(certificate);
            }
            else if (certificates[number] != fingerprint)
            {
                duplicates.Add(certificate.Fingerprint);
            }
        }

        BatchResult result = await bulk.RehearseAsync(batch with { Certificates = unseen }, cancel);
        return result with { Duplicates = [.. result.Duplicates, .. duplicates] };
    }

    /// <summary>Keeps a certificate's text until its row comes by; the first of a fingerprint counts.</summary>
    public void Keep(string fingerprint, string text)
    {
        if (places.TryAdd(Digest(fingerprint), end))
        {
            byte[] encoded = new byte[sizeof(int) + Encoding.UTF8.GetByteCount(text)];
            BinaryPrimitives.WriteInt32LittleEndian(encoded, encoded.Length - sizeof(int));
            Encoding.UTF8.GetBytes(text, encoded.AsSpan(sizeof(int)));
            texts.Value.Position = end;
            texts.Value.Write(encoded);
            end += encoded.Length;
        }
    }

    /// <summary>The kept texts of some fingerprints.</summary>
    public Dictionary<string, string> Find(IEnumerable<string> fingerprints)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string fingerprint in fingerprints)
        {
            if (places.TryGetValue(Digest(fingerprint), out long place))
            {
                found[fingerprint] = Read(place);
            }
        }

        return found;
    }

    public void Dispose()
    {
        if (texts.IsValueCreated)
        {
            texts.Value.Dispose();
        }
    }

    private string Read(long place)
    {
        FileStream file = texts.Value;
        file.Position = place;
        byte[] length = new byte[sizeof(int)];
        file.ReadExactly(length);
        byte[] encoded = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        file.ReadExactly(encoded);
        return Encoding.UTF8.GetString(encoded);
    }

    private static UInt128 Digest(string key) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, Hashed));
}
