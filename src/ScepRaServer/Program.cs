using Pki.Hosting;
using ScepRaServer;

return await HostProgram.RunAsync(() => ScepRaHost.Build(args));
