using CmpProxy;
using Microsoft.Extensions.Options;
using Pki.Hosting;

try
{
    await using WebApplication app = CmpProxyHost.Build(args);
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is OptionsValidationException or KeyStoreException or InvalidOperationException or InvalidDataException or IOException)
{
    // What the person who starts this can put right. The message names the configuration key.
    await Console.Error.WriteLineAsync(CmpProxyHost.Explain(e));
    return 1;
}
