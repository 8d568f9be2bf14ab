using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>CA_CORE.md §2.1: text and encoding of names.</summary>
[TestClass]
public sealed class DistinguishedNameTests
{
    [TestMethod]
    [DataRow("CN=ManagementCA,O=EJBCA Sample,C=SE", 1652389506)]
    [DataRow("CN=TestRoot,O=PrimeKey,C=SE", 1257008644)]
    [DataRow("CN=AdminCA1,O=EJBCA Sample,C=SE", -1688117755)]
    public void The_caId_is_Javas_hash_of_the_text(string text, int caId) => Assert.AreEqual(caId, ThrowawayPki.Name(text).CaId());

    [TestMethod]
    [DataRow("CN=a,O=b,C=SE", "CN=a,O=b,C=SE", DisplayName = "canonical already")]
    [DataRow("C=SE,O=b,CN=a", "CN=a,O=b,C=SE", DisplayName = "country first is turned around")]
    [DataRow("C=SE,OU=1,OU=2,CN=a", "CN=a,OU=2,OU=1,C=SE", DisplayName = "values of one kind turn around with it")]
    [DataRow("CN=a,OU=1,OU=2,C=SE", "CN=a,OU=1,OU=2,C=SE", DisplayName = "and keep their order otherwise")]
    [DataRow(" cn = a , o=b ", "CN=a,O=b", DisplayName = "keywords of any case, spaces around")]
    [DataRow("CN=a,OU=x,SN=1,UID=u,E=a@b", "E=a@b,UID=u,CN=a,SN=1,OU=x", DisplayName = "sorted by kind")]
    [DataRow("EMAILADDRESS=a@b,SERIALNUMBER=7,GN=g", "E=a@b,SN=7,GIVENNAME=g", DisplayName = "aliases")]
    [DataRow("CN=a,1.2.3.4=x,O=b", "CN=a,O=b,1.2.3.4=x", DisplayName = "unknown OIDs go last")]
    [DataRow("CN=a,OID.2.5.4.10=b", "CN=a,O=b", DisplayName = "a known OID gets its keyword")]
    [DataRow("CN=a,OU=,C=SE", "CN=a,C=SE", DisplayName = "empty values are dropped")]
    [DataRow(@"CN=Smith\, John,O=a", @"CN=Smith\, John,O=a", DisplayName = "an escaped comma")]
    [DataRow("CN=\"Smith, John\",O=a", @"CN=Smith\, John,O=a", DisplayName = "a quoted comma")]
    [DataRow(@"CN=\ a\ ,O=\#1", @"CN=\ a\ ,O=\#1", DisplayName = "escaped spaces and number sign at the edge")]
    [DataRow("CN=a+UID=b", @"CN=a\+UID\=b", DisplayName = "a plus is part of the value")]
    [DataRow(@"CN=a\;b", @"CN=a\;b", DisplayName = "a forbidden character that may be escaped")]
    [DataRow("", "", DisplayName = "no attribute at all")]
    [DataRow("1.2.3.4=#0C0161", "1.2.3.4=a", DisplayName = "hexadecimal of a string is that string")]
    [DataRow("1.2.3.4=#020105", "1.2.3.4=#020105", DisplayName = "hexadecimal of a number stays")]
    public void Text_becomes_canonical(string text, string canonical)
    {
        DistinguishedName name = ThrowawayPki.Name(text);
        Assert.AreEqual(canonical, name.ToString());
        Assert.AreEqual(canonical, ThrowawayPki.Name(canonical).ToString());
    }

    [TestMethod]
    [DataRow("CN=a%b", "'%'")]
    [DataRow("CN=a;b", "';'")]
    [DataRow("CN=a!b", "'!'")]
    [DataRow("CN=a`b", "'`'")]
    [DataRow("CN=a?b", "'?'")]
    [DataRow("CN=a$b", "'$'")]
    [DataRow("CN=a~b", "'~'")]
    [DataRow("CN=a\nb", "U+000A")]
    [DataRow("CN=a\rb", "U+000D")]
    [DataRow("CN=a\0b", "U+0000")]
    [DataRow("CN=\"a%b\"", "'%'")]
    public void A_forbidden_character_is_refused_by_name(string text, string named)
    {
        Assert.IsFalse(DistinguishedName.Parse(text).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.PolicyViolation, refusal.Code);
        Assert.Contains(named, refusal.Detail);
    }

    [TestMethod]
    [DataRow("CN", DisplayName = "no equals sign")]
    [DataRow("CN=Smith, John", DisplayName = "a comma nobody escaped")]
    [DataRow("XX=a", DisplayName = "an unknown keyword")]
    [DataRow("9.9=a", DisplayName = "an OID that cannot be")]
    [DataRow("1.40=a", DisplayName = "another one")]
    [DataRow("1.2.123456789012345678901234567890123456789=a", DisplayName = "an OID with an arc beyond 128 bits")]
    [DataRow(@"CN=a\", DisplayName = "a backslash at the end")]
    [DataRow(@"CN=a\b", DisplayName = "a backslash before a letter")]
    [DataRow("CN=\"a", DisplayName = "an open quotation mark")]
    [DataRow("CN=#zz", DisplayName = "hexadecimal that is none")]
    [DataRow("CN=#0C05", DisplayName = "hexadecimal that is no DER")]
    [DataRow("C=Sé", DisplayName = "a country that is not printable")]
    [DataRow("E=ä@b", DisplayName = "an e-mail address beyond ASCII")]
    [DataRow("CN=a,", DisplayName = "a comma at the end")]
    public void Anything_else_is_refused(string text) => Assert.IsFalse(DistinguishedName.Parse(text).Succeeded(out _, out _));

    [TestMethod]
    public void Half_a_surrogate_pair_is_refused() => Assert.IsFalse(DistinguishedName.Parse("CN=a" + (char)0xD800).Succeeded(out _, out _));

    [TestMethod]
    public void Limits_hold_for_text_and_for_attributes()
    {
        Assert.IsFalse(DistinguishedName.Parse("CN=" + new string('a', 9000)).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
        Assert.IsFalse(DistinguishedName.Parse(string.Join(',', Enumerable.Repeat("OU=a", 129))).Succeeded(out _, out refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
    }

    [TestMethod]
    public void The_encoding_starts_with_the_common_name_unless_told_otherwise()
    {
        Assert.AreEqual("CN", NameAttributes.KeywordOf(ThrowawayPki.Name("C=SE,CN=a").Rdns[0].Attributes[0].Oid));
        DistinguishedName x500 = DistinguishedName.Parse("CN=a,C=SE", new NameOptions { LdapOrder = false }).OrThrow();
        Assert.AreEqual("C", NameAttributes.KeywordOf(x500.Rdns[0].Attributes[0].Oid));
        Assert.AreEqual("CN=a,C=SE", x500.ToString());
        Assert.AreEqual(x500, ThrowawayPki.Name("CN=a,C=SE"));
        Assert.IsFalse(x500.EncodedEquals(ThrowawayPki.Name("CN=a,C=SE")));
    }

    [TestMethod]
    [DataRow("CN", UniversalTagNumber.UTF8String)]
    [DataRow("C", UniversalTagNumber.PrintableString)]
    [DataRow("SN", UniversalTagNumber.PrintableString)]
    [DataRow("DN", UniversalTagNumber.PrintableString)]
    [DataRow("E", UniversalTagNumber.IA5String)]
    [DataRow("DC", UniversalTagNumber.IA5String)]
    [DataRow("unstructuredAddress", UniversalTagNumber.IA5String)]
    [DataRow("unstructuredName", UniversalTagNumber.UTF8String)]
    public void Each_kind_has_its_string_type(string keyword, UniversalTagNumber type) =>
        Assert.AreEqual(type, ThrowawayPki.Name($"{keyword}=SE").Rdns[0].Attributes[0].StringType);

    [TestMethod]
    public void Printable_strings_can_be_preferred_where_they_fit()
    {
        var options = new NameOptions { UsePrintableString = true };
        DistinguishedName name = DistinguishedName.Parse("CN=plain,O=mit Ümlaut", options).OrThrow();
        Assert.AreEqual(UniversalTagNumber.PrintableString, name.Rdns[0].Attributes[0].StringType);
        Assert.AreEqual(UniversalTagNumber.UTF8String, name.Rdns[1].Attributes[0].StringType);
    }

    [TestMethod]
    public void A_plus_joins_attributes_when_the_profile_allows_it()
    {
        DistinguishedName name = DistinguishedName.Parse("CN=a+SN=1,O=b", new NameOptions { MultiValuedRdns = true }).OrThrow();
        Assert.HasCount(2, name.Rdns);
        Assert.HasCount(2, name.Rdns[0].Attributes);
        Assert.AreEqual(name, Der.Decode<DistinguishedName>(name.Encoded).OrThrow());
    }

    [TestMethod]
    [DataRow("CN=ab,O=c", "cn=AB,o=C", true, DisplayName = "case")]
    [DataRow("CN=a  b", "CN=a b", true, DisplayName = "runs of spaces")]
    [DataRow("CN=a,O=b", "O=b,CN=a", true, DisplayName = "direction")]
    [DataRow("CN=ab", "CN=a b", false, DisplayName = "a space more")]
    [DataRow("OU=a,OU=b", "OU=b,OU=a", false, DisplayName = "order within a kind")]
    [DataRow("CN=a,O=b", @"CN=a\,O\=b", false, DisplayName = "a value that looks like two")]
    public void Equality_is_that_of_the_canonical_text(string left, string right, bool equal)
    {
        Assert.AreEqual(equal, ThrowawayPki.Name(left).Equals(ThrowawayPki.Name(right)));
        Assert.IsTrue(!equal || ThrowawayPki.Name(left).GetHashCode() == ThrowawayPki.Name(right).GetHashCode());
    }
}
