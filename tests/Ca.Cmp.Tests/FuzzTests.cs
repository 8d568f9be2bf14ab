using System.Globalization;
using Ca.Core.Ledger;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Tests;

/// <summary>
/// Valid messages with octets changed, removed and doubled: each is answered, none is believed (CMP-E-6, CMP-L-5). More
/// of them with the environment variable PKI_FUZZ.
/// </summary>
[TestClass]
public sealed class FuzzTests
{
    private const int Usual = 3_000;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Whatever_is_changed_about_a_message_nothing_is_issued_and_nothing_breaks()
    {
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("PKI_FUZZ"), CultureInfo.InvariantCulture, out int wanted) ? wanted : Usual;
        await using CmpCa ca = await CmpCa.StartAsync(Cancel, alias => alias with { Authentication = [new(Ca.Core.Cmp.CmpModule.Hmac), new(Ca.Core.Cmp.CmpModule.EndEntityCertificate, "Other")] });
        TestClient client = TestClient.WithSecret(ca);
        byte[][] seeds =
        [
            .. new[]
            {
                TestClient.Body(client.Request("CN=user1,O=Test")),
                TestClient.Body(client.Request("CN=user1,O=Test"), PkiBodyKind.KeyUpdateRequest),
                new PkiBody.CertificateConfirmation([new(new byte[32], 0)]),
                new PkiBody.General(PkiBodyKind.GeneralMessage, [new("1.3.6.1.5.5.7.4.17")]),
            }.Select(body => client.Message(body).Encoded.ToArray()),
        ];
        int seed = Environment.TickCount;
        var random = new Random(seed);
        for (int round = 0; round < rounds; round++)
        {
            byte[] mutant = Mutate(random, seeds[random.Next(seeds.Length)]);
            if (seeds.Any(valid => valid.AsSpan().SequenceEqual(mutant)))
            {
                continue;
            }

            // What is staged is thrown away: an answer is looked at, and whether it would issue.
            var work = new CaWork();
            var call = new CmpCall { Alias = CmpCa.Alias, Message = mutant, FrontEnd = ca.Admin };
            Outcome<byte[]> answer = await ca.Get<CmpEngine>().AnswerAsync(call, work, Cancel);
            PkiBody body = PkiMessage.Read(answer.OrThrow()).OrThrow().Body;
            Assert.IsTrue(body is PkiBody.Error || !IsBelieved(body), $"seed {seed}, round {round}: {Convert.ToHexString(mutant)}");
        }

        Assert.AreEqual("0", await ca.CountAsync("select count(*) from issuance_plan", Cancel));
    }

    /// <summary>A change that reaches no octet under the MAC may leave the message valid: then it may be answered, but not twice.</summary>
    private static bool IsBelieved(PkiBody body) => body is PkiBody.CertificateResponses { Content.Responses: [{ Status.Status: PkiStatus.Accepted or PkiStatus.GrantedWithMods }] };

    private static byte[] Mutate(Random random, byte[] seed)
    {
        List<byte> bytes = [.. seed];
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2 when bytes.Count > 8:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 8), bytes.Count - at)));
                    break;
            }

            if (bytes.Count == 0)
            {
                bytes.Add(0);
            }
        }

        return [.. bytes];
    }
}
