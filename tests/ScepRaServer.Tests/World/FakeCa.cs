using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace ScepRaServer.Tests.World;

/// <summary>The CA's side: takes rows, opens them with the worker's key, answers through the real sealing.</summary>
internal sealed class FakeCa(TestCa ca, IMessageFormat format, IMessageStore store, TimeProvider clock)
{
    private const string Owner = "fake-ca";
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>All requests seen, in order.</summary>
    public List<PKCS10Request> Seen { get; } = [];

    /// <summary>How long issued certificates are valid, from an hour ago.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(100);

    /// <summary>Answers every waiting request.</summary>
    /// <param name="cancel">Cancels.</param>
    /// <param name="decide">The answer to one; null to issue what is asked for.</param>
    public async Task<int> AnswerAllAsync(CancellationToken cancel, Func<PKCS10Request, Response?>? decide = null)
    {
        int answered = 0;
        foreach (ClaimedMessage claimed in await store.ClaimAsync(new(Owner, Lease, 100, [MessageType.Scep]), cancel))
        {
            OpenedMessage opened = format.Open(new(claimed.UniqueId, claimed.MessageId, claimed.Type, MessageKind.Request), claimed.Message).OrThrow();
            var request = (PKCS10Request)opened.Content.SubMessages.Single();
            Seen.Add(request);
            if ((decide ?? Issue)(request) is { } response)
            {
                answered += await store.AnswerAsync(new(claimed.UniqueId, Owner, claimed.Epoch, null, Seal(claimed, opened, response)), cancel) ? 1 : 0;
            }
            else
            {
                // A person must decide: set aside.
                await store.ReleaseAsync(claimed.UniqueId, Owner, claimed.Epoch, TimeSpan.FromMinutes(1), countsAsAttempt: false, cancel);
            }
        }

        return answered;
    }

    /// <summary>Answers whatever comes until the test ends.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await AnswerAllAsync(CancellationToken.None);
            await Task.Delay(2, CancellationToken.None);
        }
    }

    /// <summary>The certificate that was asked for.</summary>
    public PKCS10Response Issue(PKCS10Request request)
    {
        CertificationRequest csr = Der.DecodeBer<CertificationRequest>(request.Pkcs10).OrThrow();
        return Issue(request, csr.Subject, csr.PublicKey);
    }

    /// <summary>A certificate, whatever was asked for.</summary>
    public PKCS10Response Issue(PKCS10Request request, DistinguishedName subject, SubjectPublicKey key)
    {
        DateTimeOffset from = clock.GetUtcNow().AddHours(-1);
        Certificate certificate = ca.Issue(subject, key, KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment, from, from + Lifetime);
        return PKCS10Response.Issued(request.RequestId, certificate.Encoded.ToArray(), CertsOnly.Encode([certificate, .. ca.Chain]));
    }

    private string Seal(ClaimedMessage claimed, OpenedMessage request, Response response) => format.Seal(
        new MessageContent
        {
            Kind = MessageKind.Response,
            UniqueId = claimed.UniqueId,
            MessageId = claimed.MessageId,
            Type = claimed.Type,
            Created = clock.GetUtcNow(),
            InReplyTo = MessageIds.ColumnHash(claimed.Message),
            SubMessages = [response],
        },
        request.Protection,
        request.Signer,
        request);
}
