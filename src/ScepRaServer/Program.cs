using Microsoft.Extensions.Options;
using Pki.Hosting;
using ScepRaServer;

try
{
    await using WebApplication app = ScepRaHost.Build(args);
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is OptionsValidationException or KeyStoreException or InvalidOperationException or InvalidDataException or IOException)
{
    // What the person who starts this can put right. The message names the configuration key.
    await Console.Error.WriteLineAsync(ScepRaHost.Explain(e));
    return 1;
}
