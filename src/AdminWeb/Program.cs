using AdminWeb;
using Pki.Hosting;

return await HostProgram.RunAsync(() => AdminWebHost.Build(args));
