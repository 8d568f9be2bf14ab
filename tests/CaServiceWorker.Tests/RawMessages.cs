using System.Globalization;
using System.Security.Cryptography;
using Ca.Core.Audit;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests;

/// <summary>Rows as no honest RA writes them, and what became of them.</summary>
internal static class RawMessages
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    public static RequestId NewId(MessageType type = MessageType.ExtRa) =>
        RequestId.For(type, RandomNumberGenerator.GetHexString(32), RandomNumberGenerator.GetBytes(32));

    /// <summary>The content of a request as it should be.</summary>
    public static MessageContent Content(RequestId id, params IReadOnlyList<SubMessage> parts) => new()
    {
        Kind = MessageKind.Request,
        UniqueId = id.UniqueId,
        MessageId = id.MessageId,
        Type = id.Type,
        Created = DateTimeOffset.UtcNow,
        SubMessages = parts,
    };

    extension(TestSystem system)
    {
        public string Seal(MessageContent content, KeyStore? signer, Protection? protection = null) =>
            new MessageSealer(signer, TimeProvider.System).Seal(content, protection ?? Protection.Full, system.Worker.Certificate);

        /// <summary>Stores a row as it is.</summary>
        public Task StoreAsync(RequestId id, string column, CancellationToken cancel) =>
            system.Messages.Messages.CreateAsync(new(id.UniqueId, id.MessageId, id.Type, column, new string('0', 64)), cancel);

        /// <summary>The row once it is answered.</summary>
        public async Task<MessageRow> AnsweredRowAsync(string uniqueId, CancellationToken cancel)
        {
            MessageRow? row = null;
            await Eventually.BecomesTrueAsync(
                async token => (row = await system.Messages.Messages.WaitForAnswerAsync(uniqueId, TimeSpan.FromSeconds(1), token)) is { Status: MessageStatus.Processed },
                Patience, cancel, $"{uniqueId} is answered");
            return row!;
        }

        /// <summary>The row whose key has this in it, once it is answered.</summary>
        public async Task<MessageRow> AnsweredRowByListAsync(string partOfId, CancellationToken cancel)
        {
            MessageRow? row = null;
            await Eventually.BecomesTrueAsync(
                async token => (row = (await system.Messages.Messages.ListAsync(new(MessageStatus.Processed, Limit: 1000), token))
                    .FirstOrDefault(one => one.UniqueId.Contains(partOfId, StringComparison.Ordinal))) is not null,
                Patience, cancel, $"{partOfId} is answered");
            return row!;
        }

        /// <summary>The answers, opened by whoever signed the request and accepted only from the worker.</summary>
        public async Task<IReadOnlyList<Response>> AnswerAsync(RequestId id, string column, KeyStore? requester, CancellationToken cancel)
        {
            MessageRow row = await system.AnsweredRowAsync(id.UniqueId, cancel);
            var link = new ExtRaLink(requester, new ServiceTrust([system.Worker.Certificate], issuer: null), Protection.Full, SubMessageCatalog.BuiltIn, TimeProvider.System);
            return [.. link.OpenAnswer(row, column).OrThrow().SubMessages.Cast<Response>()];
        }

        /// <summary>The request gets a signed refusal with the text of the catalogue, which is in the audit log, and nothing was done.</summary>
        public async Task AssertRefusedAsync(RequestId id, string column, KeyStore? requester, RefusalCode code, CancellationToken cancel)
        {
            foreach (Response response in await system.AnswerAsync(id, column, requester, cancel))
            {
                Assert.IsFalse(response.Success);
                Assert.AreEqual(code, response.Reason);
                Assert.AreEqual(FailInfoText.Of(code), response.FailInfo);
            }

            AuditView audit = (await system.Get<AuditLog>().ListAsync(new() { Event = RequestAudit.Event, SearchDetail1 = id.MessageId }, cancel)).Single();
            Assert.AreEqual(AuditStatus.Failure, audit.Entry.Status);
            Assert.Contains(new KeyValuePair<string, string>("message", id.UniqueId), audit.Entry.Details);
            StringAssert.StartsWith(audit.Entry.Details.Single(detail => detail.Key == "outcome").Value, code.ToString());
            Assert.AreEqual("0", await system.CountAsync(string.Create(CultureInfo.InvariantCulture, $"select count(*) from inbox where unique_id = '{id.UniqueId}'"), cancel));
        }

        public async Task AssertNothingIssuedAsync(string user, CancellationToken cancel) => Assert.AreEqual(
            "0", await system.CountAsync($"select (select count(*) from certificate where username = '{user}') + (select count(*) from end_entity where username = '{user}')", cancel));
    }
}
