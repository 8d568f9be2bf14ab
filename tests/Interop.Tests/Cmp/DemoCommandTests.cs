using Pki.Protocols.X509;
using TestKit;

namespace Interop.Tests.Cmp;

/// <summary>The commands for OpenSSL that the demo prints do what they promise: run exactly as printed.</summary>
[TestClass, NeedsTool("openssl")]
public sealed class DemoCommandTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task They_enrol_for_an_RA_and_for_a_registered_device_and_update()
    {
        using var shell = new Tool("/bin/sh");
        string[] commands = CommandsIn(Demo.Printed);
        Assert.HasCount(6, commands);

        (await shell.RunAsync(["-ec", string.Join('\n', commands)], TestContext.CancellationToken)).EndedWith(0);

        Assert.AreEqual("CN=device7,O=Demo", SubjectOf("device.pem"));
        Assert.AreEqual("CN=device8,O=Demo", SubjectOf("device8.pem"));
        Assert.AreEqual("CN=device8,O=Demo", SubjectOf("device8-new.pem"));

        string SubjectOf(string file) => Certificate.FromPem(File.ReadAllText(shell.File(file))).OrThrow().Subject.ToString();
    }

    [TestMethod]
    public void The_proof_at_the_start_told_both_ways() =>
        Assert.HasCount(2, Demo.Printed.Split('\n').Where(line => line.Contains("CMP proxy  looked at its shape", StringComparison.Ordinal)).ToArray());

    [TestMethod]
    public void The_README_shows_the_same_commands()
    {
        string port = new Uri(Demo.Setting("cmpUrl")).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string printed = Demo.Printed.Replace(Demo.Root, "var", StringComparison.Ordinal).Replace($":{port} ", ":8081 ", StringComparison.Ordinal);
        CollectionAssert.AreEqual(CommandsIn(printed), CommandsIn(File.ReadAllText(Readme())));
    }

    /// <summary>The commands that use CMP, continued lines in one.</summary>
    private static string[] CommandsIn(string text) =>
    [
        .. text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .Where(line => line.StartsWith("openssl genrsa", StringComparison.Ordinal) || line.StartsWith("openssl cmp", StringComparison.Ordinal)),
    ];

    private static string Readme()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Pki.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("There is no solution above the tests.");
        }

        return Path.Combine(folder.FullName, "README.md");
    }
}
