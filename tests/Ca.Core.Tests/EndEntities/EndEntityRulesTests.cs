using Ca.Core.EndEntities;
using Ca.Core.Profiles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Tests.EndEntities;

/// <summary>CA_CORE §6.3 and §17 check 5: one failing case for each rule, and the message names the field.</summary>
[TestClass]
public sealed class EndEntityRulesTests
{
    private static readonly EndEntityProfile Profile = new()
    {
        Name = "P",
        SubjectFields =
        [
            new() { Type = "CN", Required = true, Regex = "[a-z]+" },
            new() { Type = "OU", Value = "Sales;Lab", Modifiable = false },
            new() { Type = "O", Required = true },
        ],
        AltNameFields = [new() { Type = "dNSName", Required = true }, new() { Type = "dNSName", Regex = @".*\.example" }],
        Email = new() { Required = true, Domain = "example.org" },
        Password = new() { Required = true, MinimumBits = 60 },
        CertificateProfiles = ["ENDUSER"],
        Cas = ["CA1"],
        TokenTypes = [1],
        AllowedRequests = new() { Use = true, Value = "1" },
        EndTime = new() { Use = true, Required = true },
        IssuanceRevocationReason = new() { Value = "-1" },
        MaxFailedLogins = new() { Use = true, Modifiable = false, Value = "3" },
    };

    private static readonly EndEntityData Good = new()
    {
        Username = "user",
        SubjectDn = "CN=name,OU=Lab,O=Org",
        SubjectAltName = "dNSName=a.example,dNSName=b.example",
        Email = "a@example.org",
        Secret = Secret.FromText("long enough a secret"),
        EndTime = "10:0:0",
    };

    [TestMethod]
    public void A_good_end_entity_passes() => Assert.IsNull(Check(Good));

    [TestMethod]
    [DataRow("subjectDn", "CN=na;me,O=Org", "subjectDn", DisplayName = "a forbidden character")]
    [DataRow("subjectDn", "CN=name,O=Org,L=Town", "fields in the subject", DisplayName = "an attribute the profile lacks")]
    [DataRow("subjectDn", "CN=name,CN=other,O=Org", "Wrong number of CN fields", DisplayName = "one too many")]
    [DataRow("subjectDn", "OU=Lab,O=Org", "Required subject field CN", DisplayName = "a required one missing")]
    [DataRow("subjectDn", "CN=NAME,O=Org", "subject field CN", DisplayName = "against its pattern")]
    [DataRow("subjectDn", "CN=name,OU=Else,O=Org", "subject field OU", DisplayName = "not one of the fixed values")]
    [DataRow("san", "", "Required SAN field dNSName", DisplayName = "SAN required")]
    [DataRow("san", "dNSName=a.example,iPAddress=10.0.0.1", "iPAddress fields in the SAN", DisplayName = "SAN type the profile lacks")]
    [DataRow("san", "dNSName=a.example\n", "subjectAltName", DisplayName = "SAN with a line end")]
    [DataRow("username", "", "username", DisplayName = "no username")]
    [DataRow("username", "a<b", "username", DisplayName = "a forbidden character in the username")]
    [DataRow("secret", null, "password is required", DisplayName = "no secret")]
    [DataRow("secret", "short", "password is weaker", DisplayName = "a weak secret")]
    [DataRow("secret", "foo123", "everybody knows", DisplayName = "a well-known secret")]
    [DataRow("email", null, "email is required", DisplayName = "no e-mail")]
    [DataRow("email", "a@b@example.org", "exactly one '@'", DisplayName = "two at signs")]
    [DataRow("email", "a@elsewhere.org", "domain example.org", DisplayName = "another domain")]
    [DataRow("keyRecoverable", "", "keyRecoverable", DisplayName = "key recovery not in use")]
    [DataRow("sendNotification", "", "sendNotification", DisplayName = "notification not in use")]
    [DataRow("certificateProfile", "SERVER", "certificateProfile 'SERVER'", DisplayName = "certificate profile not available")]
    [DataRow("certificateProfile", "ROOTCA", "certificateProfile 'ROOTCA'", DisplayName = "a CA's profile")]
    [DataRow("token", "2", "tokenType 2", DisplayName = "token type not available")]
    [DataRow("ca", "CA2", "caName 'CA2'", DisplayName = "CA not available")]
    [DataRow("startTime", "1:0:0", "startTime must not be given", DisplayName = "start time not in use")]
    [DataRow("endTime", null, "endTime is required", DisplayName = "end time required")]
    [DataRow("endTime", "soon", "endTime must be", DisplayName = "end time unreadable")]
    [DataRow("requests", "6", "allowedRequests must be 1 to 5", DisplayName = "too many requests")]
    [DataRow("reason", "6", "issuanceRevocationReason must not be given", DisplayName = "issuance reason not in use")]
    [DataRow("logins", "5", "maxFailedLogins must be '3'", DisplayName = "failed logins fixed")]
    public void The_first_broken_rule_is_told_by_the_name_of_its_field(string field, string? value, string words)
    {
        string? text = Check(Change(field, value), field == "certificateProfile" ? value! : "ENDUSER", field == "ca" ? value! : "CA1");
        Assert.IsNotNull(text, "It passed.");
        Assert.Contains(words, text);
    }

    [TestMethod]
    public void On_edit_no_secret_is_needed_and_an_open_profile_takes_any_known_field()
    {
        Assert.IsNull(Check(Good with { Secret = null }, isNew: false));
        DistinguishedName subject = DistinguishedName.Parse("CN=a,CN=b,SURNAME=c,DC=d,C=SE").OrThrow();
        Assert.IsNull(EndEntityRules.Check(FixedProfiles.Empty, new() { Username = "u", SubjectDn = subject.ToString(), SubjectAltName = "upn=x@y,uri=http://a/?b=%20" }, subject, FixedProfiles.EndUser, "CA1", isNew: true));
    }

    private static EndEntityData Change(string field, string? value) => field switch
    {
        "subjectDn" => Good with { SubjectDn = value! },
        "san" => Good with { SubjectAltName = value },
        "username" => Good with { Username = value! },
        "secret" => Good with { Secret = value is null ? null : Secret.FromText(value) },
        "email" => Good with { Email = value },
        "keyRecoverable" => Good with { KeyRecoverable = true },
        "sendNotification" => Good with { SendNotification = true },
        "token" => Good with { TokenType = 2 },
        "startTime" => Good with { StartTime = value },
        "endTime" => Good with { EndTime = value },
        "requests" => Good with { AllowedRequests = 6 },
        "reason" => Good with { IssuanceRevocationReason = 6 },
        "logins" => Good with { MaxFailedLogins = 5 },
        _ => Good,
    };

    private static string? Check(EndEntityData data, string certificateProfile = "ENDUSER", string ca = "CA1", bool isNew = true)
    {
        DistinguishedName subject = DistinguishedName.Parse(data.SubjectDn, new() { ForbiddenCharacters = "" }).OrThrow();
        return EndEntityRules.Check(Profile, data, subject, FixedProfiles.Certificate.Single(p => p.Name == certificateProfile), ca, isNew)?.Detail;
    }
}
