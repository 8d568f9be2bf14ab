using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.X509;

/// <summary>RFC 5280 §4.1.2.2, CA_CORE.md §2.2.</summary>
[TestClass]
public sealed class SerialNumberTests
{
    [TestMethod]
    [DataRow("0201 00", "0", "0", false, DisplayName = "zero")]
    [DataRow("0201 05", "5", "5", true)]
    [DataRow("0202 00FF", "ff", "255", true, DisplayName = "a top bit needs a leading zero")]
    [DataRow("0201 FB", "-5", "-5", false, DisplayName = "negative")]
    [DataRow("0202 0ABC", "abc", "2748", true, DisplayName = "an odd number of digits")]
    [DataRow("0214 7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", "7fffffffffffffffffffffffffffffffffffffff", "730750818665451459101842416358141509827966271487", true, DisplayName = "twenty octets")]
    [DataRow("0215 00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", "ffffffffffffffffffffffffffffffffffffffff", "1461501637330902918203684832716283019655932542975", false, DisplayName = "twenty-one octets")]
    public void Both_texts_and_back(string der, string hex, string number, bool conforming)
    {
        SerialNumber serial = Der.Decode<SerialNumber>(Vector.Hex(der)).OrThrow();
        Assert.AreEqual(hex, serial.ToString());
        Assert.AreEqual(number, serial.ToDecimal());
        Assert.AreEqual(conforming, serial.IsConforming);
        Assert.AreEqual(serial, SerialNumber.FromHex(hex.ToUpperInvariant()).OrThrow());
        Assert.AreEqual(serial, SerialNumber.FromDecimal(number).OrThrow());
        CollectionAssert.AreEqual(Vector.Hex(der), Der.Encode(SerialNumber.FromHex(hex).OrThrow()));
    }

    [TestMethod]
    public void Numbers_are_compared_not_texts()
    {
        Assert.AreEqual(SerialNumber.FromHex("0000FF").OrThrow(), new SerialNumber(new byte[] { 0x00, 0xFF }));
        Assert.AreEqual(new SerialNumber(new byte[] { 0x00, 0x00, 0xFF }), new SerialNumber(new byte[] { 0x00, 0xFF }));
        Assert.AreNotEqual(new SerialNumber(new byte[] { 0xFF }), new SerialNumber(new byte[] { 0x00, 0xFF }));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("-")]
    [DataRow("xyz")]
    [DataRow("0x12")]
    [DataRow("1 2")]
    public void What_is_no_number_is_refused(string text) => Assert.IsFalse(SerialNumber.FromHex(text).Succeeded(out _, out _));

    [TestMethod]
    public void A_number_beyond_all_measure_is_refused()
    {
        Assert.IsFalse(SerialNumber.FromHex(new string('1', 200)).Succeeded(out _, out _));
        Assert.IsFalse(SerialNumber.FromDecimal(new string('1', 200)).Succeeded(out _, out _));
        Assert.IsFalse(Der.Decode<SerialNumber>(Vector.Hex("0241" + new string('1', 130))).Succeeded(out _, out _));
    }
}
