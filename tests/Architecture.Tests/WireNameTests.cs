using System.Reflection;
using System.Text.Json.Serialization;
using ExtRa.Messages.Contract;

namespace Architecture.Tests;

/// <summary>
/// Names on the wire, frozen: front ends and CAs of different releases share a table. Adding is fine; what stands here
/// is never renamed or removed.
/// </summary>
[TestClass]
public sealed class WireNameTests
{
    private static readonly string[] Frozen =
    [
        "CMPAliasList: aliases notAfter requestId",
        "CMPLockoutList: lockouts notAfter requestId",
        "CardRenewalRequest: authCa authCert authPkcs10 authProfile requestId signCa signCert signPkcs10 signProfile",
        "CardRenewalResponse: authCert failInfo reason requestId signCert success",
        "CertificateRequestRequest: caName certificateProfileName certificateSerialNo createOrEditUser email endEntityProfileName password requestData requestId requestType responseType subjectAltName subjectDn username",
        "CertificateRequestResponse: failInfo reason requestId responseData responseType success",
        "EditUserRequest: caName certificateProfileName createOrEditUser email endEntityProfileName issuerName password reactivateUser requestId status subjectAltName subjectDn tokenName type username",
        "ExtRAResponse: failInfo reason requestId success",
        "KeyRecoveryRequest: caName certificateProfileName certificateSn email endEntityProfileName issuerDn password requestId reuseCertificate subjectAltName subjectDn username",
        "KeyStoreRetrievalRequest: password requestId username",
        "KeyStoreRetrievalResponse: failInfo keyStore keyStoreType reason requestId success",
        "PKCS10Request: caName certificateProfileName createOrEditUser email endEntityProfileName pkcs10 renewedCertificate requestId requesterAddress subjectAltName subjectDn username",
        "PKCS10Response: certificate failInfo pkcs7 reason requestId success",
        "PKCS12Request: caName certificateProfileName createOrEditUser email endEntityProfileName keyAlg keySpec password requestId storeKeys subjectAltName subjectDn username",
        "PKCS12Response: failInfo keyStore reason requestId success",
        "RevocationRequest: certificateSn issuerDn requestId revocationReason revokeAll revokeUser username",
    ];

    [TestMethod]
    public void Every_released_class_and_field_keeps_its_name()
    {
        string[] now = [.. SubMessageCatalog.BuiltIn.Names.Select(name => $"{name}: {Fields(SubMessageCatalog.BuiltIn.Find(name)!)}")];
        Assert.IsEmpty(Frozen.Except(now), $"Gone or renamed. Now:\n{string.Join('\n', now)}");
    }

    private static string Fields(Type type) => string.Join(' ', type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite && property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition != JsonIgnoreCondition.Always)
        .Select(property => char.ToLowerInvariant(property.Name[0]) + property.Name[1..])
        .Order(StringComparer.Ordinal));
}
