namespace Pki.Cli.Tests;

/// <summary>Parsing, help and exit codes (CA_CORE.md 14).</summary>
[TestClass]
public sealed class CommandLineTests
{
    [TestMethod]
    public async Task Help_tells_the_exit_codes_and_where_the_configuration_comes_from()
    {
        Run run = await Run.PkiAsync("--help");
        Assert.AreEqual(ExitCode.Success, run.Code);
        StringAssert.Contains(run.Out, "0 success, 1 functional error, 2 authorisation error, 3 usage error", StringComparison.Ordinal);
        StringAssert.Contains(run.Out, "PKI_CONFIG", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow("nonsense", DisplayName = "an unknown command")]
    [DataRow("--nonsense", DisplayName = "an unknown option")]
    [DataRow("--config", DisplayName = "an option without its value")]
    [DataRow("scep caps nonsense", DisplayName = "a server that is no URL")]
    [DataRow("scep ca file:///etc/passwd", DisplayName = "a server that is a file")]
    public async Task A_wrong_command_line_is_a_usage_error(string args)
    {
        Run run = await Run.PkiAsync(args.Split(' '));
        Assert.AreEqual(ExitCode.UsageError, run.Code);
        StringAssert.StartsWith(run.Error, "error: ", StringComparison.Ordinal);
        StringAssert.Contains(run.Error, "what to do: pki", StringComparison.Ordinal);
        Assert.AreEqual("", run.Out);
    }
}
