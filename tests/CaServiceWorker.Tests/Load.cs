using System.Collections.Concurrent;
using System.Globalization;
using Ca.Core.Audit;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests;

/// <summary>
/// Requests under way, each for a user of its own, and the proof afterwards that each was answered exactly once: one
/// answer, one certificate, one audit record, and nothing left lying about.
/// </summary>
internal sealed class Load(TestSystem system, string prefix = "router")
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    private readonly ConcurrentDictionary<string, Certificate> answered = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Enrolment> sent = [];
    private int users;

    public int Sent => sent.Count;

    public int Answered => answered.Count;

    /// <summary>Stores this many requests.</summary>
    public async Task SubmitAsync(int count, CancellationToken cancel) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => SubmitOneAsync(cancel)));

    /// <summary>Keeps this many requests under way until told to stop, then waits for the answers of those.</summary>
    public async Task KeepFlowingAsync(int underWay, CancellationToken stop, CancellationToken cancel) =>
        await Task.WhenAll(Enumerable.Range(0, underWay).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                await AwaitOneAsync(await SubmitOneAsync(cancel), cancel);
            }
        }));

    /// <summary>Waits until every request has its answer and checks each.</summary>
    public async Task AwaitAllAsync(CancellationToken cancel) => await Task.WhenAll(sent.Select(one => AwaitOneAsync(one, cancel)));

    /// <summary>Looks at both databases as they are in the end.</summary>
    public async Task AssertExactlyOnceAsync(CancellationToken cancel)
    {
        Assert.HasCount(sent.Count, answered, "every request has an answer");
        foreach (Enrolment one in sent)
        {
            MessageRow row = (await system.Messages.Messages.FindAsync(one.Message.Id.UniqueId, cancel))!;
            Assert.AreEqual(MessageStatus.Processed, row.Status);
            Assert.IsNull(row.LeaseOwner);
            CollectionAssert.AreEqual(answered[one.User].Encoded.ToArray(), Open(one, row).Encoded.ToArray(), "the answer never changed");
        }

        string count = sent.Count.ToString(CultureInfo.InvariantCulture);
        Assert.AreEqual(count, await system.CountAsync($"select count(*) from certificate where username like '{prefix}%'", cancel), "certificates");
        Assert.AreEqual(count, await system.CountAsync($"select count(distinct username) from certificate where username like '{prefix}%'", cancel), "users with a certificate");
        Assert.AreEqual(count, await system.CountAsync($"select count(distinct serial) from certificate where username like '{prefix}%'", cancel), "serial numbers");
        Assert.AreEqual(count, await system.CountAsync($"select count(*) from end_entity where username like '{prefix}%'", cancel), "users");
        Assert.AreEqual(count, await system.CountAsync("select count(*) from inbox", cancel), "answers in the inbox");
        Assert.AreEqual("0", await system.CountAsync("select count(*) from issuance_plan", cancel), "plans left behind");
        Assert.AreEqual(count, await system.CountAsync($"select count(*) from audit_record where event = '{RequestAudit.Event}' and search_detail2 like '{prefix}%'", cancel), "audit records of requests");
        Assert.AreEqual(count, await system.CountAsync($"select count(*) from audit_record where event = '{AuditEvents.CertCreation}' and search_detail2 like '{prefix}%'", cancel), "audit records of certificates");
        foreach (AuditVerification chain in await system.Get<AuditLog>().VerifyAsync(cancel))
        {
            Assert.IsNull(chain.Problem);
        }
    }

    private async Task<Enrolment> SubmitOneAsync(CancellationToken cancel)
    {
        string user = string.Create(CultureInfo.InvariantCulture, $"{prefix}{Interlocked.Increment(ref users)}");
        KeyPair key = KeyPair.Generate("P-256");
        var one = new Enrolment(user, key.Public, await system.Client.SubmitAsync([TestSystem.Enrol(user, key)], cancel));
        sent.Enqueue(one);
        return one;
    }

    private async Task AwaitOneAsync(Enrolment one, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            while (true)
            {
                if (await FindAnswerAsync(one, patience.Token) is { } row)
                {
                    answered[one.User] = Open(one, row);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            MessageRow? row = await system.Messages.Messages.FindAsync(one.Message.Id.UniqueId, cancel);
            Assert.Fail($"{one.User} was not answered: {row?.Status}, attempts {row?.Attempts}, lease {row?.LeaseOwner} until {row?.LeaseUntil}, not before {row?.NotBefore}");
        }
    }

    /// <returns>The answered row; null when it takes longer, or the database is away.</returns>
    private async Task<MessageRow?> FindAnswerAsync(Enrolment one, CancellationToken cancel)
    {
        try
        {
            MessageRow? row = await system.Messages.Messages.WaitForAnswerAsync(one.Message.Id.UniqueId, TimeSpan.FromSeconds(5), cancel);
            Assert.IsNotNull(row, $"The request of {one.User} is gone.");
            if (row.Status == MessageStatus.Processed)
            {
                return row;
            }
        }
        catch (MessageStoreUnavailableException)
        {
            // The test has stopped the database; it comes back.
        }

        await Task.Delay(TimeSpan.FromMilliseconds(50), cancel); // set aside, or away: a wait that returns at once must not spin
        return null;
    }

    private Certificate Open(Enrolment one, MessageRow row)
    {
        MessageContent content = system.Link.OpenAnswer(row, one.Message.Sealed).OrThrow();
        var response = (Response)content.SubMessages.Single();
        Assert.IsTrue(response.Success, $"{one.User}: {response.FailInfo}");
        Certificate certificate = Der.Decode<Certificate>(((PKCS10Response)response).Certificate).OrThrow();
        Assert.AreEqual($"CN={one.User},O=Test", certificate.Subject.ToString());
        Assert.IsTrue(certificate.PublicKey.SameKeyAs(one.Key));
        return certificate;
    }

    private sealed record Enrolment(string User, SubjectPublicKey Key, SentMessage Message);
}
