using Pki.Cli.Configuration;

namespace Pki.Cli.Tests;

[TestClass]
public sealed class PrivateFileTests
{
    [TestMethod]
    public void A_secret_is_made_once_and_only_its_owner_reads_it()
    {
        using var scratch = new Scratch();
        string path = scratch.File("secret");
        PrivateFile.EnsureSecret(path);
        string first = File.ReadAllText(path);
        PrivateFile.EnsureSecret(path);
        Assert.AreEqual(first, File.ReadAllText(path));
        Assert.AreEqual(33, first.Length); // 32 characters and the end of the line
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [TestMethod]
    public void What_a_killed_program_left_behind_is_no_obstacle()
    {
        using var scratch = new Scratch();
        string path = scratch.File("file");
        File.WriteAllText($"{path}.{Environment.ProcessId}.new", "half");
        PrivateFile.WritePublic(path, "whole");
        Assert.AreEqual("whole", File.ReadAllText(path));
        Assert.HasCount(1, Directory.GetFiles(scratch.Path));
    }
}
