using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using Pki.Protocols.Trust;
using TestKit;

namespace CaServiceWorker.Tests.Requests;

/// <summary>Which layers the link of a test has.</summary>
public enum LinkMode
{
    Plain,
    Signed,
    Encrypted,
    Both,
}

/// <summary>Asks the running worker and brings back its answer.</summary>
internal static class Asking
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    extension(TestSystem system)
    {
        /// <summary>One request over the fully protected link.</summary>
        public Task<Response> AskAsync(Request request, CancellationToken cancel) => AskAsync(system.Client, request, cancel);

        /// <summary>Makes the worker accept this mode, starts it, and asks over such a link.</summary>
        public async Task<Response> AskAsync(LinkMode mode, Request request, CancellationToken cancel)
        {
            system.Accept(mode);
            await system.StartWorkerAsync(cancel);
            return await AskAsync(system.ClientOf(mode), request, cancel);
        }

        /// <summary>Makes the worker that is started next accept this mode, and asks over such a link from now on.</summary>
        public void Use(LinkMode mode)
        {
            system.Accept(mode);
            system.AskOver(system.ClientOf(mode));
        }

        /// <summary>It is refused for this reason, in this class, with the text of the catalogue and nothing else.</summary>
        public async Task<Response> RefusedAsync<TResponse>(RefusalCode code, Request request, CancellationToken cancel)
            where TResponse : Response
        {
            Response response = await system.AskAsync(request, cancel);
            Assert.IsInstanceOfType<TResponse>(response);
            Assert.IsFalse(response.Success, "It was done.");
            Assert.AreEqual(code, response.Reason);
            Assert.AreEqual(FailInfoText.Of(code), response.FailInfo);
            Assert.AreEqual(request.RequestId, response.RequestId);
            return response;
        }

        public ExtRaClient ClientOf(LinkMode mode)
        {
            bool signed = mode is LinkMode.Signed or LinkMode.Both;
            bool encrypted = mode is LinkMode.Encrypted or LinkMode.Both;
            var trust = new ServiceTrust([system.Worker.Certificate], issuer: null);
            var link = new ExtRaLink(signed ? system.Ra : null, signed || encrypted ? trust : null, new Protection(signed, encrypted), SubMessageCatalog.BuiltIn, TimeProvider.System);
            return new(system.Messages.Messages, link);
        }

        /// <summary>A digest of everything that requests may change, to show that a refused one changed nothing.</summary>
        public Task<string> StateAsync(CancellationToken cancel) => system.CountAsync(
            "select md5(concat((select string_agg(e::text || e.xmin::text, ',' order by username) from end_entity e), (select string_agg(c::text || c.xmin::text, ',' order by fingerprint) from certificate c), (select count(*) from issuance_plan)))", cancel);

        private void Accept(LinkMode mode)
        {
            system.WorkerSection["EncryptionRequired"] = mode is LinkMode.Both;
            if (mode is LinkMode.Plain or LinkMode.Encrypted)
            {
                system.WorkerSection["SignatureRequired"] = false;
                system.WorkerSection["UnsignedActsAs"] = "RA";
            }

            if (mode is LinkMode.Plain)
            {
                system.WorkerSection.Remove("KeyStore");
            }
        }
    }

    private static async Task<Response> AskAsync(ExtRaClient client, Request request, CancellationToken cancel)
    {
        ExtRaAnswer answer = (await client.SendAsync([request], Patience, cancel)).OrThrow();
        Assert.IsFalse(answer.IsPending, "No answer came.");
        return answer.Responses.Single();
    }
}
