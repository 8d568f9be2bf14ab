using System.Net;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>RFC 5280 §4.2.1.6, CA_CORE.md §7.1: alternative names in text and in DER.</summary>
[TestClass]
public sealed class GeneralNamesTests
{
    [TestMethod]
    [DataRow("dNSName=a.example", "8209 612E6578616D706C65")]
    [DataRow("rfc822Name=x@y", "8103 784079")]
    [DataRow("iPAddress=10.0.0.1", "8704 0A000001")]
    [DataRow("iPAddress=2001:db8::1", "8710 20010DB8000000000000000000000001")]
    [DataRow("uri=http://a/b", "860A 687474703A2F2F612F62")]
    [DataRow("registeredID=1.2.3.4", "8803 2A0304")]
    [DataRow("directoryName=CN=a", "A40E 300C310A300806035504030C0161")]
    [DataRow("upn=x@y", "A013 060A2B060104018237140203 A005 0C03784079")]
    [DataRow("guid=00112233445566778899aabbccddeeff", "A01F 06092B0601040182371901 A012 041000112233445566778899AABBCCDDEEFF")]
    [DataRow("krb5principal=a/b@R", "A024 06062B0601050202 A01A 3018 A003 1B0152 A111 300F A003 020101 A108 3006 1B0161 1B0162")]
    [DataRow("permanentIdentifier=a/1.2.3", "A015 06082B06010505070803 A009 3007 0C0161 06022A03")]
    [DataRow("srvName=_x.a", "A012 06082B06010505070807 A006 16045F782E61")]
    [DataRow("otherName=1.2.3.4;#020105", "A00A 06032A0304 A003 020105")]
    [DataRow("x400Address=#A3023000", "A3023000")]
    [DataRow("ediPartyName=#A503810161", "A503810161")]
    [DataRow("iPAddress=#0A000000FF000000", "8708 0A000000FF000000", DisplayName = "an address with a mask")]
    public void Every_choice_has_a_text_and_a_fixed_encoding(string text, string der)
    {
        GeneralNames names = GeneralNames.Parse(text).OrThrow();
        Assert.AreEqual(Convert.ToHexString(Vector.Hex(der)), Convert.ToHexString(names.Names[0].Encoded.Span));
        Assert.AreEqual(text, names.ToString());
        Assert.AreEqual(text, Der.Decode<GeneralNames>(Der.Encode(names)).OrThrow().ToString());
    }

    [TestMethod]
    [DataRow("DNSNAME=a, email=x@y", "dNSName=a,rfc822Name=x@y", DisplayName = "keywords of any case and a space after the comma")]
    [DataRow("uniformResourceIdentifier=http://a", "uri=http://a", DisplayName = "an EJBCA's keyword")]
    [DataRow(@"directoryName=CN=a\,O=b,dNSName=c", @"directoryName=CN=a\,O=b,dNSName=c", DisplayName = "a comma inside")]
    [DataRow(@"directoryName=CN=Smith\\\, John\,O=b", @"directoryName=CN=Smith\\\, John\,O=b", DisplayName = "a comma inside a comma inside")]
    [DataRow(@"upn=DOMAIN\user@x", @"upn=DOMAIN\\user@x", DisplayName = "a backslash that escapes nothing")]
    [DataRow("guid=00112233-4455-6677-8899-AABBCCDDEEFF", "guid=00112233445566778899aabbccddeeff", DisplayName = "a GUID with dashes")]
    [DataRow("", "", DisplayName = "nothing")]
    public void Text_becomes_canonical(string text, string canonical)
    {
        Assert.AreEqual(canonical, GeneralNames.Parse(text).OrThrow().ToString());
        Assert.AreEqual(canonical, GeneralNames.Parse(canonical).OrThrow().ToString());
    }

    [TestMethod]
    [DataRow("dNSName", DisplayName = "no equals sign")]
    [DataRow("dNSName=", DisplayName = "no value")]
    [DataRow("unknown=a", DisplayName = "an unknown keyword")]
    [DataRow("dNSName=ä.example", DisplayName = "beyond ASCII")]
    [DataRow("iPAddress=1", DisplayName = "an address only the platform understands")]
    [DataRow("iPAddress=0x7f.1", DisplayName = "another one")]
    [DataRow("iPAddress=010.0.0.1", DisplayName = "octal?")]
    [DataRow("iPAddress=fe80::1%eth0", DisplayName = "an address with a zone")]
    [DataRow("iPAddress=256.0.0.1", DisplayName = "no address")]
    [DataRow("registeredID=9.9", DisplayName = "no OID")]
    [DataRow("directoryName=XX=a", DisplayName = "no name")]
    [DataRow("guid=0011", DisplayName = "half a GUID")]
    [DataRow("krb5principal=a", DisplayName = "no realm")]
    [DataRow("otherName=1.2.3.4", DisplayName = "no value of the other name")]
    [DataRow("otherName=1.2.3.4;zz", DisplayName = "no hexadecimal")]
    [DataRow("x400Address=#A503810161", DisplayName = "another choice's encoding")]
    public void Anything_else_is_refused(string text)
    {
        Assert.IsFalse(GeneralNames.Parse(text).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
    }

    [TestMethod]
    [DataRow("A013 060A2B060104018237140203 A005 0203784079", "otherName=1.3.6.1.4.1.311.20.2.3;#0203784079", DisplayName = "a UPN that is a number")]
    [DataRow("8705 0A00000100", "iPAddress=#0A00000100", DisplayName = "an address of five octets")]
    public void What_does_not_keep_its_promise_stays_raw(string der, string text) =>
        Assert.AreEqual(text, Der.Decode<GeneralName>(Vector.Hex(der)).OrThrow().ToString());

    [TestMethod]
    [DataRow("8901 00", DisplayName = "a tag that does not exist")]
    [DataRow("0201 05", DisplayName = "no choice at all")]
    [DataRow("8201 FF", DisplayName = "a host name beyond ASCII")]
    [DataRow("A405 0203010203", DisplayName = "a directory name that is none")]
    public void A_malformed_choice_is_refused(string der) => Assert.IsFalse(Der.Decode<GeneralName>(Vector.Hex(der)).Succeeded(out _, out _));

    [TestMethod]
    public void A_line_end_in_a_name_stays_one_line() =>
        Assert.AreEqual("dNSName=a\uFFFDb", Der.Decode<GeneralName>(Vector.Hex("8203 610A62")).OrThrow().ToString());

    [TestMethod]
    public void Names_are_made_from_values_too()
    {
        Assert.AreEqual("dNSName=a", GeneralName.Dns("a").ToString());
        Assert.AreEqual("iPAddress=::1", GeneralName.Ip(IPAddress.IPv6Loopback).ToString());
        Assert.AreEqual(@"directoryName=CN=a\,O=b", GeneralName.Directory(ThrowawayPki.Name("CN=a,O=b")).ToString());
        Assert.AreEqual(GeneralName.Email("x@y"), GeneralNames.Parse("rfc822Name=x@y").OrThrow().Names[0]);
    }

    [TestMethod]
    public void More_names_than_anybody_needs_are_too_large()
    {
        Assert.IsFalse(GeneralNames.Parse(string.Join(',', Enumerable.Repeat("dNSName=a", 1001))).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
        Assert.IsFalse(GeneralNames.Parse("dNSName=" + new string('a', 70_000)).Succeeded(out _, out refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
    }
}
