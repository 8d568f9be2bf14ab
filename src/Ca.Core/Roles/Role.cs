using System.Globalization;
using System.Numerics;
using Pki.Protocols.Asn1;
using Ca.Core.EndEntities;
using Pki.Protocols.X509;

namespace Ca.Core.Roles;

/// <summary>One member of a role: certificates of one CA that match one value.</summary>
/// <param name="Id">Row id, 0 for a new one.</param>
/// <param name="IssuerCaId">Id of the CA that issued the member's certificate.</param>
/// <param name="With">What is compared.</param>
/// <param name="Operator">How.</param>
/// <param name="Value">With what.</param>
public sealed record RoleMember(long Id, int IssuerCaId, MatchWith With, MatchOperator Operator, string Value)
{
    /// <summary>Is this the certificate of the member? The caller has verified that the CA issued it.</summary>
    public bool Matches(Certificate certificate, int issuerCaId)
    {
        if (issuerCaId != IssuerCaId)
        {
            return false;
        }

        if (With == MatchWith.CertificateSerialNumber)
        {
            return ParseSerial(Value) is { } number && ParseSerial(certificate.Serial.ToString()) == number;
        }

        StringComparison comparison = Operator == MatchOperator.EqualCase ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return Values(certificate).Any(v => string.Equals(v, Value, comparison));
    }

    /// <summary>A serial number in hex as a number; null when it is none. Spaces and colons are how tools print it.</summary>
    internal static BigInteger? ParseSerial(string hex)
    {
        string digits = hex.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        digits = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? digits[2..] : digits;
        return digits.Length is > 0 and <= 80 && BigInteger.TryParse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out BigInteger number)
            ? number
            : null;
    }

    private IEnumerable<string> Values(Certificate certificate) => With switch
    {
        MatchWith.FullDn => [certificate.Subject.ToString()],
        MatchWith.Rfc822Name => SanValues(certificate, "rfc822Name"),
        MatchWith.UserPrincipalName => SanValues(certificate, "upn"),
        _ => SubjectValues(certificate, OidOf(With)),
    };

    private static IEnumerable<string> SubjectValues(Certificate certificate, string? oid) =>
        certificate.Subject.Rdns.SelectMany(rdn => rdn.Attributes).Where(a => a.Oid == oid).Select(a => a.Value);

    private static IEnumerable<string> SanValues(Certificate certificate, string type) => AltNames.Of(certificate.SubjectAltName, type);

    private static string? OidOf(MatchWith with) => with switch
    {
        MatchWith.Country => Oids.Country,
        MatchWith.DomainComponent => Oids.DomainComponent,
        MatchWith.State => Oids.StateOrProvince,
        MatchWith.Locality => Oids.Locality,
        MatchWith.Organization => Oids.Organization,
        MatchWith.OrganizationUnit => Oids.OrganizationalUnit,
        MatchWith.Title => Oids.Title,
        MatchWith.CommonName => Oids.CommonName,
        MatchWith.UserId => Oids.UserId,
        MatchWith.SubjectSerialNumber => Oids.NameSerialNumber,
        MatchWith.SubjectEmail => Oids.EmailAddress,
        _ => null,
    };
}

/// <summary>A role: who is in it and what its rules say.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Members">Who.</param>
/// <param name="RuleList">What, as stored.</param>
public sealed record Role(string Name, IReadOnlyList<RoleMember> Members, IReadOnlyList<AccessRule> RuleList)
{
    /// <summary>What, as evaluated.</summary>
    internal AccessRules Rules { get; } = new(RuleList);
}
