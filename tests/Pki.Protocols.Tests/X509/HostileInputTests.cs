using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>A stranger's mistake is a value: whatever comes in, a refusal or an object comes out, and never an exception.</summary>
[TestClass]
public sealed class HostileInputTests
{
    private const int Mutations = 5000;

    [TestMethod]
    [DynamicData(nameof(Samples))]
    public void Cut_off_at_any_octet_it_is_refused(string name, byte[] sample)
    {
        for (int length = 0; length < sample.Length; length++)
        {
            Assert.IsFalse(Read(name, sample.AsMemory(0, length)), $"{name} cut at {length}");
        }

        Assert.IsTrue(Read(name, sample));
        Assert.IsFalse(Read(name, (byte[])[.. sample, 0x00]), "a byte after the end");
    }

    [TestMethod]
    [DynamicData(nameof(Samples))]
    public void Five_thousand_mutations_end_in_a_value_or_a_refusal(string name, byte[] sample)
    {
        var random = new Random(20261121); // the same mutations each time
        int read = 0;
        for (int i = 0; i < Mutations; i++)
        {
            read += Read(name, Mutate(sample, random)) ? 1 : 0;
        }

        Assert.IsLessThan(Mutations, read);
    }

    [TestMethod]
    public void Text_of_any_shape_ends_in_a_value_or_a_refusal()
    {
        var random = new Random(20261121);
        string[] pieces = ["CN", "C", "=", ",", "\\", "+", "\"", "#", " ", "1.2.3", "0C0161", "dNSName", "iPAddress", "upn", "guid", "otherName", ";", "@", "/", "::1", "ä", "\0", "registeredID", "directoryName", "-----BEGIN CERTIFICATE REQUEST-----"];
        for (int i = 0; i < Mutations; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            _ = DistinguishedName.Parse(text, new NameOptions { ForbiddenCharacters = "", MultiValuedRdns = true }).Succeeded(out DistinguishedName? name, out _) && Shown(name);
            _ = GeneralNames.Parse(text).Succeeded(out GeneralNames? names, out _) && Der.Decode<GeneralNames>(Der.Encode(names)).OrThrow().Names.Count >= 0;
            Assert.IsFalse(CertificationRequest.FromText(text).Succeeded(out _, out _));
            Assert.IsFalse(Certificate.FromPem(text).Succeeded(out _, out _));
        }
    }

    [TestMethod]
    [DataRow("", DisplayName = "nothing")]
    [DataRow("30", DisplayName = "a tag without a length")]
    [DataRow("3084FFFFFFFF", DisplayName = "four gigabytes, announced")]
    [DataRow("3080", DisplayName = "an indefinite length without an end")]
    [DataRow("1F8080808080808080808001", DisplayName = "a tag number without end")]
    [DataRow("0000", DisplayName = "an end without a beginning")]
    public void Headers_that_lie_are_refused(string hex)
    {
        foreach (string name in (string[])["certificate", "request", "CRL", "certs-only", "name", "names"])
        {
            Assert.IsFalse(Read(name, Vector.Hex(hex)), name);
        }
    }

    [TestMethod]
    public void Nesting_without_end_is_refused()
    {
        byte[] deep = [.. Enumerable.Repeat((byte[])[0x30, 0x80], 10_000).SelectMany(pair => pair)];
        byte[] closed = [.. deep, .. new byte[deep.Length]];
        foreach (string name in (string[])["certificate", "request", "CRL", "certs-only", "name", "names"])
        {
            Assert.IsFalse(Read(name, closed), name);
        }
    }

    public static IEnumerable<object[]> Samples()
    {
        CertificateList list = new ToBeSignedCertificateList(
            SignatureAlgorithm.Sha256WithRsa, Vector.Ca().Subject.Encoded, ThrowawayPki.Start, ThrowawayPki.Start,
            [new(ThrowawayPki.Serial(1), ThrowawayPki.Start, RevocationReason.KeyCompromise, ThrowawayPki.Start)], [CertificateExtensions.CrlNumber(1)]).Sign(ThrowawayPki.Rsa);
        GeneralNames names = GeneralNames.Parse(@"dNSName=a,iPAddress=::1,directoryName=CN=a\,O=b,upn=x@y,krb5principal=a@b,permanentIdentifier=a/1.2.3,otherName=1.2.3;#0500").OrThrow();
        return
        [
            ["certificate", Vector.Signer("strongswan-pss").Encoded.ToArray()],
            ["certificate", Vector.Ca().Encoded.ToArray()],
            ["request", Vector.Request("strongswan").Encoded.ToArray()],
            ["request", CertificationRequest.Create(ThrowawayPki.Name("CN=a"), ThrowawayPki.Ec, SignatureAlgorithm.EcdsaWithSha256).Encoded.ToArray()],
            ["CRL", list.Encoded.ToArray()],
            ["certs-only", CertsOnly.Encode([Vector.Signer("certmonger")])],
            ["name", ThrowawayPki.Name("CN=ä,O=b,DC=c,1.2.3=#0500").Encoded.ToArray()],
            ["names", Der.Encode(names)],
        ];
    }

    /// <summary>Reads and then uses everything that is computed late.</summary>
    private static bool Read(string name, ReadOnlyMemory<byte> bytes) => name switch
    {
        "certificate" => Der.Decode<Certificate>(bytes).Succeeded(out Certificate? certificate, out Refusal? refusal) ? Use(certificate) : Said(refusal),
        "request" => Der.DecodeBer<CertificationRequest>(bytes).Succeeded(out CertificationRequest? request, out Refusal? refusal) ? Use(request) : Said(refusal),
        "CRL" => Der.DecodeBer<CertificateList>(bytes).Succeeded(out CertificateList? list, out Refusal? refusal) ? list.ToPem().Length > 0 && Shown(list.Issuer) : Said(refusal),
        "certs-only" => CertsOnly.Decode(bytes).Succeeded(out CertificateBundle? bundle, out Refusal? refusal) ? bundle.Certificates.All(Use) : Said(refusal),
        "name" => Der.DecodeBer<DistinguishedName>(bytes).Succeeded(out DistinguishedName? read, out Refusal? refusal) ? Shown(read) : Said(refusal),
        _ => Der.DecodeBer<GeneralNames>(bytes).Succeeded(out GeneralNames? names, out Refusal? refusal) ? names.ToString().Length >= 0 : Said(refusal),
    };

    private static bool Use(Certificate certificate)
    {
        certificate.IsSignedBy(certificate.PublicKey);
        certificate.PublicKey.SameKeyAs(ThrowawayPki.Rsa.Public);
        return Shown(certificate.Subject) && Shown(certificate.Issuer) && certificate.Serial.ToString().Length > 0 && certificate.PublicKey.Description.Length > 0;
    }

    private static bool Use(CertificationRequest request)
    {
        request.VerifySignature();
        _ = $"{request.TemplateName}{request.TemplateId}{request.SubjectAltName}{request.AsksForCa}";
        return Shown(request.Subject);
    }

    private static bool Shown(DistinguishedName name) => name.ToString() is { } text && text.All(c => !char.IsControl(c)) && name.Equals(name) && name.GetHashCode() == name.GetHashCode();

    private static bool Said(Refusal refusal) => refusal.Code is not (RefusalCode.Malformed or RefusalCode.TooLarge);

    private static byte[] Mutate(byte[] sample, Random random)
    {
        byte[] mutated = [.. sample];
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            int at = random.Next(mutated.Length);
            mutated[at] = random.Next(4) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(mutated[at] ^ (1 << random.Next(8))),
                2 => 0x80,
                _ => (byte)(random.Next(2) * 0xFF),
            };
        }

        return mutated;
    }
}
