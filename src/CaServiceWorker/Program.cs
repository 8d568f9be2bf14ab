using CaServiceWorker;
using Pki.Hosting;

return await HostProgram.RunAsync(async () =>
{
    using IHost host = Composition.Build(args);
    if (host.Services.GetService<SingleRun>() is { } once)
    {
        return await once.RunAsync(host) ? 0 : 1;
    }

    await host.RunUntilToldAsync();
    return 0;
});
