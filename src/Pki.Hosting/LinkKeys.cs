using Pki.Protocols.X509;

namespace Pki.Hosting;

/// <summary>The keys of a link, loaded.</summary>
/// <param name="Own">The front end's own; null on a link without protection.</param>
/// <param name="Workers">The workers' certificates.</param>
/// <param name="WorkerIssuer">The CA whose certificates are accepted beside; null for none.</param>
public sealed record LinkKeys(KeyStore? Own, IReadOnlyList<Certificate> Workers, Certificate? WorkerIssuer)
{
    /// <summary>True when there is somebody to believe.</summary>
    public bool HasTrust => Workers.Count > 0 || WorkerIssuer is not null;

    /// <summary>Loads them.</summary>
    /// <param name="link">Where they are.</param>
    /// <param name="key">The configuration key of the options, for messages.</param>
    /// <param name="warn">Receives what is not good but no reason to stop.</param>
    /// <exception cref="KeyStoreException">One cannot be used; the message names the key.</exception>
    public static LinkKeys Load(MessageLinkOptions link, string key, Action<string> warn) => new(
        link.KeyStore.IsAbsent ? null : KeyStoreFile.Load(link.KeyStore, key + ":KeyStore", warn),
        [.. link.WorkerCertificates.Select((path, i) => CertificateFile.Load(path, $"{key}:WorkerCertificates:{i}"))],
        string.IsNullOrEmpty(link.WorkerIssuer) ? null : CertificateFile.Load(link.WorkerIssuer, key + ":WorkerIssuer"));
}
