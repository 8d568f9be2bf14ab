using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;

namespace Pki.Protocols.Tests.Cmp;

/// <summary>Made-up messages of every body (RFC 9810 §5.1.2) come back as they were. A failure names its seed.</summary>
[TestClass]
public sealed class RoundTripTests
{
    private const int SeedsPerKind = 60;

    public static IEnumerable<object[]> Kinds => Enum.GetValues<PkiBodyKind>().Select(kind => new object[] { kind });

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void Every_body_comes_back_as_it_was(PkiBodyKind kind)
    {
        for (int i = 0; i < SeedsPerKind; i++)
        {
            int seed = ((int)kind * 1000) + i;
            PkiMessage made = new MessageGenerator(seed).Message(kind);
            Assert.IsTrue(PkiMessage.Read(made.Encoded, 10 * CmpLimits.MaxMessageLength).Succeeded(out PkiMessage? read, out Refusal? refusal), $"seed {seed}: {refusal}");
            Assert.AreEqual(kind, read.Body.Kind, $"seed {seed}");
            AssertSame(made.HeaderEncoded, Der.Encode(read.Header), seed);
            AssertSame(made.BodyEncoded, read.Body.Encode(), seed);
            AssertSame(made.ProtectedPart(), read.ProtectedPart(), seed);
            PkiMessage again = PkiMessage.Create(read.Header, read.Body, read.ExtraCerts);
            AssertSame(made.Encoded, (read.Protection is { } bits ? again.WithProtection(bits) : again).Encoded, seed);
        }
    }

    [TestMethod]
    public void The_generator_leaves_nothing_out()
    {
        // What it never makes, the test above never sees.
        CertReqMsg[] requests = [.. Enumerable.Range(0, 200).SelectMany(seed =>
            ((PkiBody.CertificateRequests)new MessageGenerator(seed).Message(PkiBodyKind.InitializationRequest).Body).Requests)];
        Assert.HasCount(5, requests.Select(request => request.Possession?.GetType()).Distinct());
        Assert.IsTrue(requests.Any(request => request.Possession is ProofOfPossession.Signature { SigningKey.Input.PublicKeyMac: not null }));
        Assert.IsTrue(requests.Any(request => request.Request.Template.KeyToGenerate is not null));
        Assert.HasCount(7, requests.SelectMany(request => request.Request.Controls).Select(control => control.Oid).Distinct());
    }

    private static void AssertSame(ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> actual, int seed) =>
        Assert.AreEqual(Convert.ToHexString(expected.Span), Convert.ToHexString(actual.Span), $"seed {seed}");
}
