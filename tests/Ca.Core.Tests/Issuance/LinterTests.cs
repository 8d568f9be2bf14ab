using System.Formats.Asn1;
using Ca.Core.Certificates;
using Ca.Core.Issuance;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Ca.Core.Tests.Issuance;

/// <summary>RFC 5280 §4: each rule of the lint with a to-be-signed certificate that breaks it alone.</summary>
[TestClass]
public sealed class LinterTests
{
    private static readonly KeyPair CaKey = KeyPair.Generate("P-256");
    private static readonly KeyPair DeviceKey = KeyPair.Generate("P-256");
    private static readonly DistinguishedName CaName = DistinguishedName.Parse("CN=CA,O=Test").OrThrow();
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Certificate Ca = new ToBeSignedCertificate(
        new SerialNumber(new byte[] { 1 }), SignatureAlgorithm.EcdsaWithSha256, CaName.Encoded, Start, Start.AddYears(40), CaName.Encoded, CaKey.Public.Encoded,
        [CertificateExtensions.BasicConstraints(true), CertificateExtensions.KeyUsage(KeyUsages.KeyCertSign), CertificateExtensions.SubjectKeyIdentifier(CaKey.Public)]).Sign(CaKey);

    private static readonly ToBeSignedCertificate Good = new(
        new SerialNumber(new byte[] { 0x41, 2 }), SignatureAlgorithm.EcdsaWithSha256, CaName.Encoded, Start, Start.AddYears(1),
        DistinguishedName.Parse("CN=device").OrThrow().Encoded, DeviceKey.Public.Encoded,
        [
            CertificateExtensions.BasicConstraints(false),
            CertificateExtensions.KeyUsage(KeyUsages.DigitalSignature),
            CertificateExtensions.SubjectKeyIdentifier(DeviceKey.Public),
            CertificateExtensions.AuthorityKeyIdentifier(Ca),
        ]);

    [TestMethod]
    public void A_sound_certificate_passes()
    {
        Assert.IsNull(Lint(Good));
        Assert.IsNull(Lint(Good with { NotAfter = Start.AddYears(30) }), "GeneralizedTime from 2050");
    }

    [TestMethod]
    [DataRow("issuer", "issuer is not, octet by octet")]
    [DataRow("reencoded issuer", "issuer is not, octet by octet")]
    [DataRow("algorithm", "signature algorithm")]
    [DataRow("dates", "validity is empty")]
    [DataRow("beyond the CA", "beyond that of the CA")]
    [DataRow("another key", "public key is not that of the request")]
    [DataRow("no extensions", "no extensions")]
    [DataRow("says CA", "must not say cA")]
    [DataRow("keyCertSign", "keyCertSign and cRLSign")]
    [DataRow("cRLSign", "keyCertSign and cRLSign")]
    [DataRow("no usage bit", "no bit set")]
    [DataRow("another AKI", "authorityKeyIdentifier is not")]
    [DataRow("no AKI", "no authorityKeyIdentifier")]
    [DataRow("critical SKI", "must not be critical")]
    [DataRow("name constraints", "for CA certificates only")]
    [DataRow("nobody", "without a subject")]
    [DataRow("nobody, not critical", "without a subject")]
    [DataRow("empty SAN", "subjectAltName is empty")]
    [DataRow("blank in a name", "empty or has blanks")]
    [DataRow("short address", "neither 4 nor 16 octets")]
    [DataRow("empty EKU", "extendedKeyUsage is empty")]
    public void Each_flaw_is_found(string flaw, string words)
    {
        string? found = Lint(Break(flaw));
        Assert.IsNotNull(found);
        Assert.Contains(words, found);
    }

    [TestMethod]
    [DataRow("00", DisplayName = "zero")]
    [DataRow("FF01", DisplayName = "negative")]
    [DataRow("7F00000000000000000000000000000000000000FF", DisplayName = "21 octets")]
    public void A_serial_number_is_positive_and_at_most_20_octets(string hex) =>
        Assert.Contains("serial number", Lint(Splice(2, w => w.WriteInteger(Convert.FromHexString(hex))))!);

    [TestMethod]
    public void Dates_have_the_type_of_their_year_and_whole_seconds()
    {
        Assert.Contains("UTCTime", Lint(Splice(5, w => Times(w, () => w.WriteGeneralizedTime(Start))))!);
        Assert.Contains("UTCTime", Lint(Splice(5, w => Times(w, () => w.WriteGeneralizedTime(Start.AddYears(24).AddMilliseconds(500)))))!);
    }

    [TestMethod]
    public void Bytes_that_are_not_DER_and_extensions_that_occur_twice_do_not_pass()
    {
        Assert.Contains("not DER", Linter.Check(new byte[] { 0x30, 0x80, 0, 0 }, Target())!);
        Assert.Contains("not DER", Linter.Check(Good.Encode().Append((byte)0).ToArray(), Target())!);
        CertificateExtension first = CertificateExtensions.BasicConstraints(false);
        Assert.Contains("not DER", Linter.Check(Splice(8, w =>
        {
            using (w.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3)))
            {
                CertificateExtension.EncodeList(w, [first, first]);
            }
        }), Target())!);
    }

    private static ToBeSignedCertificate Break(string flaw) => flaw switch
    {
        "issuer" => Good with { Issuer = DistinguishedName.Parse("CN=Other").OrThrow().Encoded },
        "reencoded issuer" => Good with { Issuer = DistinguishedName.Parse("CN=CA,O=Test", new() { LdapOrder = false }).OrThrow().Encoded },
        "algorithm" => Good with { SignatureAlgorithm = SignatureAlgorithm.EcdsaWithSha384 },
        "dates" => Good with { NotAfter = Start },
        "beyond the CA" => Good with { NotAfter = Start.AddYears(41) },
        "another key" => Good with { PublicKey = CaKey.Public.Encoded },
        "no extensions" => Good with { Extensions = [] },
        "says CA" => With(CertificateExtensions.BasicConstraints(true)),
        "keyCertSign" => With(CertificateExtensions.KeyUsage(KeyUsages.KeyCertSign)),
        "cRLSign" => With(CertificateExtensions.KeyUsage(KeyUsages.CrlSign)),
        "no usage bit" => With(CertificateExtensions.KeyUsage(KeyUsages.None)),
        "another AKI" => With(CertificateExtensions.AuthorityKeyIdentifier(new byte[20])),
        "no AKI" => Good with { Extensions = [.. Good.Extensions.Where(e => e.Oid != Oids.AuthorityKeyIdentifier)] },
        "critical SKI" => With(CertificateExtensions.SubjectKeyIdentifier(DeviceKey.Public) with { Critical = true }),
        "name constraints" => With(CertificateExtensions.NameConstraints(GeneralNames.Parse("dNSName=a").OrThrow(), null)),
        "nobody" => Good with { Subject = DistinguishedName.Empty.Encoded },
        "nobody, not critical" => With(CertificateExtensions.SubjectAltName(GeneralNames.Parse("dNSName=a").OrThrow())) with { Subject = DistinguishedName.Empty.Encoded },
        "empty SAN" => With(new(Oids.SubjectAltName, false, new byte[] { 0x30, 0x00 })),
        "blank in a name" => With(new(Oids.SubjectAltName, false, new byte[] { 0x30, 0x05, 0x82, 0x03, 0x61, 0x20, 0x62 })),
        "short address" => With(new(Oids.SubjectAltName, false, new byte[] { 0x30, 0x04, 0x87, 0x02, 0x0A, 0x00 })),
        "empty EKU" => With(new(Oids.ExtendedKeyUsage, false, new byte[] { 0x30, 0x00 })),
        _ => throw new ArgumentException(flaw),
    };

    private static ToBeSignedCertificate With(CertificateExtension extension) =>
        Good with { Extensions = [.. Good.Extensions.Where(e => e.Oid != extension.Oid), extension] };

    private static string? Lint(ToBeSignedCertificate tbs) => Linter.Check(tbs.Encode(), Target());

    private static string? Lint(byte[] tbs) => Linter.Check(tbs, Target());

    private static LintTarget Target() => new(CaName, Ca, DeviceKey.Public, SignatureAlgorithm.EcdsaWithSha256, CertificateType.EndEntity);

    /// <summary>The good certificate with its n-th field, from 1, replaced.</summary>
    private static byte[] Splice(int field, Action<AsnWriter> replacement)
    {
        AsnReader fields = new AsnReader(Good.Encode(), AsnEncodingRules.DER).ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            for (int i = 1; fields.HasData; i++)
            {
                ReadOnlyMemory<byte> value = fields.ReadEncodedValue();
                if (i == field)
                {
                    replacement(writer);
                }
                else
                {
                    writer.WriteEncodedValue(value.Span);
                }
            }
        }

        return writer.Encode();
    }

    private static void Times(AsnWriter writer, Action notBefore)
    {
        using (writer.PushSequence())
        {
            notBefore();
            writer.WriteGeneralizedTime(Start.AddYears(30), omitFractionalSeconds: true);
        }
    }
}
