using System.Formats.Asn1;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>What the attributes of a request ask for (RFC 2985 §5.4, SCEP.md R-07, P-01).</summary>
internal sealed record RequestedContents(IReadOnlyList<CertificateExtension> Extensions, KnownExtensions Known, Secret? Challenge)
{
    private const int MaxChallengeBytes = 8 * 1024; // Intune puts signed blobs there (SCEP.md P-01)
    private const int MaxAlternativeNames = 100;

    public static RequestedContents Of(IEnumerable<RequestAttribute> attributes)
    {
        List<CertificateExtension> extensions = [];
        byte[]? challenge = null;
        foreach (RequestAttribute attribute in attributes)
        {
            foreach (ReadOnlyMemory<byte> value in attribute.Values)
            {
                // In BER, whatever the outer rules: the attribute's value is a stranger's like the rest.
                var reader = new AsnReader(value, AsnEncodingRules.BER, new AsnReaderOptions { SkipSetSortOrderVerification = true });
                switch (attribute.Oid)
                {
                    case Oids.ExtensionRequest or Oids.MicrosoftExtensionRequest or Oids.VeriSignExtensionRequest:
                        Merge(extensions, CertificateExtension.DecodeList(reader));
                        break;
                    case Oids.ChallengePassword:
                        challenge = Single(challenge, ReadChallenge(reader));
                        break;
                    default:
                        break; // kept in the list of attributes; nobody here acts on it
                }
            }
        }

        KnownExtensions known = KnownExtensions.Of(extensions);
        LimitExceededException.ThrowIfMore(known.SubjectAltName?.Names.Count ?? 0, MaxAlternativeNames, "Alternative names asked for");
#pragma warning disable CA2000 // The request keeps it; what it guards stands in the request's own bytes anyway.
        return new(extensions, known, ToSecret(challenge));
#pragma warning restore CA2000
    }

    /// <summary>The same extension may be asked for in two dialects at once, but then it must be the same.</summary>
    private static void Merge(List<CertificateExtension> extensions, IReadOnlyList<CertificateExtension> more)
    {
        foreach (CertificateExtension extension in more)
        {
            if (extensions.Find(known => known.Oid == extension.Oid) is { } known)
            {
                if (known != extension)
                {
                    throw new AsnContentException($"The extension {extension.Oid} is asked for twice, differently.");
                }
            }
            else
            {
                extensions.Add(extension);
            }
        }
    }

    /// <summary>SCEP.md P-05: empty is absent.</summary>
    private static Secret? ToSecret(byte[]? challenge) => challenge is { Length: > 0 } ? new Secret(challenge) : null;

    private static byte[] ReadChallenge(AsnReader reader)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(Asn1Text.Read(reader));
        reader.ThrowIfNotEmpty();
        LimitExceededException.ThrowIfMore(utf8.Length, MaxChallengeBytes, "Octets of a challenge password");
        return utf8; // not wiped: the request's own bytes hold the challenge in clear as well (SCEP.md P-06)
    }

    /// <summary>RFC 2985 §5.4.1: SINGLE VALUE TRUE. Which of two would count?</summary>
    private static byte[] Single(byte[]? before, byte[] now) => before is null || before.AsSpan().SequenceEqual(now)
        ? now
        : throw new AsnContentException("There are two different challenge passwords.");
}
