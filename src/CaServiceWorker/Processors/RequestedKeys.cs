using Ca.Core.Issuance;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker.Processors;

/// <summary>The forms of a certificate request (WIRE.md 7.7), each with its own proof of possession.</summary>
internal static class RequestedKeys
{
    private const int Pkcs10 = 0;
    private const int Crmf = 1;
    private const int Spkac = 2;
    private const int PublicKey = 3;

    public static Outcome<RequestedKey> Read(int requestType, byte[] data) => requestType switch
    {
        Pkcs10 => Read<CertificationRequest>(data, RequestedKey.Of, "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST", "CERTIFICATE"),
        Crmf => ReadCrmf(data),
        Spkac => Read<SignedPublicKeyAndChallenge>(data, RequestedKey.Of),
        PublicKey => Read<SubjectPublicKey>(data, RequestedKey.Unproved, "PUBLIC KEY"),
        _ => new Refusal(RefusalCode.Malformed, $"requestType {requestType} does not exist."),
    };

    private static Outcome<RequestedKey> Read<T>(byte[] data, Func<T, RequestedKey> toKey, params IReadOnlyList<string> labels)
        where T : class, IAsn1Value<T> =>
        DerText.Read(data, labels).Succeeded(out byte[]? der, out Refusal? refusal) && Der.DecodeBer<T>(der).Succeeded(out T? value, out refusal)
            ? toKey(value)
            : refusal;

    /// <summary>RFC 4211 §3. Without a CMP message around it there is no sender: a proof that names one proves nothing here.</summary>
    private static Outcome<RequestedKey> ReadCrmf(byte[] data)
    {
        if (!DerText.Read(data).Succeeded(out byte[]? der, out Refusal? refusal)
            || !Der.DecodeBer<SequenceOf<CertReqMsg>>(der).Succeeded(out SequenceOf<CertReqMsg>? messages, out refusal))
        {
            return refusal;
        }

        return messages.Items switch
        {
            [{ Possession: ProofOfPossession.RaVerified, Request.Template.PublicKey: { } key } vouched] => RequestedKey.Vouched(vouched, key),
            [var one] => RequestedKey.Of(one, GeneralName.Directory(DistinguishedName.Empty), secret: null, CmpAlgorithmPolicy.Default),
            _ => new Refusal(RefusalCode.Malformed, "A request in CRMF has exactly one CertReqMsg."),
        };
    }
}
