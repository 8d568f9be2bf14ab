namespace Architecture.Tests;

/// <summary>The rules that must not erode: who may know whom, and how big a room may grow (STYLE.md 3 and 5).</summary>
[TestClass]
public sealed class HouseRulesTests
{
    private const string Event = "[LoggerMessage(";
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Pki.Protocols"] = [],
        ["Pki.PrivateServers"] = [],
        ["Pki.Hosting"] = ["Pki.Protocols"],
        ["ExtRa.Messages"] = ["Pki.Protocols"],
        ["ExtRa.Legacy"] = ["ExtRa.Messages", "Pki.Protocols"],
        ["Ca.Core"] = ["Pki.Protocols"],
        ["Ca.Cmp"] = ["Ca.Core", "Pki.Protocols"],
        ["ExtRa.Processing"] = ["ExtRa.Messages", "Ca.Core"],
        ["ScepRaServer"] = ["ExtRa.Messages", "ExtRa.Legacy", "Pki.Protocols", "Pki.Hosting"],
        ["CmpProxy"] = ["ExtRa.Messages", "Pki.Protocols", "Pki.Hosting"],
        ["CaServiceWorker"] = ["ExtRa.Processing", "Ca.Cmp", "ExtRa.Messages", "ExtRa.Legacy", "Ca.Core", "Pki.Protocols", "Pki.Hosting"],
        ["AdminWeb"] = ["ExtRa.Messages", "Ca.Core", "Pki.Protocols", "Pki.Hosting"],
        ["Pki.Migration"] = ["Ca.Core", "Pki.Protocols"],
        ["Pki.Cli"] = ["ExtRa.Messages", "ExtRa.Legacy", "Ca.Core", "Pki.Migration", "Pki.Protocols", "Pki.Hosting", "Pki.PrivateServers"],
    };

    [TestMethod]
    public void Projects_know_only_whom_they_may_know()
    {
        foreach ((string project, IReadOnlySet<string> references) in House.Arrows("src"))
        {
            Assert.IsTrue(Allowed.TryGetValue(project, out string[]? allowed), $"'{project}' is not in the plan of the house.");
            Assert.IsEmpty(references.Except(allowed), $"{project} may not reference {string.Join(", ", references.Except(allowed))}.");
        }
    }

    [TestMethod]
    public void Nobody_references_a_host()
    {
        string[] hosts = ["ScepRaServer", "CmpProxy", "CaServiceWorker", "AdminWeb"];
        foreach ((string project, IReadOnlySet<string> references) in House.Arrows("src"))
        {
            Assert.IsEmpty(references.Intersect(hosts), $"{project} references a host.");
        }
    }

    [TestMethod]
    public void The_protocols_use_nothing_but_the_platform() =>
        Assert.IsEmpty(House.Packages("Pki.Protocols").Except(["System.Security.Cryptography.Pkcs"]));

    [TestMethod]
    [DataRow("DateTime.Now")]
    [DataRow("DateTime.UtcNow")]
    [DataRow("DateTimeOffset.Now")]
    [DataRow("DateTimeOffset.UtcNow")]
    [DataRow("Guid.NewGuid")]
    [DataRow("new Random(")]
    [DataRow("Thread.Sleep")]
    [DataRow("NotImplementedException")]
    [DataRow("TODO")]
    public void The_product_never_says(string words)
    {
        string[] files = [.. House.Sources("src").Where(file => File.ReadAllText(file).Contains(words, StringComparison.Ordinal))];
        Assert.IsEmpty(files, string.Join(", ", files));
    }

    [TestMethod]
    [DataRow("ILogger")]
    [DataRow("TimeProvider.System")]
    [DataRow("File.")]
    [DataRow("HttpClient")]
    public void The_protocols_do_no_input_or_output(string words)
    {
        string[] files = [.. House.Sources("src/Pki.Protocols").Where(file => File.ReadAllText(file).Contains(words, StringComparison.Ordinal))];
        Assert.IsEmpty(files, string.Join(", ", files));
    }

    [TestMethod]
    public void Every_file_can_be_read_in_one_sitting()
    {
        const int limit = 400;
        string[] files = [.. House.Sources("src").Where(file => File.ReadLines(file).Count() > limit)];
        Assert.IsEmpty(files, string.Join(", ", files));
    }

    /// <summary>Alarms are set by number.</summary>
    [TestMethod]
    public void Every_log_event_has_a_number_of_its_own()
    {
        string[] numbers = [.. House.Sources("src").SelectMany(File.ReadLines).Select(line => line.Trim()).Where(line => line.StartsWith(Event, StringComparison.Ordinal))
            .Select(line => line[Event.Length..line.IndexOf(',', StringComparison.Ordinal)])];
        Assert.IsNotEmpty(numbers);
        Assert.IsEmpty(numbers.GroupBy(number => number, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => same.Key));
    }

    /// <summary>FLAWS.md C, D and E: a fault of the predecessor that somebody could bring back has a test that carries its number.</summary>
    [TestMethod]
    [DataRow('C', 9)]
    [DataRow('D', 9)]
    [DataRow('E', 14)]
    public void Every_flaw_of_the_predecessor_has_its_test(char section, int flaws)
    {
        string[] named = [.. House.Sources("tests").SelectMany(File.ReadLines).Where(line => line.Contains(" Flaw_", StringComparison.Ordinal))
            .SelectMany(line => line.Split('_', '(').Where(word => word.Length is 2 or 3 && word[0] == section))];
        Assert.IsEmpty(Enumerable.Range(1, flaws).Select(number => $"{section}{number}").Except(named));
    }
}
