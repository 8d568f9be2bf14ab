using CaServiceWorker;

using IHost host = Composition.Build(args);
await host.RunAsync();
