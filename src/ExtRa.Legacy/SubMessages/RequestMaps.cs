using ExtRa.Messages.Contract;

namespace ExtRa.Legacy.SubMessages;

/// <summary>Requests out of maps (WIRE.md 7.4). <see cref="RequestMapWriter"/> is the other way.</summary>
internal static class RequestMaps
{
    private const string NoSerialNumber = "-1"; // in requests that go by user name

    public static Request Read(int number, MapFields fields) => number switch
    {
        2 => ReadPkcs10(fields),
        3 => ReadPkcs12(fields),
        4 => ReadKeyRecovery(fields),
        8 => ReadRevocation(fields),
        10 => ReadEditUser(fields),
        11 => ReadCardRenewal(fields),
        13 => new KeyStoreRetrievalRequest
        {
            RequestId = fields.RequestId(),
            Username = fields.TextOrEmpty(LegacyKeys.Username),
            Password = fields.Secret(LegacyKeys.LowerPassword),
        },
        15 => ReadCertificateRequest(fields, createsUser: fields.TextTruth(LegacyKeys.CreateOrEditUser)),
        LegacyClass.OneshotRequest => ReadCertificateRequest(fields, createsUser: true), // WIRE.md 7.6
        _ => throw new LegacyFieldException($"class {number} is no request"),
    };

    private static PKCS10Request ReadPkcs10(MapFields fields) => new()
    {
        RequestId = fields.RequestId(),
        Username = fields.TextOrEmpty(LegacyKeys.Username),
        SubjectDn = fields.TextOrEmpty(LegacyKeys.SubjectDn),
        SubjectAltName = Given(fields.Text(LegacyKeys.SubjectAltName)),
        Email = Given(fields.Text(LegacyKeys.Email)),
        EndEntityProfileName = fields.TextOrEmpty(LegacyKeys.EndEntityProfileName),
        CertificateProfileName = fields.TextOrEmpty(LegacyKeys.CertificateProfileName),
        CaName = fields.TextOrEmpty(LegacyKeys.CaName),
        CreateOrEditUser = fields.TextTruth(LegacyKeys.CreateOrEditUser),
        Pkcs10 = fields.Octets(LegacyKeys.Pkcs10),
    };

    private static PKCS12Request ReadPkcs12(MapFields fields) => new()
    {
        RequestId = fields.RequestId(),
        Username = fields.TextOrEmpty(LegacyKeys.Username),
        SubjectDn = fields.TextOrEmpty(LegacyKeys.SubjectDn),
        SubjectAltName = Given(fields.Text(LegacyKeys.SubjectAltName)),
        Email = Given(fields.Text(LegacyKeys.Email)),
        EndEntityProfileName = fields.TextOrEmpty(LegacyKeys.EndEntityProfileName),
        CertificateProfileName = fields.TextOrEmpty(LegacyKeys.CertificateProfileName),
        CaName = fields.TextOrEmpty(LegacyKeys.CaName),
        CreateOrEditUser = fields.TextTruth(LegacyKeys.CreateOrEditUser),
        Password = fields.Secret(LegacyKeys.Password),
        KeyAlg = fields.Int(LegacyKeys.KeyAlg),
        KeySpec = fields.Text(LegacyKeys.KeySpec)
            ?? fields.OptionalInt(LegacyKeys.KeySize)?.ToString(System.Globalization.CultureInfo.InvariantCulture) // before 3.4
            ?? throw new LegacyFieldException($"{LegacyKeys.KeySpec} is missing"),
        StoreKeys = fields.Truth(LegacyKeys.StoreKeys),
    };

    private static KeyRecoveryRequest ReadKeyRecovery(MapFields fields) => new()
    {
        RequestId = fields.RequestId(),
        Username = fields.TextOrEmpty(LegacyKeys.Username),
        Password = fields.Secret(LegacyKeys.Password),
        ReuseCertificate = fields.Truth(LegacyKeys.ReuseCertificate),
        IssuerDn = fields.TextOrEmpty(LegacyKeys.IssuerDn),
        CertificateSn = fields.SerialNumber(LegacyKeys.CertificateSn) ?? throw new LegacyFieldException($"{LegacyKeys.CertificateSn} is missing"),
        SubjectDn = fields.Text(LegacyKeys.SubjectDn),
        SubjectAltName = Given(fields.Text(LegacyKeys.SubjectAltName)),
        Email = Given(fields.Text(LegacyKeys.Email)),
        EndEntityProfileName = fields.Text(LegacyKeys.EndEntityProfileName),
        CertificateProfileName = fields.Text(LegacyKeys.CertificateProfileName),
        CaName = fields.Text(LegacyKeys.CaName),
    };

    /// <summary>Versions before 3.0 lack the three last keys, which then read as their defaults.</summary>
    private static RevocationRequest ReadRevocation(MapFields fields)
    {
        string? issuer = Given(fields.Text(LegacyKeys.IssuerDn));
        string? serial = fields.SerialNumber(LegacyKeys.CertificateSn);
        return new()
        {
            RequestId = fields.RequestId(),
            IssuerDn = issuer,
            CertificateSn = issuer is null && serial == NoSerialNumber ? null : serial,
            Username = Given(fields.Text(LegacyKeys.Username)),
            RevocationReason = fields.Int(LegacyKeys.RevocationReason),
            RevokeAll = fields.Truth(LegacyKeys.RevokeAll),
            RevokeUser = fields.Truth(LegacyKeys.RevokeUser),
        };
    }

    private static EditUserRequest ReadEditUser(MapFields fields) => new()
    {
        RequestId = fields.RequestId(),
        Username = fields.TextOrEmpty(LegacyKeys.Username),
        SubjectDn = fields.TextOrEmpty(LegacyKeys.SubjectDn),
        SubjectAltName = Given(fields.Text(LegacyKeys.SubjectAltName)),
        Email = Given(fields.Text(LegacyKeys.Email)),
        EndEntityProfileName = fields.TextOrEmpty(LegacyKeys.EndEntityProfileName),
        CertificateProfileName = fields.TextOrEmpty(LegacyKeys.CertificateProfileName),
        CaName = fields.TextOrEmpty(LegacyKeys.CaName),
        CreateOrEditUser = fields.TextTruth(LegacyKeys.CreateOrEditUser),
        Password = fields.OptionalSecret(LegacyKeys.Password),
        Status = fields.Int(LegacyKeys.Status),
        Type = fields.Int(LegacyKeys.Type),
        TokenName = fields.TextOrEmpty(LegacyKeys.TokenName),
        IssuerName = fields.Text(LegacyKeys.IssuerName),
    };

    private static CardRenewalRequest ReadCardRenewal(MapFields fields) => new()
    {
        RequestId = fields.RequestId(),
        AuthCert = fields.Octets(LegacyKeys.AuthCert),
        SignCert = fields.Octets(LegacyKeys.SignCert),
        AuthPkcs10 = fields.Octets(LegacyKeys.AuthPkcs10),
        SignPkcs10 = fields.Octets(LegacyKeys.SignPkcs10),
        AuthProfile = fields.OptionalInt(LegacyKeys.AuthProfile) ?? -1,
        SignProfile = fields.OptionalInt(LegacyKeys.SignProfile) ?? -1,
        AuthCa = fields.OptionalInt(LegacyKeys.AuthCa) ?? -1,
        SignCa = fields.OptionalInt(LegacyKeys.SignCa) ?? -1,
    };

    private static CertificateRequestRequest ReadCertificateRequest(MapFields fields, bool createsUser) => new()
    {
        RequestId = fields.RequestId(),
        Username = fields.TextOrEmpty(LegacyKeys.Username),
        Password = fields.OptionalSecret(LegacyKeys.LowerPassword),
        RequestType = fields.Int(LegacyKeys.RequestType),
        RequestData = fields.Octets(LegacyKeys.ResponseData),
        ResponseType = fields.Int(LegacyKeys.ResponseType),
        CreateOrEditUser = createsUser,
        CertificateSerialNo = fields.SerialNumber(LegacyKeys.CertificateSerialNo),
        SubjectDn = fields.Text(LegacyKeys.SubjectDn),
        SubjectAltName = Given(fields.Text(LegacyKeys.SubjectAltName)),
        Email = Given(fields.Text(LegacyKeys.Email)),
        EndEntityProfileName = fields.Text(LegacyKeys.EndEntityProfileName),
        CertificateProfileName = fields.Text(LegacyKeys.CertificateProfileName),
        CaName = fields.Text(LegacyKeys.CaName),
    };

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
