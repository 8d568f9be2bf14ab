using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Pki.Hosting;

namespace AdminWeb.Configuration;

/// <summary>The section <c>AdminWeb</c>.</summary>
internal sealed class AdminWebOptions
{
    public const string Section = "AdminWeb";

    /// <summary>Where it listens when nothing is said: this machine only.</summary>
    public const string DefaultListen = "https://127.0.0.1:8443";

    /// <summary>URLs to listen on, https only; empty for <see cref="DefaultListen"/>.</summary>
    public IList<string> Listen { get; set; } = [];

    /// <summary>Key and certificate of this server.</summary>
    public KeyStoreOptions KeyStore { get; set; } = new();

    /// <summary>Name of the CA whose certificates administrators sign in with.</summary>
    [Required(AllowEmptyStrings = false)]
    public string AdministratorIssuer { get; set; } = "";

    /// <summary>Signing in without a certificate, for demonstrations.</summary>
    [ValidateObjectMembers]
    public DemoLinkOptions DemoLink { get; set; } = new();
}

/// <summary>A link that signs in once, without a certificate. For demonstrations on one machine; off by default.</summary>
internal sealed class DemoLinkOptions
{
    /// <summary>File whose first line is the link's token; removed when the link is used. Null: there is no such link.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Name of the role whose rights the link gives.</summary>
    public string? Role { get; set; }

    /// <summary>How long after the file was written the link works.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan ValidFor { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long one is signed in by it.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan SessionLasts { get; set; } = TimeSpan.FromHours(8);

    /// <summary>True where it is configured.</summary>
    public bool IsOn => !string.IsNullOrEmpty(TokenFile);
}
