using System.CommandLine;
using System.Text;
using Pki.Cli.Configuration;
using Pki.Protocols.Trust;

namespace Pki.Cli.Commands;

/// <summary>Options that several groups have, and what they mean.</summary>
internal static class Shared
{
    public static Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Do it without asking." };

    public static Option<string?> Out { get; } = new("--out", "-o") { Description = "Write to this file instead of standard output.", HelpName = "FILE" };

    public static Option<int> Limit { get; } = new("--limit") { Description = "The most rows.", HelpName = "N", DefaultValueFactory = _ => 100 };

    /// <summary>Goes on only with <c>--yes</c>. Nothing is asked: a script must not hang, and a person can repeat the line.</summary>
    public static void Confirm(Call call, string consequence)
    {
        if (!call.Get(Yes))
        {
            throw CliException.Usage(consequence, "If that is what you want, run it again with --yes.");
        }
    }

    /// <summary>Writes a public result where <c>--out</c> says.</summary>
    public static async Task WriteAsync(Call call, byte[] content, bool isText)
    {
        if (call.Get(Out) is { } file)
        {
            PrivateFile.WritePublic(call.Terminal.FullPath(file), content);
        }
        else if (isText)
        {
            call.Printer.Raw(Encoding.UTF8.GetString(content));
        }
        else
        {
            await using Stream output = Console.OpenStandardOutput();
            await output.WriteAsync(content, call.Cancel);
        }
    }

    /// <summary>The first line of a file, or of standard input for <c>-</c>.</summary>
    public static async Task<Secret> ReadSecretAsync(Call call, string file) => Secret.FromText((await ReadTextAsync(call, file)).Split('\n')[0].TrimEnd('\r'));

    /// <summary>A text file, or standard input for <c>-</c>.</summary>
    public static async Task<string> ReadTextAsync(Call call, string file) =>
        file == "-" ? await Console.In.ReadToEndAsync(call.Cancel) : await File.ReadAllTextAsync(call.Terminal.FullPath(file), call.Cancel);
}
