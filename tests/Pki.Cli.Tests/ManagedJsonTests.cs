using System.Text.Json.Nodes;
using Pki.Cli.Configuration;

namespace Pki.Cli.Tests;

[TestClass]
public sealed class ManagedJsonTests
{
    [TestMethod]
    public void What_the_program_manages_is_written_anew_and_what_a_person_changed_stays()
    {
        using var scratch = new Scratch();
        string path = scratch.File("conf.json");
        File.WriteAllText(path, """{ "A": { "Managed": 1, "Own": 2, "Added": [1] }, /* a person's remark */ "B": true, }""");
        ManagedJson.Write(
            path,
            managed: new JsonObject { ["A"] = new JsonObject { ["Managed"] = 10 } },
            initial: new JsonObject { ["A"] = new JsonObject { ["Own"] = 20, ["New"] = 30 }, ["B"] = false });
        JsonNode expected = JsonNode.Parse("""{ "A": { "Managed": 10, "Own": 2, "Added": [1], "New": 30 }, "B": true }""")!;
        Assert.IsTrue(JsonNode.DeepEquals(expected, JsonNode.Parse(File.ReadAllText(path))), File.ReadAllText(path));
    }

    [TestMethod]
    public void A_file_that_is_no_json_is_not_overwritten()
    {
        using var scratch = new Scratch();
        string path = scratch.File("conf.json");
        File.WriteAllText(path, "{ broken");
        CliException said = Assert.ThrowsExactly<CliException>(() => ManagedJson.Write(path, [], []));
        StringAssert.Contains(said.Message, path, StringComparison.Ordinal);
        Assert.AreEqual("{ broken", File.ReadAllText(path));
    }
}
