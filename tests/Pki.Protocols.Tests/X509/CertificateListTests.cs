using System.Diagnostics;
using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>RFC 5280 §5: revocation lists, written and read, with OpenSSL as witness.</summary>
[TestClass]
public sealed class CertificateListTests
{
    private static readonly Certificate Root = ThrowawayPki.Root(ThrowawayPki.Rsa);

    [TestMethod]
    public void What_is_written_is_read_back()
    {
        RevokedCertificate[] entries = [.. Enum.GetValues<RevocationReason>().Select(reason =>
            new RevokedCertificate(ThrowawayPki.Serial(100 + (int)reason), ThrowawayPki.Start.AddDays((int)reason), reason, reason == RevocationReason.KeyCompromise ? ThrowawayPki.Start : null))];
        CertificateList list = Write(entries, CertificateExtensions.CrlNumber(5)).Sign(ThrowawayPki.Rsa);
        CollectionAssert.AreEqual(entries, list.Revoked.ToArray());
        Assert.AreEqual(5, (int)list.Number!.Value);
        Assert.IsNull(list.BaseNumber);
        Assert.AreEqual(ThrowawayPki.Start, list.ThisUpdate);
        Assert.AreEqual(ThrowawayPki.Start.AddDays(7), list.NextUpdate);
        Assert.IsTrue(list.Issuer.EncodedEquals(Root.Subject));
        Assert.IsTrue(list.IsSignedBy(Root.PublicKey));
        Assert.IsFalse(list.IsSignedBy(ThrowawayPki.Ec.Public));
        CollectionAssert.AreEqual(Root.SubjectKeyIdentifier!.Value.ToArray(), list.AuthorityKeyIdentifier!.Value.ToArray());
        Assert.AreEqual(RevocationReason.KeyCompromise, list.Find(ThrowawayPki.Serial(101))!.Reason);
        Assert.IsNull(list.Find(ThrowawayPki.Serial(99)));
        CollectionAssert.AreEqual(list.Encoded.ToArray(), CertificateList.FromPem(list.ToPem()).OrThrow().Encoded.ToArray());
    }

    [TestMethod]
    public void An_unspecified_reason_is_written_by_leaving_it_out()
    {
        Assert.AreEqual("3012020101170D3236303130323033303430355A", Convert.ToHexString(Der.Encode(new RevokedCertificate(ThrowawayPki.Serial(1), ThrowawayPki.Start))));
        Assert.AreEqual(
            "3020020101170D3236303130323033303430355A300C300A0603551D1504030A0106",
            Convert.ToHexString(Der.Encode(new RevokedCertificate(ThrowawayPki.Serial(1), ThrowawayPki.Start, RevocationReason.CertificateHold))));
    }

    [TestMethod]
    public async Task OpenSSL_reads_and_obeys_it()
    {
        CancellationToken cancel = TestContext.CancellationToken;
        using var openssl = new OpenSsl();
        Certificate revoked = ThrowawayPki.Sign(ThrowawayPki.Rsa, Root, ThrowawayPki.Ec.Public, "CN=revoked", 300, CertificateExtensions.AuthorityKeyIdentifier(Root));
        Certificate good = ThrowawayPki.Sign(ThrowawayPki.Rsa, Root, ThrowawayPki.Ec.Public, "CN=good", 301, CertificateExtensions.AuthorityKeyIdentifier(Root));
        RevokedCertificate entry = new(revoked.Serial, ThrowawayPki.Start, RevocationReason.Superseded);
        openssl.Write("crl.pem", Write([entry], CertificateExtensions.CrlNumber(5)).Sign(ThrowawayPki.Rsa).ToPem());
        openssl.Write("root.pem", Root.ToPem());
        openssl.Write("revoked.pem", revoked.ToPem());
        openssl.Write("good.pem", good.ToPem());
        string text = await openssl.RunAsync("crl -in crl.pem -noout -text -CAfile root.pem", cancel);
        Assert.Contains("verify OK", text);
        Assert.Contains("Superseded", text);
        Assert.Contains("X509v3 CRL Number", text);
        string verify = $"verify -attime {ThrowawayPki.Start.AddDays(1).ToUnixTimeSeconds()} -crl_check -CAfile root.pem -CRLfile crl.pem";
        await openssl.RunAsync($"{verify} good.pem", cancel);
        (int code, string output) = await openssl.TryAsync($"{verify} revoked.pem", cancel);
        Assert.AreNotEqual(0, code);
        Assert.Contains("certificate revoked", output);
    }

    [TestMethod]
    public void A_delta_names_its_base_and_may_take_entries_off()
    {
        RevokedCertificate released = new(ThrowawayPki.Serial(1), ThrowawayPki.Start, RevocationReason.RemoveFromCrl);
        CertificateList delta = Write([released], CertificateExtensions.CrlNumber(6), CertificateExtensions.DeltaCrlIndicator(5)).Sign(ThrowawayPki.Ec);
        Assert.AreEqual(5, (int)delta.BaseNumber!.Value);
        Assert.AreEqual(RevocationReason.RemoveFromCrl, delta.Revoked[0].Reason);
    }

    [TestMethod]
    public void An_empty_list_has_no_empty_sequence()
    {
        CertificateList list = Write([], CertificateExtensions.CrlNumber(1)).Sign(ThrowawayPki.Rsa);
        Assert.IsEmpty(list.Revoked);
        Assert.AreEqual(-1, list.Encoded.Span.IndexOf(Vector.Hex("5A 3000 A0")), "no SEQUENCE between nextUpdate and the extensions");
    }

    [TestMethod]
    public void An_entry_with_an_unknown_critical_extension_makes_the_list_unreadable()
    {
        byte[] entry = Vector.Hex("3021 020101 170D3236303130323033303430355A 300D 300B 0603551D1D 0101FF 0401 00");
        Assert.IsFalse(Der.Decode<RevokedCertificate>(entry).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
        Assert.Contains(Oids.CertificateIssuer, refusal.Detail);
    }

    [TestMethod]
    public void Twice_the_entries_take_about_twice_the_time()
    {
        RevokedCertificate[] entries = [.. Enumerable.Range(1, 100_000).Select(i => new RevokedCertificate(ThrowawayPki.Serial(i), ThrowawayPki.Start, RevocationReason.KeyCompromise))];
        long started = Stopwatch.GetTimestamp();
        byte[] tbs = Write(entries, CertificateExtensions.CrlNumber(1)).Encode();
        TimeSpan taken = Stopwatch.GetElapsedTime(started);
        Assert.IsGreaterThan(3_000_000, tbs.Length);
        Assert.IsLessThan(5, taken.TotalSeconds, "the platform's builder takes twelve; this one a twentieth of a second on an idle machine");
    }

    private static ToBeSignedCertificateList Write(RevokedCertificate[] entries, params CertificateExtension[] extensions) => new(
        extensions.Any(extension => extension.Oid == Oids.DeltaCrlIndicator) ? SignatureAlgorithm.Ecdsa(HashAlgorithmName.SHA256) : SignatureAlgorithm.Sha256WithRsa,
        Root.Subject.Encoded, ThrowawayPki.Start, ThrowawayPki.Start.AddDays(7), entries, [CertificateExtensions.AuthorityKeyIdentifier(Root), .. extensions]);

    public required TestContext TestContext { get; init; }
}
