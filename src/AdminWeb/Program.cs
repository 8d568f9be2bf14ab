using AdminWeb;
using Microsoft.Extensions.Options;
using Pki.Hosting;

try
{
    await using WebApplication app = AdminWebHost.Build(args);
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is OptionsValidationException or KeyStoreException or InvalidOperationException or InvalidDataException or IOException or ArgumentException)
{
    // What the person who starts this can put right. The message names the configuration key.
    await Console.Error.WriteLineAsync(AdminWebHost.Explain(e));
    return 1;
}
