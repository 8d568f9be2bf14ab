using System.CommandLine;
using Pki.Bench;

Option<string> pki = new("--pki") { Description = "pki.dll of the build to measure", Required = true };
Option<int> count = new("--count") { Description = "enrolments per run", DefaultValueFactory = _ => 1000 };
Option<int[]> clients = new("--clients") { Description = "parallel clients, one run each", DefaultValueFactory = _ => [1, 4, 16, 64], AllowMultipleArgumentsPerToken = true };
Option<bool> peer = new("--peer") { Description = "only micromdm's scepserver; run inside a network namespace of its own" };

var root = new RootCommand("Measures the whole path: SCEP over HTTP, message database, CA. Ratios of one run are what to trust.") { pki, count, clients, peer };
root.SetAction(async (result, cancel) => result.GetValue(peer)
    ? await PeerBench.RunAsync(result.GetValue(count), result.GetValue(clients)!, cancel)
    : await ScepBench.RunAsync(result.GetValue(pki)!, result.GetValue(count), result.GetValue(clients)!, cancel));
return await root.Parse(args).InvokeAsync();
