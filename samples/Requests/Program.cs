// Every request an RA program can make, a verb for each. Run it against the demo:
//   ./pki demo      and in another terminal:   dotnet run --project samples/Requests -- pkcs12 var
// The verb `recover` needs Ca:KeyRecovery at the worker, an end entity profile that lets keys be kept, and the right
// /ra_functionality/keyrecovery for the RA; the demo has none of them, and the CA says so.
using Pki.Protocols.Trust;
using Samples.Requests;

string[] verbs = ["edit", "certificate", "keystore", "pkcs12", "recover", "revoke", "card"];
if (args.Length == 0 || !verbs.Contains(args[0]))
{
    await Console.Error.WriteLineAsync($"usage: Requests {string.Join('|', verbs)} [FOLDER OF THE DEMO]");
    return 2;
}

await using Ra ra = await Ra.ConnectAsync(args.Length > 1 ? args[1] : "var");
var asks = new Asks(ra, $"sample-{Environment.ProcessId}");
Outcome<string> done = args[0] switch
{
    "edit" => await asks.EditAsync(),
    "certificate" => await asks.CertificateAsync(),
    "keystore" => await asks.KeyStoreAsync(),
    "pkcs12" => await asks.Pkcs12Async(),
    "recover" => await asks.RecoverAsync(),
    "revoke" => await asks.RevokeAsync(),
    _ => await asks.CardAsync(),
};
if (done.Succeeded(out string? text, out Refusal? refusal))
{
    await Console.Out.WriteLineAsync(text);
    return 0;
}

await Console.Error.WriteLineAsync($"Refused, {refusal.Code}: {refusal.Detail}");
return 1;
