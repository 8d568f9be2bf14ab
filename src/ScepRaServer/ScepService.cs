using ScepRaServer.Aliases;
using ScepRaServer.Http;
using ScepRaServer.Observing;
using ScepRaServer.Operations;
using ScepRaServer.Publications;

namespace ScepRaServer;

/// <summary>Decides every call.</summary>
internal interface IScepService
{
    /// <summary>Decides one call.</summary>
    Task<ScepReply> DecideAsync(ScepCall call, CancellationToken cancel);
}

/// <summary>
/// Decides every call. What is not a PKI operation is answered from memory: no database, no key, also while both are
/// out of reach (SCEP.md C-04, G-10).
/// </summary>
internal sealed class ScepService(AliasBook aliases, NextCaCertificates nextCas, PkiOperationService pki, ScepMetrics metrics) : IScepService
{
    public async Task<ScepReply> DecideAsync(ScepCall call, CancellationToken cancel)
    {
        switch (call)
        {
            case ScepCall.Capabilities(var path, var identifier):
                return Answer("GetCACaps", aliases.OfIdentifier(path.Alias, identifier), alias => alias.Capabilities.Reply(nextCas.Of(alias) is not null));
            case ScepCall.CaCertificates(var path, var identifier, var oldChain):
                return Answer("GetCACert", aliases.OfIdentifier(path.Alias, identifier), alias => oldChain ? alias.OldCaCertificates : alias.CaCertificates);
            case ScepCall.NextCaCertificate(var path, var identifier):
                return Answer("GetNextCACert", aliases.OfIdentifier(path.Alias, identifier), nextCas.Of);
            case ScepCall.PkiOperation operation:
                return await pki.HandleAsync(operation, cancel);
            case ScepCall.Unreadable(var status, var text):
                metrics.Count("none", "refused");
                return new ScepReply.NotScep(status, text);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private ScepReply Answer(string operation, ScepAlias? alias, Func<ScepAlias, ScepReply.Document?> document)
    {
        ScepReply.Document? found = alias is null ? null : document(alias);
        metrics.Count(operation, found is null ? "refused" : "success");
        return found is not null ? found : new ScepReply.NotScep(StatusCodes.Status404NotFound, "not found");
    }
}
