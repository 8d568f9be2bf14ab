using ExtRa.Messages.Contract;
using Pki.Protocols.Trust;

namespace ExtRa.Messages.Client;

/// <summary>
/// One request and its own kind of answer: what the CA refused is a refusal here, with the reason it gave; an answer of
/// another class or to another request is not accepted. Several requests in one message: <see cref="ExtRaClient.SendAsync"/>.
/// </summary>
public static class TypedRequests
{
    extension(ExtRaClient client)
    {
        /// <summary>A certificate for a PKCS#10.</summary>
        public Task<Outcome<ExtRaReply<PKCS10Response>>> AskAsync(PKCS10Request request, TimeSpan timeout, CancellationToken cancel) =>
            OneAsync<PKCS10Response>(client, request, timeout, cancel);

        /// <summary>A key made at the CA, and its certificate.</summary>
        public Task<Outcome<ExtRaReply<PKCS12Response>>> AskAsync(PKCS12Request request, TimeSpan timeout, CancellationToken cancel) =>
            OneAsync<PKCS12Response>(client, request, timeout, cancel);

        /// <summary>A key that the CA keeps.</summary>
        public Task<Outcome<ExtRaReply<PKCS12Response>>> AskAsync(KeyRecoveryRequest request, TimeSpan timeout, CancellationToken cancel) =>
            OneAsync<PKCS12Response>(client, request, timeout, cancel);

        /// <summary>The key store of a registered end entity.</summary>
        public Task<Outcome<ExtRaReply<KeyStoreRetrievalResponse>>> AskAsync(KeyStoreRetrievalRequest request, TimeSpan timeout, CancellationToken cancel) =>
            OneAsync<KeyStoreRetrievalResponse>(client, request, timeout, cancel);

        /// <summary>A certificate in one of several forms.</summary>
        public Task<Outcome<ExtRaReply<CertificateRequestResponse>>> AskAsync(CertificateRequestRequest request, TimeSpan timeout, CancellationToken cancel) =>
            OneAsync<CertificateRequestResponse>(client, request, timeout, cancel);

        /// <summary>An end entity added or edited.</summary>
        public Task<Outcome<ExtRaReply<ExtRAResponse>>> AskAsync(EditUserRequest request, TimeSpan timeout, CancellationToken cancel) =>
            OneAsync<ExtRAResponse>(client, request, timeout, cancel);

        /// <summary>A certificate or an end entity revoked.</summary>
        public Task<Outcome<ExtRaReply<ExtRAResponse>>> AskAsync(RevocationRequest request, TimeSpan timeout, CancellationToken cancel) =>
            OneAsync<ExtRAResponse>(client, request, timeout, cancel);

        /// <summary>The certificates of a card renewed.</summary>
        public Task<Outcome<ExtRaReply<CardRenewalResponse>>> AskAsync(CardRenewalRequest request, TimeSpan timeout, CancellationToken cancel) =>
            OneAsync<CardRenewalResponse>(client, request, timeout, cancel);
    }

    private static async Task<Outcome<ExtRaReply<TResponse>>> OneAsync<TResponse>(ExtRaClient client, Request request, TimeSpan timeout, CancellationToken cancel)
        where TResponse : Response
    {
        if (!(await client.SendAsync([request], timeout, cancel)).Succeeded(out ExtRaAnswer? answer, out Refusal? refusal))
        {
            return refusal;
        }

        return answer.Responses switch
        {
            [] => new ExtRaReply<TResponse>(answer.Message, null),
            [{ Success: false } no] => new Refusal(no.Reason ?? RefusalCode.InternalFailure, no.FailInfo ?? "The CA refused."),
            [TResponse response] when response.RequestId == request.RequestId => new ExtRaReply<TResponse>(answer.Message, response),
            _ => new Refusal(RefusalCode.NotBound, "The answer is of another class or to another request."),
        };
    }
}
