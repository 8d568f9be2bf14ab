namespace Pki.Protocols.Cms;

/// <summary>How the content of an EnvelopedData is encrypted. CBC throughout, with the padding of RFC 5652 §6.3.</summary>
public enum ContentCipher
{
    /// <summary>aes128-CBC, RFC 3565 §4.1.</summary>
    Aes128Cbc,

    /// <summary>aes192-CBC, RFC 3565 §4.1.</summary>
    Aes192Cbc,

    /// <summary>aes256-CBC, RFC 3565 §4.1.</summary>
    Aes256Cbc,

    /// <summary>des-ede3-cbc, RFC 3370 §5.1.</summary>
    TripleDesCbc,

    /// <summary>desCBC: read and written for clients that know nothing else (SCEP.md X-01), and only where a policy says so.</summary>
    DesCbc,
}

/// <summary>What is told of ciphers.</summary>
public static class ContentCiphers
{
    extension(ContentCipher cipher)
    {
        /// <summary>AES, of any length.</summary>
        public bool IsAes => cipher is ContentCipher.Aes128Cbc or ContentCipher.Aes192Cbc or ContentCipher.Aes256Cbc;
    }
}
