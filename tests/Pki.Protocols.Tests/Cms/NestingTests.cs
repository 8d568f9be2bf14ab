using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;

namespace Pki.Protocols.Tests.Cms;

/// <summary>SCEP.md L-01: depth at most 32, checked before anything descends.</summary>
[TestClass]
public sealed class NestingTests
{
    [TestMethod]
    public void Thirty_two_levels_pass_and_thirty_three_do_not()
    {
        Nesting.ThrowIfTooDeep(Definite(32));
        Assert.ThrowsExactly<LimitExceededException>(() => Nesting.ThrowIfTooDeep(Definite(33)));
    }

    [TestMethod]
    public void Indefinite_lengths_count_alike()
    {
        Nesting.ThrowIfTooDeep(Indefinite(32));
        Assert.ThrowsExactly<LimitExceededException>(() => Nesting.ThrowIfTooDeep(Indefinite(33)));
    }

    [TestMethod]
    public void Siblings_are_not_levels()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            for (int i = 0; i < 1000; i++)
            {
                writer.PushSequence().Dispose();
            }
        }

        Nesting.ThrowIfTooDeep(writer.Encode());
    }

    [TestMethod]
    public void A_message_of_ten_thousand_levels_is_refused_as_too_large()
    {
        byte[] deep = [.. Enumerable.Repeat((byte[])[0x30, 0x80], 10_000).SelectMany(each => each), .. new byte[20_000]];
        Assert.IsFalse(SignedData.Decode(deep).Succeeded(out _, out Refusal? refusal));
        Assert.AreEqual(RefusalCode.TooLarge, refusal.Code);
    }

    [TestMethod]
    [DataRow("30", DisplayName = "a tag without a length")]
    [DataRow("3084", DisplayName = "a length without its octets")]
    [DataRow("30847FFFFFFF", DisplayName = "longer than the input")]
    [DataRow("3084FFFFFFFF", DisplayName = "a negative length")]
    [DataRow("0480", DisplayName = "an indefinite length on a primitive")]
    [DataRow("1FFFFFFFFFFF7F00", DisplayName = "an endless tag")]
    [DataRow("30800000", DisplayName = "an empty indefinite sequence")]
    [DataRow("3080", DisplayName = "an indefinite sequence without its end")]
    public void What_is_not_BER_is_left_to_the_decoder(string hex) => Nesting.ThrowIfTooDeep(Convert.FromHexString(hex));

    private static byte[] Definite(int depth)
    {
        byte[] value = [];
        for (int i = 0; i < depth; i++)
        {
            value = [0x30, (byte)value.Length, .. value];
        }

        return value;
    }

    private static byte[] Indefinite(int depth) => [.. Enumerable.Repeat((byte[])[0x30, 0x80], depth).SelectMany(each => each), .. new byte[2 * depth]];
}
