namespace CmpProxy.Configuration;

/// <summary>Whether clients show a certificate when they connect.</summary>
internal enum TlsClientCertificates
{
    /// <summary>They are not asked.</summary>
    None,

    /// <summary>Who has one may show it.</summary>
    Allow,

    /// <summary>Who has none is not let in.</summary>
    Require,
}

/// <summary>TLS of the listeners with https (CMP-T-18). The server's own certificate is <c>Kestrel:Certificates:Default</c>.</summary>
internal sealed class TlsOptions
{
    /// <summary>Whether clients show a certificate. It goes into the row, and proves nothing about the message.</summary>
    public TlsClientCertificates ClientCertificates { get; set; }

    /// <summary>Whose certificates are accepted: files or folders, PEM or DER.</summary>
    public IList<string> TrustedIssuers { get; set; } = [];
}
