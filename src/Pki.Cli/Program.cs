using Pki.Cli;
using Pki.Cli.Output;

return (int)await CommandLine.RunAsync(args, Terminal.OfThisProcess());
