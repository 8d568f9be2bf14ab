using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Ca.Core;
using Ca.Core.Ledger;
using Pki.Protocols.Cmp;

namespace Ca.Cmp.Tests.Fuzz;

/// <summary>
/// Valid messages, changed: each is answered, and none has an effect but those whose protected octets are the sender's own
/// (CMP-E-1, CMP-E-6, CMP-L-5). More of them with the environment variable PKI_FUZZ.
/// </summary>
[TestClass]
public sealed class FuzzTests
{
    private const int Usual = 1_500;
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(3);

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("PKI_FUZZ"), CultureInfo.InvariantCulture, out int wanted) ? wanted : Usual;

    [TestMethod]
    [DataRow(Ground.Operations)]
    [DataRow(Ground.Polling)]
    [DataRow(Ground.EnrolmentCodes)]
    public async Task A_message_changed_on_its_way_has_no_effect_unless_the_change_is_outside_of_what_is_protected(Ground ground) =>
        await RunAsync(
            ground,
            seed => true,
            (random, seed) => Mutations.Of(random, seed.Message.Encoded.Span),
            // What was reached by no protection: the framing, extraCerts.
            (seed, mutant) => mutant.ProtectedPart().AsSpan().SequenceEqual(seed.Message.ProtectedPart()));

    [TestMethod]
    [DataRow(Ground.Operations)]
    [DataRow(Ground.Polling)]
    [DataRow(Ground.EnrolmentCodes)]
    public async Task Whatever_a_sender_protects_himself_he_gets_no_certificate_for_a_request_whose_key_he_has_not_proven(Ground ground) =>
        await RunAsync(
            ground,
            seed => seed.Key is not null,
            (random, seed) => Mutations.Reprotected(random, seed.Message, seed.Key!),
            (seed, mutant) => mutant.Body is not (PkiBody.CertificateRequests or PkiBody.Pkcs10) || Proven(mutant.Body).AsSpan().SequenceEqual(Proven(seed.Message.Body)));

    private async Task RunAsync(Ground ground, Func<Seed, bool> wanted, Func<Random, Seed, byte[]> change, Func<Seed, PkiMessage, bool> mayBeBelieved)
    {
        (CmpCa made, IReadOnlyList<Seed> all) = await Grounds.MakeAsync(ground, Cancel);
        await using CmpCa ca = made;
        Seed[] seeds = [.. all.Where(wanted)];
        foreach (Seed seed in seeds)
        {
            Assert.AreEqual(seed.HasEffect, HasEffect(await AnswerAsync(ca, seed.Message.Encoded.ToArray(), Cancel)), seed.Name);
        }

        int seedPlans = await PlansAsync(ca);
        string before = await StateAsync(ca);
        var answers = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        int believed = 0;
        long slowest = 0;
        int first = Environment.TickCount;
        await Parallel.ForAsync(0, Rounds, Cancel, async (round, cancel) =>
        {
            var random = new Random(unchecked(first + round));
            Seed seed = seeds[random.Next(seeds.Length)];
            byte[] mutant = change(random, seed);
            if (mutant.AsSpan().SequenceEqual(seed.Message.Encoded.Span))
            {
                return;
            }

            long start = Stopwatch.GetTimestamp();
            PkiBody? answer = await AnswerAsync(ca, mutant, cancel).WaitAsync(Hang, cancel);
            Interlocked.Exchange(ref slowest, Math.Max(slowest, Stopwatch.GetElapsedTime(start).Ticks));
            answers.AddOrUpdate(answer is PkiBody.Error error ? $"{error.Content.Status.Failure}" : answer?.Kind.ToString() ?? "later", 1, (_, count) => count + 1);
            if (HasEffect(answer))
            {
                Assert.IsTrue(mayBeBelieved(seed, PkiMessage.Read(mutant).OrThrow()), $"{seed.Name}, seed {unchecked(first + round)}: {Convert.ToHexString(mutant)}");
                Interlocked.Increment(ref believed);
            }
        });

        Assert.AreEqual(before, await StateAsync(ca), "what was staged was thrown away, and nothing else was written");
        Assert.IsLessThanOrEqualTo(believed, await PlansAsync(ca) - seedPlans, "only what is believed is even planned");
        TestContext.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Rounds} messages from {seeds.Length} seeds; {believed} believed; slowest {TimeSpan.FromTicks(slowest).TotalMilliseconds:0} ms; {string.Join(", ", answers.OrderByDescending(a => a.Value).Select(a => $"{a.Key} {a.Value}"))}"));
    }

    /// <summary>
    /// The answer, which must be a PKIMessage; what it would do is not committed. Null where it would come later: a request
    /// for the same end entity is being worked on, one that was believed before.
    /// </summary>
    private static async Task<PkiBody?> AnswerAsync(CmpCa ca, byte[] message, CancellationToken cancel)
    {
        var call = new CmpCall { Alias = CmpCa.Alias, Message = message, FrontEnd = ca.Admin };
        try
        {
            return PkiMessage.Read((await ca.Get<CmpEngine>().AnswerAsync(call, new CaWork(), cancel)).OrThrow()).OrThrow().Body;
        }
        catch (NotNowException)
        {
            return null;
        }
    }

    private static bool HasEffect(PkiBody? answer) => answer switch
    {
        null => true,
        PkiBody.CertificateResponses responses => responses.Content.Responses.Any(response => response.Status.Status is PkiStatus.Accepted or PkiStatus.GrantedWithMods),
        PkiBody.RevocationResponses responses => responses.Content.Statuses.Any(status => status.Status is PkiStatus.Accepted or PkiStatus.GrantedWithMods),
        PkiBody.Confirmation => true,
        _ => false,
    };

    /// <summary>What the proof of possession is over.</summary>
    private static byte[] Proven(PkiBody body) => body switch
    {
        PkiBody.CertificateRequests { Requests: [var only] } => only.Request.Encoded.ToArray(),
        PkiBody.Pkcs10 pkcs10 => pkcs10.Request.Encoded.ToArray(),
        _ => throw new AssertFailedException($"{body.Kind} was answered like a request for a certificate."),
    };

    private static async Task<int> PlansAsync(CmpCa ca) => int.Parse(await ca.CountAsync("select count(*) from issuance_plan", CancellationToken.None), CultureInfo.InvariantCulture);

    private static Task<string> StateAsync(CmpCa ca) => ca.CountAsync(
        "select (select count(*) from certificate) || ' ' || (select count(*) from cmp_transaction)", CancellationToken.None);
}
