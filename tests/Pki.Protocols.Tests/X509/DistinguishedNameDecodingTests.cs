using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>RFC 5280 §4.1.2.4, SCEP.md R-05: names as strangers encode them.</summary>
[TestClass]
public sealed class DistinguishedNameDecodingTests
{
    [TestMethod]
    [DataRow("0C 02 C3A4", "ä", DisplayName = "UTF8String")]
    [DataRow("13 01 61", "a", DisplayName = "PrintableString")]
    [DataRow("13 03 614062", "a@b", DisplayName = "PrintableString with an at sign, as many write")]
    [DataRow("16 01 61", "a", DisplayName = "IA5String")]
    [DataRow("14 01 E4", "ä", DisplayName = "T61String in Latin-1")]
    [DataRow("14 02 C3A4", "ä", DisplayName = "T61String in UTF-8")]
    [DataRow("1E 02 00E4", "ä", DisplayName = "BMPString")]
    [DataRow("1E 04 D83DDE00", "\U0001F600", DisplayName = "BMPString with a surrogate pair")]
    [DataRow("1C 04 000000E4", "ä", DisplayName = "UniversalString")]
    [DataRow("12 01 37", "7", DisplayName = "NumericString")]
    [DataRow("13 00", "", DisplayName = "an empty string")]
    public void Every_string_type_is_read(string value, string text)
    {
        DistinguishedName name = Der.Decode<DistinguishedName>(CommonName(value)).OrThrow();
        Assert.AreEqual(text, name.First(Oids.CommonName));
        CollectionAssert.AreEqual(CommonName(value), Der.Encode(name));
    }

    [TestMethod]
    [DataRow("0C 01 FF", DisplayName = "UTF8String that is not UTF-8")]
    [DataRow("1E 01 61", DisplayName = "BMPString of odd length")]
    [DataRow("1E 02 D800", DisplayName = "BMPString with half a pair")]
    [DataRow("1C 04 00110000", DisplayName = "UniversalString beyond Unicode")]
    public void A_string_that_breaks_its_own_encoding_is_refused(string value) =>
        Assert.IsFalse(Der.Decode<DistinguishedName>(CommonName(value)).Succeeded(out _, out _));

    [TestMethod]
    public void A_value_that_is_no_string_is_shown_in_hexadecimal() =>
        Assert.AreEqual("CN=#020105", Der.Decode<DistinguishedName>(CommonName("02 01 05")).OrThrow().ToString());

    [TestMethod]
    public void Control_characters_cannot_forge_lines_or_attributes()
    {
        DistinguishedName forged = Der.Decode<DistinguishedName>(CommonName("0C 06 61 0A 4F 3D 62 01")).OrThrow();
        Assert.AreEqual(@"CN=a\0AO\=b\01", forged.ToString());
    }

    [TestMethod]
    public void An_unsorted_multi_valued_step_is_kept_octet_for_octet()
    {
        // A Cisco: serialNumber and unstructuredName in one step, longer value first.
        byte[] cisco = Vector.Hex("301E 311C" + "300F 0603550405 0C08 3132333435363738" + "3009 0603550403 0C02 6162");
        DistinguishedName name = Der.DecodeBer<DistinguishedName>(cisco).OrThrow();
        CollectionAssert.AreEqual(cisco, name.Encoded.ToArray());
        Assert.AreEqual("SN=12345678+CN=ab", name.ToString());
        Assert.IsTrue(Der.Decode<DistinguishedName>(cisco).Succeeded(out _, out _));
    }

    [TestMethod]
    public void A_name_in_ber_becomes_der_because_certificates_copy_it()
    {
        byte[] ber = Vector.Hex("3080 3180 3080 0603550403 2C06 040161 040162 0000 0000 0000");
        DistinguishedName name = Der.DecodeBer<DistinguishedName>(ber).OrThrow();
        CollectionAssert.AreEqual(CommonName("0C 02 6162"), name.Encoded.ToArray());
    }

    [TestMethod]
    [DataRow("30 02 31 00", DisplayName = "a step without attributes")]
    [DataRow("30 00 00", DisplayName = "a byte after the end")]
    [DataRow("31 00", DisplayName = "another type")]
    public void What_is_no_name_is_refused(string hex)
    {
        Assert.IsFalse(Der.Decode<DistinguishedName>(Vector.Hex(hex)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.Malformed, refusal.Code);
    }

    [TestMethod]
    public void More_attributes_than_anybody_needs_are_too_large()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            for (int i = 0; i < 129; i++)
            {
                new RelativeDistinguishedName([new(Oids.OrganizationalUnit, "a", UniversalTagNumber.UTF8String)]).Encode(writer);
            }
        }

        Assert.IsFalse(Der.Decode<DistinguishedName>(writer.Encode()).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
    }

    private static byte[] CommonName(string value)
    {
        byte[] encoded = [0x06, 0x03, 0x55, 0x04, 0x03, .. Vector.Hex(value)];
        byte length = (byte)encoded.Length;
        return [0x30, (byte)(length + 4), 0x31, (byte)(length + 2), 0x30, length, .. encoded];
    }
}
