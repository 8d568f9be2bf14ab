using Ca.Core.Recovery;
using ExtRa.Messages.Contract;
using ExtRa.Processing;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker.Processors;

/// <summary>Hands a registered end entity its key store (EXTERNAL_RA.md X-26).</summary>
internal sealed class KeyStoreRetrievalRequestProcessor(KeyStoreRetrieval retrieval) : IRequestProcessor<KeyStoreRetrievalRequest>
{
    public async Task<Answer> ProcessAsync(KeyStoreRetrievalRequest request, ProcessingContext context, CancellationToken cancel)
    {
        var order = new RetrievalOrder(context.Actor, context.Key, request.Username, request.Password);
        return Answers.From(await retrieval.RetrieveAsync(order, context.Work, cancel), retrieved => Pack(request, retrieved));
    }

    public Response Refuse(KeyStoreRetrievalRequest request, Refusal refusal) => KeyStoreRetrievalResponse.Failure(request.RequestId, refusal.Code);

    private static KeyStoreRetrievalResponse Pack(KeyStoreRetrievalRequest request, RetrievedKeyStore retrieved)
    {
        using KeyStore store = retrieved.Store;
        byte[] file = retrieved.Form == KeyStoreForm.Pem
            ? KeyStorePackage.ToPem(store, request.Password)
            : KeyStorePackage.ToPkcs12(store, request.Password, request.Username);
        return KeyStoreRetrievalResponse.Issued(request.RequestId, (int)retrieved.Form, file);
    }
}
