using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Pki.Hosting;

namespace ScepRaServer.Configuration;

/// <summary>One CA with its profiles and rules, as SCEP clients meet it (SCEP.md U-06).</summary>
internal sealed class AliasOptions
{
    /// <summary>The CA's name in requests to the worker.</summary>
    [Required]
    public string? CaName { get; set; }

    /// <summary>The RA's SCEP keys, newest first. Only the newest is listed to clients; the others still serve theirs (L-06).</summary>
    [MinLength(1)]
    public IList<RaKeyStoreOptions> RaKeyStores { get; set; } = [];

    /// <summary>File with the CA's certificate, where the keystore does not hold it.</summary>
    public string? CaCertificate { get; set; }

    /// <summary>End entity profile of requests.</summary>
    [Required]
    public string? EndEntityProfile { get; set; }

    /// <summary>Certificate profile of requests.</summary>
    [Required]
    public string? CertificateProfile { get; set; }

    /// <summary>The CA adds or edits the end entity to fit the request (EXTERNAL_RA.md X-32).</summary>
    public bool CreateOrEditUser { get; set; } = true;

    /// <summary>Who may enrol.</summary>
    public ChallengeOptions Challenge { get; set; } = new();

    /// <summary>Renewal with the certificate to be renewed.</summary>
    [ValidateObjectMembers]
    public RenewalOptions Renewal { get; set; } = new();

    /// <summary>How the end entity is named, and which names may be asked for.</summary>
    public EntityNameOptions Names { get; set; } = new();

    /// <summary>How long a request is held open for the CA's answer before the client is told "pending" (SCEP.md R-13).</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:20")]
    public TimeSpan ReplyWait { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Which CA certificates go along with the RA's and with issued ones (SCEP.md G-07, B-12).</summary>
    public ChainLength Chain { get; set; } = ChainLength.Full;

    /// <summary>Accepts single DES and MD5: old Cisco, the micromdm client. RFC 8894 §2.9 forbids both.</summary>
    public bool Legacy { get; set; }

    /// <summary>Accepts SHA-1.</summary>
    public bool AllowSha1 { get; set; } = true;

    /// <summary>Accepts triple DES.</summary>
    public bool AllowTripleDes { get; set; } = true;

    /// <summary>Smallest RSA key of a client, in bits.</summary>
    [Range(1024, 16384)]
    public int MinRsaBits { get; set; } = 2048;

    /// <summary>Largest RSA key of a client, in bits; what verifying costs grows with its square.</summary>
    [Range(2048, 16384)]
    public int MaxRsaBits { get; set; } = 16384;

    /// <summary>
    /// Lets a self-signed RSA key sign and receive for another, say elliptic, key in the request. Needs a challenge (SCEP.md K-03).
    /// </summary>
    public bool AllowSeparateSignerKey { get; set; }

    /// <summary>Names that clients give as CA identifier to mean this alias, beside its own (SCEP.md U-04).</summary>
    public IList<string> Identifiers { get; set; } = [];

    /// <summary>Answers 404 to CA identifiers that are not listed. Off, they are a hint at most: field devices send anything.</summary>
    public bool StrictIdentifiers { get; set; }

    /// <summary>Capabilities not to be told, for clients that break on them (SCEP.md C-08).</summary>
    public IList<string> HideCapabilities { get; set; } = [];

    /// <summary>How long a refused request stays refused before the same transaction may start anew (EXTERNAL_RA.md X-35).</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan RejectedMemory { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Accepts requests without senderNonce (SCEP.md A-04).</summary>
    public bool AllowMissingSenderNonce { get; set; }

    /// <summary>Accepts an empty subject when there is an alternative name (SCEP.md R-05).</summary>
    public bool AllowEmptySubject { get; set; }

    /// <summary>Largest difference of a request's signingTime to ours; null not to look (routers have wrong clocks, A-08).</summary>
    public TimeSpan? MaxClockSkew { get; set; }

    /// <summary>Answers GetCRL with the published CRL.</summary>
    public bool ServeCrl { get; set; } = true;
}

/// <summary>One generation of the RA's SCEP key: a keystore, or two for signing and decrypting (SCEP.md G-05).</summary>
internal sealed class RaKeyStoreOptions
{
    /// <inheritdoc cref="KeyStoreOptions.Path" />
    public string? Path { get; set; }

    /// <inheritdoc cref="KeyStoreOptions.PasswordFile" />
    public string? PasswordFile { get; set; }

    /// <inheritdoc cref="KeyStoreOptions.PasswordVariable" />
    public string? PasswordVariable { get; set; }

    /// <inheritdoc cref="KeyStoreOptions.AllowDefaultPassword" />
    public bool AllowDefaultPassword { get; set; }

    /// <summary>The key that signs answers, where it is not the one that decrypts.</summary>
    public KeyStoreOptions? SigningKeyStore { get; set; }

    /// <summary>The key that decrypts requests, where it is not the one that signs.</summary>
    public KeyStoreOptions? EncryptionKeyStore { get; set; }

    /// <summary>The one keystore that does both.</summary>
    internal KeyStoreOptions Single => new()
    {
        Path = Path,
        PasswordFile = PasswordFile,
        PasswordVariable = PasswordVariable,
        AllowDefaultPassword = AllowDefaultPassword,
    };

    /// <summary>True when the two keys are named apart.</summary>
    internal bool IsSplit => SigningKeyStore is not null || EncryptionKeyStore is not null;
}

/// <summary>How many CA certificates go along.</summary>
internal enum ChainLength
{
    /// <summary>None with issued certificates. The list of CA certificates still holds the issuing CA, or no client could start.</summary>
    None,

    /// <summary>The issuing CA.</summary>
    Ca,

    /// <summary>The issuing CA and those above it, up to the root.</summary>
    Full,
}
