using Pki.Migration.Settings;
using Pki.Protocols.Trust;

namespace Pki.Migration.Tests.Settings;

/// <summary>MIGRATION §6.1: JDBC URLs as connection strings.</summary>
[TestClass]
public sealed class JdbcUrlTests
{
    [TestMethod]
    [DataRow("jdbc:mysql://127.0.0.1/messages", "MariaDb", "Server=127.0.0.1;Database=messages;User ID=u;SslMode=Preferred")]
    [DataRow("jdbc:mysql://localhost:3307/messages?characterEncoding=UTF-8&useUnicode=true", "MariaDb", "Server=localhost;Port=3307;Database=messages;User ID=u;SslMode=Preferred")]
    [DataRow("jdbc:mariadb://db.example/m?useSSL=true&verifyServerCertificate=true", "MariaDb", "Server=db.example;Database=m;User ID=u;SslMode=VerifyCA")]
    [DataRow("jdbc:mysql://db.example/m?sslMode=VERIFY_IDENTITY", "MariaDb", "Server=db.example;Database=m;User ID=u;SslMode=VerifyFull")]
    [DataRow("jdbc:mysql://db.example/m?useSSL=false", "MariaDb", "Server=db.example;Database=m;User ID=u;SslMode=VerifyFull")]
    [DataRow("jdbc:postgresql://db.example:5433/m", "PostgreSql", "Host=db.example;Port=5433;Database=m;Username=u;SSL Mode=VerifyFull")]
    [DataRow("jdbc:postgresql://localhost/m", "PostgreSql", "Host=localhost;Database=m;Username=u")]
    [DataRow("jdbc:postgresql://db.example/m?sslmode=disable", "PostgreSql", "Host=db.example;Database=m;Username=u;SSL Mode=VerifyFull")]
    [DataRow("jdbc:postgresql://[::1]/m?ssl=true", "PostgreSql", "Host=::1;Database=m;Username=u;SSL Mode=VerifyFull")]
    [DataRow("jdbc:postgresql://db/m?sslmode=require&currentSchema=ra", "PostgreSql", "Host=db;Database=m;Username=u;SSL Mode=VerifyFull;Search Path=ra")]
    public void A_URL_becomes_a_connection_string(string jdbc, string dialect, string expected)
    {
        JdbcUrl translated = JdbcUrl.Translate(jdbc, "u", allowUnverified: false).OrThrow();
        Assert.AreEqual(dialect, translated.Dialect);
        Assert.AreEqual(expected, translated.ConnectionString, ignoreCase: true);
    }

    [TestMethod]
    [DataRow("jdbc:hsqldb:hsql://localhost/m", "hsqldb", DisplayName = "an engine there is no driver for")]
    [DataRow("jdbc:oracle:thin:@db:1521:m", "oracle", DisplayName = "Oracle")]
    [DataRow("mysql://localhost/m", "JDBC", DisplayName = "no JDBC URL")]
    [DataRow("jdbc:mysql://localhost/", "names no database", DisplayName = "no database")]
    [DataRow("jdbc:mysql://u:secretword@localhost/m", "user information", DisplayName = "a password inside")]
    [DataRow("jdbc:mysql://a:1,b:2/m", "one host", DisplayName = "several hosts")]
    public void What_cannot_be_translated_says_why(string jdbc, string expected)
    {
        Assert.IsFalse(JdbcUrl.Translate(jdbc, "u", allowUnverified: false).Succeeded(out _, out Refusal? refusal));
        Assert.Contains(expected, refusal.Detail);
        Assert.DoesNotContain("secretword", refusal.Detail);
    }

    [TestMethod]
    public void A_plain_connection_to_another_host_needs_an_option()
    {
        Assert.Contains("preferred", JdbcUrl.Translate("jdbc:mysql://db.example/m", "u", allowUnverified: true).OrThrow().ConnectionString.ToLowerInvariant());
        Assert.Contains("require", JdbcUrl.Translate("jdbc:postgresql://db.example/m?sslmode=require", "u", allowUnverified: true).OrThrow().ConnectionString.ToLowerInvariant());
    }

    [TestMethod]
    public void A_password_with_any_character_is_quoted() =>
        Assert.Contains("Password=\"a;b='c\"", JdbcUrl.Translate("jdbc:postgresql://h/m", "u", false).OrThrow().WithPassword("a;b='c"), StringComparison.OrdinalIgnoreCase);
}
