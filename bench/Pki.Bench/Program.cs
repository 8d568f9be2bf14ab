using System.CommandLine;
using Pki.Bench;

Option<string> pki = new("--pki") { Description = "pki.dll of the build to measure", DefaultValueFactory = _ => "pki.dll" };
Option<int> count = new("--count") { Description = "enrolments per run", DefaultValueFactory = _ => 1000 };
Option<int[]> clients = new("--clients") { Description = "parallel clients, one run each", DefaultValueFactory = _ => [1, 4, 16, 64], AllowMultipleArgumentsPerToken = true };
Option<string?> site = new("--site") { Description = "demo.json of a running demo to load instead of one of its own, for a profiler" };
Option<bool> peer = new("--peer") { Description = "only micromdm's scepserver; run inside a network namespace of its own" };
Option<bool> cmp = new("--cmp") { Description = "only CMP: ir and certConf, beside OpenSSL's mock server" };
Option<int?> queue = new("--queue") { Description = "only the mailbox, with so many answered rows in it" };

var root = new RootCommand("Measures the whole path: SCEP or CMP over HTTP, message database, CA. Ratios of one run are what to trust.") { pki, count, clients, site, peer, cmp, queue };
root.SetAction(async (result, cancel) => result.GetValue(queue) is { } rows ? await QueueBench.RunAsync(rows, cancel)
    : result.GetValue(cmp) ? await CmpBench.RunAsync(result.GetValue(pki)!, result.GetValue(count), result.GetValue(clients)!, cancel)
    : result.GetValue(peer) ? await PeerBench.RunAsync(result.GetValue(count), result.GetValue(clients)!, cancel)
    : await ScepBench.RunAsync(result.GetValue(pki)!, result.GetValue(site), result.GetValue(count), result.GetValue(clients)!, cancel));
return await root.Parse(args).InvokeAsync();
