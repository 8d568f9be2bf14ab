using System.Collections.Concurrent;
using Pki.Protocols.Cms;
using Pki.Protocols.Trust;
using ScepRaServer.Aliases;

namespace ScepRaServer.Publications;

/// <summary>
/// The answers to GetNextCACert: made and signed by the CA, which is offline here, and served as they are (RFC 8894
/// §4.7.1, SCEP.md N-01).
/// </summary>
internal sealed class NextCaCertificates(TimeProvider clock)
{
    private const string ContentType = "application/x-x509-next-ca-cert";

    private readonly ConcurrentDictionary<string, Kept> byCaName = new(StringComparer.Ordinal);

    /// <summary>The answer for an alias, or null while there is none.</summary>
    public ScepReply.Document? Of(ScepAlias alias) =>
        byCaName.TryGetValue(alias.CaName, out Kept? kept) && clock.GetUtcNow() <= kept.NotAfter ? kept.Reply : null;

    /// <summary>Takes what was published; returns why not, or null.</summary>
    public string? Take(ScepAlias alias, byte[] content, DateTimeOffset notAfter)
    {
        if (!SignedData.Decode(content).Succeeded(out SignedData? signed, out Refusal? refusal)
            || !signed.VerifySigner(DigestPolicy.Strict, alias.Authorities).Succeeded(out VerifiedSigner? signer, out refusal))
        {
            return refusal.Detail;
        }

        if (!alias.Authorities.Any(ca => ca.Encoded.Span.SequenceEqual(signer.Certificate.Encoded.Span)))
        {
            return $"'{signer.Certificate.Subject}' signed it, not the CA";
        }

        byCaName[alias.CaName] = new(new(content, ContentType), notAfter);
        return null;
    }

    private sealed record Kept(ScepReply.Document Reply, DateTimeOffset NotAfter);
}
