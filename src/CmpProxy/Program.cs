using CmpProxy;
using Pki.Hosting;

return await HostProgram.RunAsync(() => CmpProxyHost.Build(args));
