namespace Pki.Hosting;

/// <summary>How a front end writes its messages.</summary>
public enum LinkFormat
{
    /// <summary>For a CA of this product.</summary>
    Native,

    /// <summary>For a legacy CA of version 4.</summary>
    Legacy4,

    /// <summary>For a legacy CA of version 6.</summary>
    Legacy6,
}

/// <summary>The link of a front end to the CA worker: whoever owns the message database must be able to do no more than deny service.</summary>
public sealed class MessageLinkOptions
{
    /// <summary>
    /// The front end's own key on the link: signs requests, opens answers. All nodes on one message database share it,
    /// because an answer is encrypted to the key that signed the request (SCEP.md T-15).
    /// </summary>
    public KeyStoreOptions KeyStore { get; set; } = new();

    /// <summary>Files with the certificates of the workers; requests are encrypted to the first.</summary>
    public IList<string> WorkerCertificates { get; } = [];

    /// <summary>File with the CA certificate whose certificates are accepted as workers' beside the ones named.</summary>
    public string? WorkerIssuer { get; set; }

    /// <summary>How messages are written. A legacy CA must be told so here; it is never found out.</summary>
    public LinkFormat Format { get; set; } = LinkFormat.Native;

    /// <summary>Requests and answers are signed.</summary>
    public bool SignatureRequired { get; set; } = true;

    /// <summary>Requests and answers are encrypted. A request may hold a challenge (SCEP.md P-06).</summary>
    public bool EncryptionRequired { get; set; } = true;

    /// <summary>What is missing. Each sentence names the key and says what to do.</summary>
    /// <param name="key">The configuration key of these options.</param>
    public IEnumerable<string> Problems(string key)
    {
        if (SignatureRequired && KeyStore.IsAbsent)
        {
            yield return $"{key}:KeyStore:Path is not set. Requests to the CA are signed with it; or turn {key}:SignatureRequired off.";
        }

        if (EncryptionRequired && !SignatureRequired)
        {
            yield return $"{key}:EncryptionRequired needs {key}:SignatureRequired: encryption alone protects nothing that can be changed on the way, and answers are encrypted to the signer. Turn both off, or leave both on.";
        }

        if (SignatureRequired && WorkerCertificates.Count == 0 && string.IsNullOrEmpty(WorkerIssuer))
        {
            yield return $"{key} has neither WorkerCertificates nor WorkerIssuer: no answer could be believed.";
        }

        if (EncryptionRequired && WorkerCertificates.Count == 0)
        {
            yield return $"{key}:WorkerCertificates is empty. Requests are encrypted to the first of them; or turn {key}:EncryptionRequired off.";
        }
    }

    /// <summary>What is given away compared to the defaults, said at every start.</summary>
    /// <param name="key">The configuration key of these options.</param>
    public IEnumerable<string> Loosenings(string key)
    {
        if (Format != LinkFormat.Native)
        {
            yield return $"{key}:Format is {Format}: the CA is a legacy one. Its rows may be overwritten by other programs, a captured request can be executed again, and renewals cannot be asked for.";
        }

        if (Format == LinkFormat.Legacy6 && SignatureRequired)
        {
            yield return $"{key}:Format is Legacy6 with signatures: a CA of version 6.3.0 verifies none and would leave every request unanswered; it must be 6.3.1.";
        }

        if (!SignatureRequired)
        {
            yield return $"{key}:SignatureRequired is off: whoever can write to the message database can have certificates issued.";
        }

        if (!EncryptionRequired)
        {
            yield return $"{key}:EncryptionRequired is off: whoever can read the message database can read challenges and names.";
        }
    }
}
