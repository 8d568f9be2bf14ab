using System.Reflection;
using System.Security.Cryptography;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests.Fuzz;

/// <summary>A message to begin from.</summary>
/// <param name="Name">For failures.</param>
/// <param name="Message">It.</param>
/// <param name="HasEffect">As it is, it gets, confirms, gives back or revokes a certificate.</param>
/// <param name="Key">The key that protects it, where changes may be protected anew.</param>
internal sealed record Seed(string Name, PkiMessage Message, bool HasEffect = false, MacKey? Key = null)
{
    private const string KeyId = "device-1";

    /// <summary>A message under the secret of the alias.</summary>
    public static Seed Maced(string name, TestClient sender, PkiBody body, bool hasEffect = false)
    {
        using Secret secret = Secret.FromText(CmpCa.Secret);
        MacKey key = PasswordBasedMac.Create(RandomNumberGenerator.GetBytes(16), 500).DeriveKey(secret);
        return new(name, MessageProtection.Mac(sender.Header(), body, key), hasEffect, key);
    }

    /// <summary>
    /// Messages that would each have an effect on this CA, by MAC and by signature, and messages recorded from OpenSSL's client.
    /// </summary>
    public static async Task<IReadOnlyList<Seed>> AllAsync(CmpCa ca, CancellationToken cancel) =>
        [.. await MacedAsync(ca, cancel), .. await SignedAsync(ca, cancel), .. Recorded()];

    private static async Task<IReadOnlyList<Seed>> MacedAsync(CmpCa ca, CancellationToken cancel)
    {
        TestClient client = TestClient.WithSecret(ca, KeyId);
        TestClient another = TestClient.WithSecret(ca, KeyId); // each certificate has a key of its own
        TestClient third = TestClient.WithSecret(ca, KeyId);
        TestClient begun = TestClient.WithSecret(ca, KeyId);
        Certificate unconfirmed = ((CertOrEncCert.Clear)((PkiBody.CertificateResponses)(await begun.IrAsync("CN=begun,O=Test", cancel)).Body).Content.Responses[0].KeyPair!.Certificate).Certificate.Read().OrThrow();
        CertificationRequest pkcs10 = CertificationRequest.Create(DistinguishedName.Parse("CN=user3,O=Test").OrThrow(), third.NewKey, HashAlgorithmName.SHA256);
        return
        [
            Maced("ir", client, TestClient.Body(client.Request("CN=user1,O=Test")), hasEffect: true),
            Maced("cr", another, TestClient.Body(another.Request("CN=user2,O=Test"), PkiBodyKind.CertificationRequest), hasEffect: true),
            Maced("p10cr", third, new PkiBody.Pkcs10(pkcs10), hasEffect: true),
            Maced("genm", client, new PkiBody.General(PkiBodyKind.GeneralMessage, [new("1.3.6.1.5.5.7.4.17")])),
            Maced("pollReq", client, new PkiBody.PollRequests([new(0)])),
            Maced("error", begun, new PkiBody.Error(new(PkiStatusInfo.Rejected(PkiFailureInfo.BadRequest, "no"), null, null)), hasEffect: true),
            Maced("certConf", begun, new PkiBody.CertificateConfirmation([new(CertHash.Compute(unconfirmed).OrThrow(), 0, PkiStatusInfo.Accepted)]), hasEffect: true),
        ];
    }

    private static async Task<IReadOnlyList<Seed>> SignedAsync(CmpCa ca, CancellationToken cancel)
    {
        KeyPair key = KeyPair.Generate("P-256");
        Certificate held = await ca.EnrolAsync("holder", key, cancel);
        TestClient holder = TestClient.WithCertificate(ca, key, held);
        var target = new CertTemplate { Issuer = held.Issuer, Serial = held.Serial };
        return
        [
            new("kur", holder.Message(TestClient.Body(holder.Request("CN=holder,O=Test"), PkiBodyKind.KeyUpdateRequest)), HasEffect: true),
            new("rr", holder.Message(new PkiBody.Revocations([new(target, [])])), HasEffect: true),
            new("genm, signed", holder.Message(new PkiBody.General(PkiBodyKind.GeneralMessage, [new("1.3.6.1.5.5.7.4.6")]))),
        ];
    }

    private static IEnumerable<Seed> Recorded()
    {
        Assembly tests = typeof(Seed).Assembly;
        foreach (string name in tests.GetManifestResourceNames().Where(name => name.StartsWith("cmp/", StringComparison.Ordinal)))
        {
            using Stream stream = tests.GetManifestResourceStream(name)!;
            byte[] octets = new byte[stream.Length];
            stream.ReadExactly(octets);
            yield return new(name, PkiMessage.Read(octets).OrThrow());
        }
    }
}
