namespace Ca.Core.Authorities;

/// <summary>A CA to be created.</summary>
public sealed record NewAuthority
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Subject DN text.</summary>
    public required string SubjectDn { get; init; }

    /// <summary>Name of the local CA that signs it; null: a root, signed by itself.</summary>
    public string? SignedBy { get; init; }

    /// <summary>Crypto token that holds or gets its key.</summary>
    public required string Token { get; init; }

    /// <summary>Its key in the token.</summary>
    public string KeyAlias { get; init; } = "signKey";

    /// <summary>Generated when the token has no such key.</summary>
    public string KeySpec { get; init; } = "RSA4096";

    /// <summary>See <see cref="Profiles.Validity"/>; null: the profile's. Never beyond the signer's.</summary>
    public string? Validity { get; init; }

    /// <summary>Such as SHA256WithRSA; null: what suits the key.</summary>
    public string? SignatureAlgorithm { get; init; }

    /// <summary>Certificate profile of type RootCa or SubCa; null: ROOTCA or SUBCA.</summary>
    public string? CertificateProfile { get; init; }

    /// <summary>Text for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>CRLs, pointers, rules.</summary>
    public AuthoritySettings Settings { get; init; } = new();
}
