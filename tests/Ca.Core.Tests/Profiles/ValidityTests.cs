using Ca.Core.Profiles;

namespace Ca.Core.Tests.Profiles;

/// <summary>CA_CORE §4.1, §5.2: how long something is valid, as texts.</summary>
[TestClass]
public sealed class ValidityTests
{
    private static readonly DateTimeOffset Start = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [TestMethod]
    [DataRow("730", "2028-06-30T12:00:00Z")]
    [DataRow("730d", "2028-06-30T12:00:00Z")]
    [DataRow(" 1y ", "2027-07-01T12:00:00Z")]
    [DataRow("10y 9mo 8d", "2037-04-02T12:00:00Z")]
    [DataRow("10y9mo8d", "2037-04-02T12:00:00Z")]
    [DataRow("1h 30m 15s", "2026-07-01T13:30:15Z")]
    [DataRow("2040-01-31", "2040-01-31T00:00:00Z")]
    [DataRow("2040-01-31 10:20", "2040-01-31T10:20:00Z")]
    [DataRow("3000000", "9999-12-31T23:59:59Z", DisplayName = "beyond the calendar: its end")]
    public void Days_lengths_and_dates_are_read(string text, string end) =>
        Assert.AreEqual(end, Validity.Parse(text).OrThrow().EndFrom(Start).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null));

    [TestMethod]
    [DataRow("")]
    [DataRow("0")]
    [DataRow("0d")]
    [DataRow("-5")]
    [DataRow("5 weeks")]
    [DataRow("8d 9mo", DisplayName = "units in the wrong order")]
    [DataRow("99999999d")]
    [DataRow("2040-13-01")]
    public void Anything_else_is_refused(string text) => Assert.IsFalse(Validity.Parse(text).Succeeded(out _, out _));
}
