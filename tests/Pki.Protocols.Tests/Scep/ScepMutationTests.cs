using System.Security.Cryptography;
using Pki.Protocols.Cms;
using Pki.Protocols.Scep;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Scep;

/// <summary>SCEP.md L-01: whatever arrives, there is a value or a refusal, never an exception.</summary>
[TestClass]
public sealed class ScepMutationTests
{
    private const int Iterations = 5000;

    [TestMethod]
    [DataRow("sscep-pkcsreq-aes128-sha512", 5)]
    [DataRow("jscep-poll-ber", 5)]
    [DataRow("micromdm-debian-renewalreq17", 11)]
    public void A_changed_octet_anywhere_is_refused(string name, int step)
    {
        byte[] message = ScepFixture.Message(name);
        SignedData original = SignedData.Decode(message).OrThrow();
        int unsignedFields = 0;
        for (int at = 0; at < message.Length; at += step)
        {
            byte[] changed = (byte[])message.Clone();
            changed[at] ^= 0x55;
            if (Answer(changed) is null)
            {
                unsignedFields++;
            }
        }

        // The certificate is not under the signature, its key apart: names, dates and its own signature may change. So may the list of digests.
        int certificate = original.Certificates.Sum(each => each.Encoded.Length);
        Assert.IsLessThan(certificate / step, unsignedFields);
    }

    [TestMethod]
    public void Messages_cut_short_are_refused()
    {
        byte[] message = ScepFixture.Message("sscep-getcrl");
        for (int length = 0; length < message.Length; length += 7)
        {
            Assert.IsNotNull(Answer(message[..length]), $"{length} octets");
        }
    }

    [TestMethod]
    public void Five_thousand_mutations_bring_refusals_and_no_exception()
    {
        var random = new Random(20260101);
        byte[][] samples = [.. ScepFixture.Requests.Select(ScepFixture.Message), .. ((string[])["reply-success", "reply-pending-empty-content"]).Select(ScepFixture.Message)];
        for (int i = 0; i < Iterations; i++)
        {
            byte[] mutated = Mutate(samples[random.Next(samples.Length)], random);
            Answer(mutated); // must return
        }
    }

    [TestMethod]
    public void Mutations_inside_the_envelope_bring_refusals_and_no_exception()
    {
        // Signed anew each time, so that they get past the signature.
        var random = new Random(20260102);
        byte[] envelope = ScepParties.Envelope(ScepParties.Request.Encoded);
        byte[] request = ScepParties.Request.Encoded.ToArray();
        for (int i = 0; i < 300; i++)
        {
            byte[] content = random.Next(2) == 0 ? Mutate(envelope, random) : ScepParties.Envelope(Mutate(request, random));
            ScepParties.Open(ScepParties.Message(content: content)).Succeeded(out _, out _);
        }
    }

    [TestMethod]
    public void Replies_of_a_server_gone_mad_bring_refusals_and_no_exception()
    {
        var random = new Random(20260103);
        SentRequest sent = ScepParties.Builder.PkcsReq(ScepParties.Request, ScepParties.Id);
        ScepRequest request = ScepParties.Open(sent.Encoded).OrThrow();
        byte[] honest = CertRepBuilder.For(request.Envelope, request.Ra, ScepAlgorithmPolicy.Default, RandomNumberGenerator.Fill)
            .Success(request.Signer, request.Cipher, [ScepFixture.Ca]);
        SignedData signed = SignedData.Decode(honest).OrThrow();
        CmsAttribute[] attributes = [.. signed.Signers[0].SignedAttributes.Where(attribute => attribute.Oid.StartsWith("2.16", StringComparison.Ordinal))];
        byte[] certsOnly = CertsOnly.Encode([ScepFixture.Ca]);
        for (int i = 0; i < 200; i++)
        {
            byte[] content = random.Next(2) == 0
                ? Mutate(signed.Content!.Value.ToArray(), random)
                : EnvelopedData.Encrypt(Mutate(certsOnly, random), request.Signer, request.Cipher, KeyTransport.Pkcs1, RandomNumberGenerator.Fill);
            byte[] reply = SignedData.Sign(content, new CmsSigner(request.Ra.SigningKey, request.Ra.SigningCertificate, HashAlgorithmName.SHA256) { SignedAttributes = attributes });
            CertRep.Read(i % 3 == 0 ? Mutate(reply, random) : reply, sent, [request.Ra.SigningCertificate], ScepAlgorithmPolicy.Default).Succeeded(out _, out _);
        }
    }

    private static byte[] Mutate(byte[] sample, Random random)
    {
        byte[] mutated = (byte[])sample.Clone();
        switch (random.Next(4))
        {
            case 0: // some octets change
                for (int n = random.Next(1, 9); n > 0; n--)
                {
                    mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
                }

                return mutated;
            case 1: // a piece is gone
                int from = random.Next(mutated.Length);
                return [.. mutated[..from], .. mutated[random.Next(from, mutated.Length)..]];
            case 2: // a piece comes twice
                int start = random.Next(mutated.Length);
                int end = random.Next(start, Math.Min(mutated.Length, start + 64));
                return [.. mutated[..end], .. mutated[start..]];
            default: // a length or tag near the front becomes something else
                mutated[random.Next(Math.Min(80, mutated.Length))] = (byte[])[0x00, 0x30, 0x31, 0x80, 0x81, 0x84, 0xA0, 0xFF] is var odd ? odd[random.Next(odd.Length)] : (byte)0;
                return mutated;
        }
    }

    private static Refusal? Answer(byte[] message)
    {
        if (!ScepEnvelope.Read(message).Succeeded(out ScepEnvelope? envelope, out Refusal? refusal))
        {
            return refusal;
        }

        _ = envelope.Cipher;
        _ = envelope.TransactionId.ToString();
        return envelope.Open([ScepFixture.Identity], ScepAlgorithmPolicy.Legacy).Succeeded(out _, out refusal) ? null : refusal;
    }
}
