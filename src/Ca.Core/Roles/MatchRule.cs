namespace Ca.Core.Roles;

/// <summary>What of the certificate a role member is recognised by (CA_CORE §12.3; numbers as in legacy databases).</summary>
public enum MatchWith
{
    /// <summary>C.</summary>
    Country = 1,

    /// <summary>DC.</summary>
    DomainComponent = 2,

    /// <summary>ST.</summary>
    State = 3,

    /// <summary>L.</summary>
    Locality = 4,

    /// <summary>O.</summary>
    Organization = 5,

    /// <summary>OU.</summary>
    OrganizationUnit = 6,

    /// <summary>T.</summary>
    Title = 7,

    /// <summary>CN.</summary>
    CommonName = 8,

    /// <summary>UID.</summary>
    UserId = 9,

    /// <summary>The serialNumber attribute of the subject.</summary>
    SubjectSerialNumber = 10,

    /// <summary>The certificate's serial number in hex, compared as a number. The default.</summary>
    CertificateSerialNumber = 11,

    /// <summary>The e-mail attribute of the subject.</summary>
    SubjectEmail = 12,

    /// <summary>An rfc822Name of the SAN.</summary>
    Rfc822Name = 13,

    /// <summary>A user principal name of the SAN.</summary>
    UserPrincipalName = 14,

    /// <summary>The whole subject DN text.</summary>
    FullDn = 15,
}

/// <summary>How the value is compared. The negative operators of old releases are not offered.</summary>
public enum MatchOperator
{
    /// <summary>Equal, case matters.</summary>
    EqualCase = 1000,

    /// <summary>Equal, case does not matter.</summary>
    EqualIgnoreCase = 1001,
}
