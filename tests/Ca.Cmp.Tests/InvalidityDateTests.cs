using System.Formats.Asn1;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>invalidityDate of a revocation: taken, checked and told to the world (RFC 5280 §5.3.2; CMP-O-42).</summary>
[TestClass]
public sealed class InvalidityDateTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task The_date_that_a_client_gives_stands_in_the_CRL_and_the_audit_log()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);
        DateTimeOffset since = WholeSecond(ca.Clock.GetUtcNow().AddDays(-40)); // before the certificate began

        Answered(null, await device.SendAsync(Revoking(device.Certificate!, CertificateExtensions.ReasonCode(RevocationReason.KeyCompromise), CertificateExtensions.InvalidityDate(since)), Cancel));

        CrlView crl = (await ca.Get<Crls>().CreateAsync(ca.Admin, CmpCa.CaName, Cancel)).OrThrow();
        RevokedCertificate entry = Der.Decode<CertificateList>(crl.Encoded).OrThrow().Find(device.Certificate!.Serial)!;
        Assert.AreEqual(since, entry.InvalidityDate);
        Assert.AreEqual(RevocationReason.KeyCompromise, entry.Reason);
        Assert.IsTrue(entry.RevokedAt > since, "when the CA did it, not since when it counts");
        Assert.AreEqual("1", await ca.CountAsync($"select count(*) from audit_record where details like '%invalidityDate%{since:yyyy-MM-dd HH:mm:ss}Z%'", Cancel));
    }

    [TestMethod]
    public async Task Clients_of_RFC_2510_say_it_in_a_field_of_its_own()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);
        DateTimeOffset since = WholeSecond(ca.Clock.GetUtcNow().AddDays(-1));
        Certificate own = device.Certificate!;

        Answered(null, await device.SendAsync(new PkiBody.Revocations([new(new() { Issuer = own.Issuer, Serial = own.Serial }, [], since)]), Cancel));

        Assert.AreEqual(since, (await ca.Get<CertificateStore>().FindAsync(CmpCa.CaName, own.Serial.ToString(), Cancel))!.InvalidityDate);
    }

    public static IEnumerable<(string Name, Func<DateTimeOffset, CertificateExtension[]> Details, PkiFailureInfo Expected)> Wrong =>
    [
        ("in the future", now => [CertificateExtensions.InvalidityDate(now.AddMinutes(6))], PkiFailureInfo.BadRequest),
        ("with a release", now => [CertificateExtensions.ReasonCode(RevocationReason.RemoveFromCrl), CertificateExtensions.InvalidityDate(now)], PkiFailureInfo.BadCertId),
        ("an UTCTime", now => [new(Oids.InvalidityDate, false, Der.Encode(new Utc(now)))], PkiFailureInfo.BadDataFormat),
        ("with fractions of a second", _ => [new(Oids.InvalidityDate, false, Convert.FromHexString("181332303236303130313030303030302E3235355A"))], PkiFailureInfo.BadDataFormat),
        ("in another time zone", _ => [new(Oids.InvalidityDate, false, Convert.FromHexString("181332303236303130313030303030302B30323030"))], PkiFailureInfo.BadDataFormat),
        ("no time at all", _ => [new(Oids.InvalidityDate, false, new byte[] { 5, 0 })], PkiFailureInfo.BadDataFormat),
    ];

    [TestMethod]
    [DynamicData(nameof(Wrong))]
    public async Task A_date_that_cannot_be_right_revokes_nothing(string name, Func<DateTimeOffset, CertificateExtension[]> details, PkiFailureInfo expected)
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        Certificate target = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);

        Answered(expected, await ra.SendAsync(Revoking(target, details(WholeSecond(ca.Clock.GetUtcNow()))), Cancel));

        Assert.AreEqual("0", await ca.CountAsync("select count(*) from certificate where status = 40 or invalidity_date is not null", Cancel), name);
    }

    [TestMethod]
    public async Task Two_dates_are_no_message_at_all()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);
        CertificateExtension now = CertificateExtensions.InvalidityDate(WholeSecond(ca.Clock.GetUtcNow()));

        Answers.IsError(PkiFailureInfo.BadDataFormat, await device.SendAsync(Revoking(device.Certificate!, now, now), Cancel));
    }

    [TestMethod]
    public async Task A_clock_that_is_a_little_ahead_means_now()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);

        Answered(null, await device.SendAsync(Revoking(device.Certificate!, CertificateExtensions.InvalidityDate(WholeSecond(ca.Clock.GetUtcNow()).AddMinutes(4))), Cancel));

        CertificateView revoked = (await ca.Get<CertificateStore>().FindAsync(CmpCa.CaName, device.Certificate!.Serial.ToString(), Cancel))!;
        Assert.AreEqual(revoked.RevokedAt, revoked.InvalidityDate);
    }

    [TestMethod]
    public async Task What_was_said_of_a_hold_counts_until_it_is_final_or_released()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        TestClient ra = await Signers.RaAsync(ca, Cancel);
        Certificate target = await ca.EnrolAsync("device", Signers.DeviceKey, Cancel);
        DateTimeOffset since = WholeSecond(ca.Clock.GetUtcNow().AddHours(-2));
        foreach ((CertificateExtension[] details, DateTimeOffset? expected) in ((CertificateExtension[], DateTimeOffset?)[])
        [
            ([CertificateExtensions.ReasonCode(RevocationReason.CertificateHold), CertificateExtensions.InvalidityDate(since)], since),
            ([CertificateExtensions.ReasonCode(RevocationReason.RemoveFromCrl)], null),
            ([CertificateExtensions.ReasonCode(RevocationReason.CertificateHold), CertificateExtensions.InvalidityDate(since)], since),
            ([CertificateExtensions.ReasonCode(RevocationReason.KeyCompromise)], since),
        ])
        {
            ra.TransactionId = Guid.NewGuid().ToByteArray();
            Answered(null, await ra.SendAsync(Revoking(target, details), Cancel, h => h with { RecipientNonce = null }));
            Assert.AreEqual(expected, (await ca.Get<CertificateStore>().FindAsync(CmpCa.CaName, target.Serial.ToString(), Cancel))!.InvalidityDate);
        }
    }

    /// <summary>Who agreed to one date has not agreed to another.</summary>
    [TestMethod]
    public async Task People_agree_to_the_date_as_well()
    {
        await using CmpCa ca = await Signers.StartAsync(Cancel);
        await ca.ChangeAsync(alias => alias with { PollForRevocation = true }, Cancel);
        TestClient device = await Signers.DeviceAsync(ca, Cancel);
        (await ca.Get<CertificateAuthorities>().SetSettingsAsync(ca.Admin, CmpCa.CaName, new() { Approvals = new() { Revocation = 1 } }, Cancel)).OrThrow();
        DateTimeOffset since = WholeSecond(ca.Clock.GetUtcNow().AddHours(-2));

        await device.SendAsync(Revoking(device.Certificate!, CertificateExtensions.InvalidityDate(since)), Cancel);

        Assert.AreEqual("1", await ca.CountAsync($"select count(*) from approval a where a::text like '%invalidityDate%{since:yyyy-MM-dd HH:mm:ss}Z%'", Cancel));
    }

    private static void Answered(PkiFailureInfo? expected, PkiMessage answer) =>
        Assert.AreEqual(expected, ((PkiBody.RevocationResponses)answer.Body).Content.Statuses.Single().Failure);

    private static PkiBody Revoking(Certificate certificate, params CertificateExtension[] details) =>
        new PkiBody.Revocations([new(new() { Issuer = certificate.Issuer, Serial = certificate.Serial }, details)]);

    private static DateTimeOffset WholeSecond(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));

    private sealed record Utc(DateTimeOffset Time) : IAsn1Value<Utc>
    {
        public static Utc Decode(AsnReader reader) => new(reader.ReadUtcTime());

        public void Encode(AsnWriter writer) => writer.WriteUtcTime(Time);
    }
}
