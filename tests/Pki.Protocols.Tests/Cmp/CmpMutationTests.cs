using System.Diagnostics;
using System.Globalization;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;

namespace Pki.Protocols.Tests.Cmp;

/// <summary>CMP-L-5: whatever arrives, there is a value or a refusal, never an exception. PKI_FUZZ says how many, 50 000 when unset.</summary>
[TestClass]
public sealed class CmpMutationTests
{
    private static readonly int Mutations =
        int.TryParse(Environment.GetEnvironmentVariable("PKI_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out int wanted) ? wanted : 50_000;

    private static readonly byte[] Odd = [0x00, 0x02, 0x03, 0x04, 0x05, 0x0C, 0x18, 0x30, 0x31, 0x7F, 0x80, 0x81, 0x84, 0xA0, 0xA4, 0xB4, 0xBF, 0xFF];

    [TestMethod]
    public void Mutated_messages_bring_refusals_and_no_exception()
    {
        const int seed = 20261121;
        var random = new Random(seed);
        byte[][] samples =
        [
            .. CmpFixture.Names.Select(CmpFixture.Bytes),
            .. Enum.GetValues<PkiBodyKind>().Select(kind => new MessageGenerator((int)kind).Message(kind).Encoded.ToArray()),
        ];
        int read = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] mutated = Mutate(samples[random.Next(samples.Length)], random);
            try
            {
                read += Use(mutated) ? 1 : 0;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}, mutation {i}: {Convert.ToHexString(mutated)}", e);
            }
        }

        Assert.IsGreaterThan(Mutations / 50, read, "Some must get through, or nothing deep was tried.");
    }

    [TestMethod]
    public void The_largest_messages_are_decided_within_a_second()
    {
        byte[][] costly =
        [
            Ber.Message(null, Ber.Tlv(0xB5, Ber.Tlv(0x30, Ber.Repeat([0x30, 0x00], 49_000)))),
            Ber.Message(null, Ber.Tlv(0xB5, Ber.Tlv(0x30, Ber.Tlv(0x30, Ber.Oid("1.2.3"), Ber.Tlv(0x30, Ber.Repeat([0x05, 0x00], 32_000)))))),
            Ber.Message(null, null, Ber.Tlv(0xA1, Ber.Tlv(0x30, Ber.Repeat(CmpFixture.Ca.Encoded.ToArray(), CmpLimits.MaxExtraCerts)))),
        ];
        foreach (byte[] message in costly)
        {
            // The least of three: what else runs here is not the message's fault.
            TimeSpan best = Enumerable.Range(0, 3).Min(_ =>
            {
                var watch = Stopwatch.StartNew();
                Use(message);
                return watch.Elapsed;
            });
            Assert.IsLessThan(1.0, best.TotalSeconds, "CMP-L-5");
        }
    }

    /// <summary>Reads and then asks everything the engine asks.</summary>
    private static bool Use(byte[] mutated)
    {
        _ = PkiMessage.ReadHeader(mutated).Succeeded(out _, out _);
        if (!PkiMessage.Read(mutated).Succeeded(out PkiMessage? message, out _))
        {
            return false;
        }

        _ = message.Header.HasImplicitConfirm;
        _ = MessageProtection.Claim(message).Succeeded(out _, out _);
        _ = MessageProtection.ObjectionTo(message, CmpFixture.Client.PublicKey, CmpAlgorithmPolicy.Default);
        _ = MacAlgorithm.From(message.Header.ProtectionAlgorithm ?? new("1.2.3"), MacLimits.Default).Succeeded(out _, out _);
        foreach (CmpCertificate certificate in message.ExtraCerts)
        {
            _ = certificate.Read().Succeeded(out _, out _);
        }

        foreach (InfoTypeAndValue info in message.Header.GeneralInfo)
        {
            UseInfo(info);
        }

        switch (message.Body)
        {
            case PkiBody.CertificateRequests body:
                foreach (CertReqMsg request in body.Requests)
                {
                    UseRequest(request, message);
                }

                break;
            case PkiBody.Pkcs10 body:
                _ = body.Request.VerifySignature();
                break;
            case PkiBody.General body:
                body.Items.ToList().ForEach(UseInfo);
                break;
            default:
                break;
        }

        return true;
    }

    private static void UseRequest(CertReqMsg request, PkiMessage message)
    {
        _ = PossessionCheck.VerifySignature(request, message.Header.Sender, CmpFixture.Secret, CmpAlgorithmPolicy.Default).Succeeded(out _, out _);
        foreach (AttributeTypeAndValue control in request.Request.Controls.Concat(request.RegistrationInfo))
        {
            _ = control.Read<CertId>().Succeeded(out _, out _);
            _ = control.Read<PkiArchiveOptions>().Succeeded(out _, out _);
            _ = control.Read<PkiPublicationInfo>().Succeeded(out _, out _);
            _ = control.Read<Utf8Pairs>().Succeeded(out _, out _);
            _ = control.Read<SecretText>().Succeeded(out _, out _);
            _ = control.Read<CertRequest>().Succeeded(out _, out _);
        }
    }

    private static void UseInfo(InfoTypeAndValue info)
    {
        _ = info.Read<CmpTime>().Succeeded(out _, out _);
        _ = info.Read<SequenceOf<CrlStatus>>().Succeeded(out _, out _);
        _ = info.Read<SequenceOf<Utf8Text>>().Succeeded(out _, out _);
        _ = info.Read<SequenceOf<PkiMessage>>().Succeeded(out _, out _);
        _ = info.Read<CertReqTemplateContent>().Succeeded(out _, out _);
        _ = info.Read<CaKeyUpdate>().Succeeded(out _, out _);
        _ = info.Read<EncryptedKey>().Succeeded(out _, out _);
    }

    private static byte[] Mutate(byte[] sample, Random random)
    {
        byte[] mutated = (byte[])sample.Clone();
        switch (random.Next(6))
        {
            case 0: // some octets change
                for (int n = random.Next(1, 6); n > 0; n--)
                {
                    mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
                }

                return mutated;
            case 1: // one bit changes
                mutated[random.Next(mutated.Length)] ^= (byte)(1 << random.Next(8));
                return mutated;
            case 2: // a piece is gone
                int from = random.Next(mutated.Length);
                return [.. mutated[..from], .. mutated[random.Next(from, mutated.Length)..]];
            case 3: // a piece comes twice
                int start = random.Next(mutated.Length);
                int end = random.Next(start, Math.Min(mutated.Length, start + 64));
                return [.. mutated[..end], .. mutated[start..]];
            case 4: // pieces change places, lengths stay
                int at = random.Next(mutated.Length / 2);
                int other = random.Next(mutated.Length / 2, mutated.Length);
                (mutated[at], mutated[other]) = (mutated[other], mutated[at]);
                return mutated;
            default: // a tag or length becomes something else
                mutated[random.Next(mutated.Length)] = Odd[random.Next(Odd.Length)];
                return mutated;
        }
    }
}
