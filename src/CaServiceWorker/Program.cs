using CaServiceWorker;
using Pki.Hosting;

try
{
    using IHost host = Composition.Build(args);
    if (host.Services.GetService<SingleRun>() is { } once)
    {
        return await once.RunAsync(host) ? 0 : 1;
    }

    await host.RunUntilToldAsync();
    return 0;
}
catch (Exception fault) when (Faults.IsConfiguration(fault))
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}
