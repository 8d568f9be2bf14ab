namespace Pki.Protocols.Asn1;

/// <summary>Object identifiers of name attributes.</summary>
public static partial class Oids
{
    /// <summary>commonName, X.520.</summary>
    public const string CommonName = "2.5.4.3";

    /// <summary>surname, X.520.</summary>
    public const string Surname = "2.5.4.4";

    /// <summary>serialNumber as part of a name, X.520.</summary>
    public const string NameSerialNumber = "2.5.4.5";

    /// <summary>countryName, X.520.</summary>
    public const string Country = "2.5.4.6";

    /// <summary>localityName, X.520.</summary>
    public const string Locality = "2.5.4.7";

    /// <summary>stateOrProvinceName, X.520.</summary>
    public const string StateOrProvince = "2.5.4.8";

    /// <summary>streetAddress, X.520.</summary>
    public const string Street = "2.5.4.9";

    /// <summary>organizationName, X.520.</summary>
    public const string Organization = "2.5.4.10";

    /// <summary>organizationalUnitName, X.520.</summary>
    public const string OrganizationalUnit = "2.5.4.11";

    /// <summary>title, X.520.</summary>
    public const string Title = "2.5.4.12";

    /// <summary>description, X.520.</summary>
    public const string Description = "2.5.4.13";

    /// <summary>businessCategory, X.520.</summary>
    public const string BusinessCategory = "2.5.4.15";

    /// <summary>postalAddress, X.520.</summary>
    public const string PostalAddress = "2.5.4.16";

    /// <summary>postalCode, X.520.</summary>
    public const string PostalCode = "2.5.4.17";

    /// <summary>telephoneNumber, X.520.</summary>
    public const string TelephoneNumber = "2.5.4.20";

    /// <summary>name, X.520.</summary>
    public const string Name = "2.5.4.41";

    /// <summary>givenName, X.520.</summary>
    public const string GivenName = "2.5.4.42";

    /// <summary>initials, X.520.</summary>
    public const string Initials = "2.5.4.43";

    /// <summary>generationQualifier, X.520.</summary>
    public const string GenerationQualifier = "2.5.4.44";

    /// <summary>dnQualifier, X.520.</summary>
    public const string DnQualifier = "2.5.4.46";

    /// <summary>pseudonym, X.520.</summary>
    public const string Pseudonym = "2.5.4.65";

    /// <summary>organizationIdentifier, X.520.</summary>
    public const string OrganizationIdentifier = "2.5.4.97";

    /// <summary>uid, RFC 4519 §2.39.</summary>
    public const string UserId = "0.9.2342.19200300.100.1.1";

    /// <summary>domainComponent, RFC 4519 §2.4.</summary>
    public const string DomainComponent = "0.9.2342.19200300.100.1.25";

    /// <summary>jurisdictionLocalityName, CA/Browser Forum EV guidelines §9.2.4.</summary>
    public const string JurisdictionLocality = "1.3.6.1.4.1.311.60.2.1.1";

    /// <summary>jurisdictionStateOrProvinceName, the same.</summary>
    public const string JurisdictionState = "1.3.6.1.4.1.311.60.2.1.2";

    /// <summary>jurisdictionCountryName, the same.</summary>
    public const string JurisdictionCountry = "1.3.6.1.4.1.311.60.2.1.3";

    /// <summary>szOID_NT_PRINCIPAL_NAME, an otherName holding a UTF8String.</summary>
    public const string UserPrincipalName = "1.3.6.1.4.1.311.20.2.3";

    /// <summary>szOID_NTDS_REPLICATION, an otherName holding a GUID as OCTET STRING.</summary>
    public const string NtdsReplication = "1.3.6.1.4.1.311.25.1";

    /// <summary>id-pkinit-san, RFC 4556 §3.2.2.</summary>
    public const string Krb5PrincipalName = "1.3.6.1.5.2.2";

    /// <summary>id-on-permanentIdentifier, RFC 4043 §2.</summary>
    public const string PermanentIdentifier = "1.3.6.1.5.5.7.8.3";

    /// <summary>id-on-xmppAddr, RFC 6120 §13.7.1.4.</summary>
    public const string XmppAddress = "1.3.6.1.5.5.7.8.5";

    /// <summary>id-on-dnsSRV, RFC 4985 §2.</summary>
    public const string ServiceName = "1.3.6.1.5.5.7.8.7";
}
