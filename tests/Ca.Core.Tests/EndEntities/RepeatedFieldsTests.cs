using Ca.Core.EndEntities;
using Ca.Core.Profiles;
using Pki.Protocols.Trust;

namespace Ca.Core.Tests.EndEntities;

/// <summary>CA_CORE §6.1: a field that is there several times rules one value each; a free one takes nothing from a fixed one.</summary>
[TestClass]
public sealed class RepeatedFieldsTests
{
    private static readonly ProfileField Fixed = new() { Type = "OU", Value = "Acme Devices", Required = true, Modifiable = false };
    private static readonly ProfileField Free = new() { Type = "OU" };
    private static readonly ProfileField Com = new() { Type = "OU", Value = "com", Modifiable = false };
    private static readonly ProfileField Example = new() { Type = "OU", Value = "example", Modifiable = false };
    private static readonly ProfileField Either = new() { Type = "OU", Value = "com;example", Modifiable = false };

    private static Dictionary<string, ProfileField[]> Profiles { get; } = new()
    {
        ["fixed, free"] = [Fixed, Free],
        ["com, example"] = [Com, Example],
        ["either, com"] = [Either, Com],
        ["required, required"] = [Free with { Required = true }, Free with { Required = true }],
    };

    [TestMethod]
    [DataRow("fixed, free", "Acme Devices", true)]
    [DataRow("fixed, free", "Acme Devices|Anything", true)]
    [DataRow("fixed, free", "Anything|Acme Devices", true)]
    [DataRow("fixed, free", "Anything", false, DisplayName = "the free field does not stand in for the required one")]
    [DataRow("fixed, free", "Anything|Else", false)]
    [DataRow("fixed, free", "", false)]
    [DataRow("com, example", "com|example", true)]
    [DataRow("com, example", "example", true)]
    [DataRow("com, example", "com|com", false, DisplayName = "one fixed value in the place of two")]
    [DataRow("either, com", "com|example", true, DisplayName = "the first must give way to the second")]
    [DataRow("either, com", "example|example", false)]
    [DataRow("required, required", "a|", false, DisplayName = "an empty value fills nothing")]
    [DataRow("required, required", "a|a", true)]
    public void Each_value_has_a_field_of_its_own(string profile, string values, bool fits)
    {
        (string, string)[] given = [.. values.Length == 0 ? [] : values.Split('|').Select(value => (NameFields.SubjectKey("OU"), value))];
        Refusal? refusal = NameFields.CheckCounts("subject", Profiles[profile], any: false, given, NameFields.SubjectKey)
            ?? NameFields.CheckValues("subject", Profiles[profile], any: false, given, NameFields.SubjectKey);
        Assert.AreEqual(fits, refusal is null, refusal?.Detail);
    }

    [TestMethod]
    public void Where_any_number_is_allowed_a_value_needs_no_field_of_its_own()
    {
        Assert.IsNull(Check("com", "com"));
        Assert.IsNotNull(Check("com", "net"), "but one that it fits");

        static Refusal? Check(params string[] values) =>
            NameFields.CheckValues("subject", [Com], any: true, [.. values.Select(value => (NameFields.SubjectKey("OU"), value))], NameFields.SubjectKey);
    }
}
