using Ca.Core.Keys;
using Pki.Cli.Configuration;
using Pki.Protocols.Trust;

namespace Pki.Cli.Commands;

/// <summary>Crypto tokens and the files that hold their PINs.</summary>
internal static class TokenPins
{
    private const string Setting = "Ca:TokenPinFiles";

    /// <summary>Makes sure that a token is there and open in this process.</summary>
    public static async Task EnsureTokenAsync(Call call, string token, string? pinFile)
    {
        string? configured = call.Configuration.Root[$"{Setting}:{token}"];
        string file = call.Terminal.FullPath(pinFile ?? configured ?? throw new CliException(
            $"Nothing tells the PIN of crypto token '{token}'.",
            $"Set {Setting}:{token} to a file in '{call.Configuration.Path}' (it is made if it does not exist), or use --pin-file."));
        bool exists = (await call.Ca.Tokens.ListAsync(call.Cancel)).Any(known => known.Name == token);
        if (!exists)
        {
            PrivateFile.EnsureSecret(file);
        }

        using Secret pin = ReadPin(file);
        Outcome<TokenView> opened = exists
            ? await call.Ca.Tokens.ActivateAsync(call.Ca.Operator, token, pin, call.Cancel)
            : await call.Ca.Tokens.CreateAsync(call.Ca.Operator, token, pin, call.Cancel);
        opened.OrFail($"Check the PIN in '{file}'.");
        if (configured is null)
        {
            call.Printer.Warn($"The worker cannot open crypto token '{token}' by itself: set {Setting}:{token} to '{file}' in its configuration.");
        }
    }

    private static Secret ReadPin(string file) => File.Exists(file)
        ? Secret.FromText(File.ReadAllText(file).TrimEnd('\r', '\n'))
        : throw new CliException($"The PIN file '{file}' does not exist.", "Without its PIN the token cannot be opened; bring the file back.");
}
