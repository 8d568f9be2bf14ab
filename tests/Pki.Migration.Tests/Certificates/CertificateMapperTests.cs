using System.Security.Cryptography.X509Certificates;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Importing;
using Pki.Cli.Configuration;
using Pki.Migration.Certificates;
using Pki.Migration.Import;
using Pki.Migration.Sources;
using Pki.Migration.Tests.World;
using Pki.Protocols.X509;

namespace Pki.Migration.Tests.Certificates;

/// <summary>MIGRATION §5: each rule for the columns of CertificateData.</summary>
[TestClass]
public sealed class CertificateMapperTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly OldSite Old = new();
    private static NewSite site = null!;
    private static CertificateAuthority ca = null!;
    private static CertificateMapper mapper = null!;
    private static Certificate certificate = null!;

    [ClassInitialize]
    public static async Task PrepareAsync(TestContext context)
    {
        site = await NewSite.WithAsync(Old, context.CancellationToken);
        await using CaSession session = site.Open();
        ca = (await session.Authorities.FindAsync(NewSite.CaName, context.CancellationToken))!;
        var map = new ImportMap { CertificateProfiles = new Dictionary<string, string> { ["2000"] = "SERVER" } };
        var names = new SiteNames(map, [ca], [], new Dictionary<string, int> { ["ENDUSER"] = 1, ["SERVER"] = 9 }, new Dictionary<string, int> { ["EMPTY"] = 1 });
        mapper = new(names, _ => true, Now);
        certificate = Old.CertificateOf(1);
    }

    [ClassCleanup]
    public static void Clean() => site.Dispose();

    [TestMethod]
    [DataRow(20, -1, CertificateStatus.Active, -1, null, DisplayName = "20: active")]
    [DataRow(21, -1, CertificateStatus.Active, -1, CertificateMapper.NotifiedNote, DisplayName = "21: active")]
    [DataRow(20, 8, CertificateStatus.Active, 8, CertificateMapper.ReleasedNote, DisplayName = "20 with reason 8: released from hold")]
    [DataRow(40, 1, CertificateStatus.Revoked, 1, null, DisplayName = "40: revoked")]
    [DataRow(40, 6, CertificateStatus.Revoked, 6, null, DisplayName = "40: on hold")]
    [DataRow(40, -1, CertificateStatus.Revoked, 0, CertificateMapper.NoReasonNote, DisplayName = "40 without reason: unspecified")]
    [DataRow(40, 7, CertificateStatus.Revoked, 0, CertificateMapper.NoReasonNote, DisplayName = "40 with a reason that does not exist: unspecified")]
    [DataRow(60, -1, CertificateStatus.Archived, -1, null, DisplayName = "60: archived")]
    [DataRow(60, 8, CertificateStatus.Archived, 8, null, DisplayName = "60 with reason 8: archived, not revoked")]
    [DataRow(60, 4, CertificateStatus.Revoked, 4, CertificateMapper.UnexpiredNote, DisplayName = "60 with a reason before its end: still to be on CRLs")]
    [DataRow(0, -1, CertificateStatus.Inactive, -1, CertificateMapper.InactiveNote, DisplayName = "0: inactive")]
    [DataRow(10, -1, CertificateStatus.Inactive, -1, CertificateMapper.InactiveNote, DisplayName = "10: inactive")]
    [DataRow(11, -1, CertificateStatus.Inactive, -1, CertificateMapper.InactiveNote, DisplayName = "11: inactive")]
    public void A_status_becomes_ours(int status, int reason, CertificateStatus expected, int expectedReason, string? note)
    {
        Mapped<ImportedCertificate> mapped = Map(row =>
        {
            row["status"] = $"{status}";
            row["revocationReason"] = $"{reason}";
            row["revocationDate"] = reason is -1 or 8 && status != 40 ? "-1" : "1700000000000";
        });
        Assert.IsNull(mapped.Problem);
        Assert.AreEqual((expected, expectedReason), (mapped.Value!.Status, mapped.Value.RevocationReason));
        Assert.AreEqual(status is 40 || (status == 60 && reason is not (-1 or 8)), mapped.Value.RevokedAt is not null);
        Assert.AreEqual(note, mapped.Notes.SingleOrDefault());
    }

    [TestMethod]
    public void Revoked_and_expired_it_is_archived()
    {
        var late = new CertificateMapper(new SiteNames(new(), [ca], [], new Dictionary<string, int>(), new Dictionary<string, int>()), _ => true, certificate.NotAfter);
        ImportedCertificate mapped = late.Map(Row(Old.Row(certificate, 60, 4, "x")), null).Value!;
        Assert.AreEqual((CertificateStatus.Archived, 4), (mapped.Status, mapped.RevocationReason));
        Assert.IsNotNull(mapped.RevokedAt);
    }

    [TestMethod]
    public void A_revocation_without_date_gets_that_of_the_last_change()
    {
        Mapped<ImportedCertificate> mapped = Map(row => (row["status"], row["revocationReason"], row["revocationDate"], row["updateTime"]) = ("40", "4", "-1", "1700000000000"));
        Assert.AreEqual(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000), mapped.Value!.RevokedAt);
        Assert.AreEqual(CertificateMapper.NoDateNote, mapped.Notes.Single());
    }

    [TestMethod]
    public void The_release_of_a_hold_is_dated_by_the_last_change()
    {
        Mapped<ImportedCertificate> mapped = Map(row => (row["status"], row["revocationReason"], row["updateTime"]) = ("20", "8", "1700000000000"));
        Assert.AreEqual(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000), mapped.Value!.StatusChangedAt);
        Assert.IsNull(mapped.Value.RevokedAt);
    }

    [TestMethod]
    [DataRow("fingerprint", "00", "fingerprint", DisplayName = "another fingerprint")]
    [DataRow("fingerprint", null, "fingerprint", DisplayName = "no fingerprint")]
    [DataRow("serialNumber", "7", "serialNumber", DisplayName = "another serial number")]
    [DataRow("serialNumber", "f4241", "serialNumber", DisplayName = "a serial number in hex")]
    [DataRow("expireDate", "1", "expireDate", DisplayName = "another end")]
    [DataRow("base64Cert", null, "no certificate", DisplayName = "no certificate")]
    [DataRow("base64Cert", "!!!", "Base64", DisplayName = "no Base64")]
    [DataRow("base64Cert", "MAA=", "is no certificate", DisplayName = "Base64 of something else")]
    [DataRow("status", "30", "status 30", DisplayName = "a status that does not exist")]
    [DataRow("revocationReason", "1", "says revoked", DisplayName = "active, and a reason")]
    [DataRow("revocationDate", "1700000000000", "says revoked", DisplayName = "active, and a date of its revocation")]
    [DataRow("revocationDate", "yesterday", "revocationDate is no number", DisplayName = "a date that is no number")]
    [DataRow("revocationReason", "x", "revocationReason is no number", DisplayName = "a reason that is no number")]
    [DataRow("revocationReason", "99999999999", "revocationReason is none", DisplayName = "a reason beyond all numbers")]
    [DataRow("username", "a\0b", "username", DisplayName = "a NUL in the user's name")]
    [DataRow("base64Cert", LegacyRow.TooLong, "column base64Cert has more than", DisplayName = "a value without end")]
    public void A_row_that_contradicts_itself_is_set_aside(string column, string? value, string expected)
    {
        Mapped<ImportedCertificate> mapped = Map(row => row[column] = value);
        Assert.IsNull(mapped.Value);
        Assert.Contains(expected, mapped.Problem!);
    }

    [TestMethod]
    public void A_certificate_of_an_unknown_CA_is_set_aside()
    {
        using var other = new TestKit.TestPki();
        Certificate foreign = other.Certify("CN=x", Old.Ca.PublicKey);
        Dictionary<string, string?> row = Old.Row(foreign, 20, -1, "x");
        Assert.Contains("means CA 'OldCA'", Map(row, null).Problem!, "its text names one CA, the certificate another");
        row["issuerDN"] = foreign.Issuer.ToString();
        Assert.Contains("bring that CA in", Map(row, null).Problem!);
    }

    [TestMethod]
    public void A_serial_number_beyond_the_standard_is_set_aside()
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var request = new CertificateRequest("CN=x", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        using X509Certificate2 made = request.Create(
            new X500DistinguishedName(Old.Ca.Subject.Encoded.Span), X509SignatureGenerator.CreateForECDsa(key), certificate.NotBefore, certificate.NotAfter, [.. Enumerable.Repeat((byte)0x7F, 25)]);
        Certificate monster = Pki.Protocols.Asn1.Der.Decode<Certificate>(made.RawData).OrThrow();
        Assert.Contains("serial number", Map(Old.Row(monster, 20, -1, "x"), null).Problem!);
    }

    [TestMethod]
    public void A_forged_certificate_is_set_aside()
    {
        using var forger = new TestKit.TestPki(OldSite.CaSubject);
        Certificate forged = forger.Certify("CN=forged", Old.Ca.PublicKey);
        Assert.Contains("another key", Map(Old.Row(forged, 20, -1, "x"), null).Problem!, "its key identifier names another key");
        byte[] bent = certificate.Encoded.ToArray();
        bent[^1] ^= 1;
        Certificate broken = Pki.Protocols.Asn1.Der.Decode<Certificate>(bent).OrThrow();
        Assert.Contains("has not signed", Map(Old.Row(broken, 20, -1, "x"), null).Problem!);
    }

    [TestMethod]
    public void What_is_not_in_the_sample_is_counted()
    {
        byte[] bent = certificate.Encoded.ToArray();
        bent[^1] ^= 1;
        Certificate broken = Pki.Protocols.Asn1.Der.Decode<Certificate>(bent).OrThrow();
        var sampling = new CertificateMapper(new SiteNames(new(), [ca], [], new Dictionary<string, int> { ["ENDUSER"] = 1 }, new Dictionary<string, int>()), number => number != 1, Now);
        Mapped<ImportedCertificate> mapped = sampling.Map(Row(Old.Row(broken, 20, -1, "x")), null);
        Assert.IsNotNull(mapped.Value);
        Assert.AreEqual(CertificateMapper.UnverifiedNote, mapped.Notes.Single());
    }

    [TestMethod]
    public void A_CA_that_got_another_key_is_known_by_its_older_certificate()
    {
        using var older = new TestKit.TestPki(OldSite.CaSubject);
        var names = new SiteNames(new(), [ca], [older.Certificate], new Dictionary<string, int>(), new Dictionary<string, int>());
        Certificate first = older.Certify("CN=early", Old.Ca.PublicKey);
        Dictionary<string, string?> row = Old.Row(first, 20, -1, "x");
        Assert.IsNull(new CertificateMapper(names, _ => true, Now).Map(Row(row), null).Problem);
    }

    [TestMethod]
    [DataRow("C=SE, O=Old, CN=Old CA", null, DisplayName = "in another order: the same")]
    [DataRow("CN=Old/CA,O=Old,C=SE", CertificateMapper.IssuerTextNote, DisplayName = "characters replaced: the certificate counts")]
    [DataRow("not a name", CertificateMapper.IssuerTextNote, DisplayName = "unreadable: the certificate counts")]
    public void An_issuer_text_may_differ(string text, string? note)
    {
        Mapped<ImportedCertificate> mapped = Map(row => row["issuerDN"] = text);
        Assert.AreEqual(note, mapped.Notes.SingleOrDefault());
        Assert.AreEqual(ca.Id, mapped.Value!.CaId);
    }

    [TestMethod]
    [DataRow("1", 1, null, DisplayName = "fixed profiles keep their numbers")]
    [DataRow("2000", 9, null, DisplayName = "by the map")]
    [DataRow("3000", 0, CertificateMapper.ProfileNote, DisplayName = "unknown")]
    public void A_profile_is_mapped(string old, int expected, string? note)
    {
        Mapped<ImportedCertificate> mapped = Map(row => row["certificateProfileId"] = old);
        Assert.AreEqual(expected, mapped.Value!.CertificateProfileId);
        Assert.AreEqual(note, mapped.Notes.SingleOrDefault());
    }

    [TestMethod]
    public void The_kind_is_the_certificates()
    {
        Mapped<ImportedCertificate> mapped = Map(row => row["type"] = "22");
        Assert.AreEqual(CertificateType.EndEntity, mapped.Value!.Type);
        Assert.AreEqual(CertificateMapper.TypeNote, mapped.Notes.Single());
        Assert.AreEqual(CertificateType.RootCa, Map(Old.Row(Old.Ca, 20, -1, "SYSTEMCA"), null).Value!.Type);
    }

    [TestMethod]
    public void No_user_is_invented()
    {
        Mapped<ImportedCertificate> mapped = Map(row => row["username"] = null);
        Assert.IsNull(mapped.Value!.Username);
        Assert.AreEqual(CertificateMapper.NoUserNote, mapped.Notes.Single());
    }

    [TestMethod]
    public void The_certificate_may_stand_in_a_table_of_its_own()
    {
        Dictionary<string, string?> row = Old.Row(certificate, 20, -1, "x");
        string text = row["base64Cert"]!;
        row["base64Cert"] = null;
        Assert.IsNotNull(Map(row, text.Replace("\n", "")).Value);
    }

    private static Mapped<ImportedCertificate> Map(Action<Dictionary<string, string?>> change)
    {
        Dictionary<string, string?> row = Old.Row(certificate, 20, -1, OldSite.UserOf(1));
        change(row);
        return Map(row, null);
    }

    private static Mapped<ImportedCertificate> Map(Dictionary<string, string?> row, string? text) => mapper.Map(Row(row), text);

    private static LegacyRow Row(Dictionary<string, string?> row) =>
        new(row.Keys.Index().ToDictionary(k => k.Item, k => k.Index, StringComparer.OrdinalIgnoreCase), [.. row.Values], 1);
}
