using System.Numerics;
using ExtRa.Messages.Contract;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace ExtRa.Legacy.SubMessages;

/// <summary>Requests into maps (WIRE.md 7.4), for a front end that talks to a legacy CA.</summary>
internal static class RequestMapWriter
{
    /// <summary>The entries after the version.</summary>
    /// <exception cref="NotSupportedException">The request says what the legacy format cannot say: left out, another thing would be asked for.</exception>
    public static void Write(Request request, int number, MapWriter map)
    {
        switch (request)
        {
            case PKCS10Request { RenewedCertificate: not null }:
                throw new NotSupportedException("The legacy format has no renewals: the CA could not check the old certificate.");
            case PKCS10Request pkcs10:
                WriteUser(pkcs10, map);
                map.Add(LegacyKeys.CreateOrEditUser, TextOf(pkcs10.CreateOrEditUser));
                map.Add(LegacyKeys.ClassType, number);
                map.AddOctets(LegacyKeys.Pkcs10, pkcs10.Pkcs10);
                break;
            case PKCS12Request pkcs12:
                WriteUser(pkcs12, map);
                map.Add(LegacyKeys.CreateOrEditUser, TextOf(pkcs12.CreateOrEditUser));
                map.Add(LegacyKeys.ClassType, number);
                map.Add(LegacyKeys.Password, TextOf(pkcs12.Password));
                map.Add(LegacyKeys.KeyAlg, pkcs12.KeyAlg);
                map.Add(LegacyKeys.KeySpec, pkcs12.KeySpec);
                map.Add(LegacyKeys.StoreKeys, pkcs12.StoreKeys);
                break;
            case KeyRecoveryRequest recovery:
                WriteKeyRecovery(recovery, number, map);
                break;
            case RevocationRequest revocation:
                map.Add(LegacyKeys.RequestId, revocation.RequestId);
                map.Add(LegacyKeys.ClassType, number);
                map.Add(LegacyKeys.IssuerDn, revocation.IssuerDn ?? "");
                map.Add(LegacyKeys.CertificateSn, revocation.CertificateSn is { } serial ? NumberOf(serial) : BigInteger.MinusOne);
                map.Add(LegacyKeys.Username, revocation.Username ?? "");
                map.Add(LegacyKeys.RevocationReason, revocation.RevocationReason);
                map.Add(LegacyKeys.RevokeAll, revocation.RevokeAll);
                map.Add(LegacyKeys.RevokeUser, revocation.RevokeUser);
                break;
            case EditUserRequest { ReactivateUser: true }:
                throw new NotSupportedException("The legacy format cannot ask for the reactivation of a user.");
            case EditUserRequest edit:
                WriteUser(edit, map);
                map.Add(LegacyKeys.ClassType, number);
                map.Add(LegacyKeys.Password, TextOf(edit.Password));
                map.Add(LegacyKeys.Status, edit.Status);
                map.Add(LegacyKeys.Type, edit.Type);
                map.Add(LegacyKeys.TokenName, edit.TokenName);
                map.Add(LegacyKeys.IssuerName, edit.IssuerName);
                break;
            case CardRenewalRequest card:
                WriteCardRenewal(card, number, map);
                break;
            case KeyStoreRetrievalRequest retrieval:
                map.Add(LegacyKeys.ClassType, number);
                map.Add(LegacyKeys.RequestId, retrieval.RequestId);
                map.Add(LegacyKeys.Username, retrieval.Username);
                map.Add(LegacyKeys.LowerPassword, TextOf(retrieval.Password));
                break;
            case CertificateRequestRequest certificate:
                WriteCertificateRequest(certificate, number, map);
                break;
            default:
                throw new NotSupportedException($"The legacy format has no {request.WireName}.");
        }
    }

    private static void WriteUser(UserRequest user, MapWriter map) => WriteUser(
        map, user.RequestId, user.Username, user.SubjectDn, user.SubjectAltName, user.Email, user.EndEntityProfileName, user.CertificateProfileName, user.CaName);

    // The user block in its order; SUBJECTDIRATTRIBUTES is a key that must be there and that nobody here fills.
    private static void WriteUser(
        MapWriter map, long requestId, string username, string? subjectDn, string? subjectAltName, string? email, string? endEntityProfile, string? certificateProfile, string? ca)
    {
        map.Add(LegacyKeys.RequestId, requestId);
        map.Add(LegacyKeys.Username, username);
        map.Add(LegacyKeys.SubjectDn, subjectDn);
        map.Add(LegacyKeys.SubjectAltName, subjectAltName);
        map.Add(LegacyKeys.Email, email);
        map.Add(LegacyKeys.SubjectDirAttributes, null);
        map.Add(LegacyKeys.EndEntityProfileName, endEntityProfile);
        map.Add(LegacyKeys.CertificateProfileName, certificateProfile);
        map.Add(LegacyKeys.CaName, ca);
    }

    private static void WriteKeyRecovery(KeyRecoveryRequest recovery, int number, MapWriter map)
    {
        if (recovery.ReuseCertificate)
        {
            map.Add(LegacyKeys.RequestId, recovery.RequestId);
            map.Add(LegacyKeys.ClassType, number);
            map.Add(LegacyKeys.Username, recovery.Username);
        }
        else
        {
            WriteUser(
                map, recovery.RequestId, recovery.Username, recovery.SubjectDn, recovery.SubjectAltName, recovery.Email, recovery.EndEntityProfileName, recovery.CertificateProfileName, recovery.CaName);
            map.Add(LegacyKeys.ClassType, number);
        }

        map.Add(LegacyKeys.Password, TextOf(recovery.Password));
        map.Add(LegacyKeys.ReuseCertificate, recovery.ReuseCertificate);
        map.Add(LegacyKeys.IssuerDn, recovery.IssuerDn);
        map.Add(LegacyKeys.CertificateSn, NumberOf(recovery.CertificateSn));
    }

    private static void WriteCardRenewal(CardRenewalRequest card, int number, MapWriter map)
    {
        map.Add(LegacyKeys.RequestId, card.RequestId);
        map.Add(LegacyKeys.ClassType, number);
        map.AddOctets(LegacyKeys.AuthCert, card.AuthCert);
        map.AddOctets(LegacyKeys.SignCert, card.SignCert);
        map.AddOctets(LegacyKeys.AuthPkcs10, card.AuthPkcs10);
        map.AddOctets(LegacyKeys.SignPkcs10, card.SignPkcs10);
        map.Add(LegacyKeys.AuthProfile, card.AuthProfile);
        map.Add(LegacyKeys.SignProfile, card.SignProfile);
        map.Add(LegacyKeys.AuthCa, card.AuthCa);
        map.Add(LegacyKeys.SignCa, card.SignCa);
    }

    /// <summary>The short form for registered users, the long one where the user is added or edited.</summary>
    private static void WriteCertificateRequest(CertificateRequestRequest request, int number, MapWriter map)
    {
        if (request.CreateOrEditUser)
        {
            WriteUser(
                map, request.RequestId, request.Username, request.SubjectDn, request.SubjectAltName, request.Email, request.EndEntityProfileName, request.CertificateProfileName, request.CaName);
            map.Add(LegacyKeys.CreateOrEditUser, TextOf(truth: true));
            map.Add(LegacyKeys.ClassType, number);
            map.Add(LegacyKeys.CertificateSerialNo, request.CertificateSerialNo is { } serial ? NumberOf(serial) : null);
        }
        else
        {
            map.Add(LegacyKeys.ClassType, number);
            map.Add(LegacyKeys.RequestId, request.RequestId);
            map.Add(LegacyKeys.Username, request.Username);
        }

        map.Add(LegacyKeys.LowerPassword, TextOf(request.Password));
        map.Add(LegacyKeys.RequestType, request.RequestType);
        map.AddOctets(LegacyKeys.ResponseData, request.RequestData);
        map.Add(LegacyKeys.ResponseType, request.ResponseType);
    }

    private static string TextOf(bool truth) => truth ? "true" : "false";

    private static string? TextOf(Secret? secret) => secret?.LendText(text => text);

    private static BigInteger NumberOf(string serial) => SerialNumber.FromHex(serial).OrThrow().Number;
}
