using Ca.Core.Authorities;
using Ca.Core.EndEntities;
using Ca.Core.Profiles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Issuance;

/// <summary>The bytes to be signed and what signs them.</summary>
/// <param name="Tbs">TBSCertificate in DER.</param>
/// <param name="Serial">Its serial number.</param>
/// <param name="Algorithm">The algorithm it names.</param>
internal sealed record Composition(byte[] Tbs, SerialNumber Serial, SignatureAlgorithm Algorithm);

/// <summary>Composes end entity certificates: the order of precedence of CA_CORE §5.3, the validity of §5.4.</summary>
internal sealed class CertificateComposer(TimeProvider clock)
{
    /// <summary>Bits that only a CA's certificate has.</summary>
    public const KeyUsages CaUsages = KeyUsages.KeyCertSign | KeyUsages.CrlSign;

    /// <summary>Clocks of devices that are a little slow find the certificate valid all the same.</summary>
    public static readonly TimeSpan Backdating = TimeSpan.FromMinutes(10);

    public Outcome<Composition> Compose(IssuanceOrder order, EndEntityRow user)
    {
        if (!Dates(order, user).Succeeded(out Period? period, out Refusal? refusal))
        {
            return refusal;
        }

        if (!CertificateNames.Of(order).Succeeded(out CertificateNames? names, out refusal))
        {
            return refusal;
        }

        List<CertificateExtension> extensions = ProfileExtensions.Of(order.Profile, order.Ca, order.Request.Request.PublicKey, names.AltNames, names.Subject.IsEmpty);
        RequestedExtensions.Apply(order.Profile, CertificateNames.ExtensionsOf(order), extensions);
        SignatureAlgorithm algorithm = order.Profile.SignatureDigest is { } digest
            ? SignatureAlgorithmNames.WithDigest(order.Ca.SignatureAlgorithm!, digest)
            : order.Ca.SignatureAlgorithm!;
        var serial = new SerialNumber(SerialNumbers.Next(order.Ca.Settings.SerialNumberOctets));
        ReadOnlyMemory<byte> issuer = order.Ca.Certificate.Subject.Encoded; // byte for byte, never from text (RFC 5280 §4.1.2.4)
        var tbs = new ToBeSignedCertificate(serial, algorithm, issuer, period.Start, period.End, names.Subject.Encoded, order.Request.Request.PublicKey.Encoded, extensions);
        return new Composition(tbs.Encode(), serial, algorithm);
    }

    private Outcome<Period> Dates(IssuanceOrder order, EndEntityRow user)
    {
        DateTimeOffset now = WholeSeconds(clock.GetUtcNow());
        DateTimeOffset start = now - Backdating;
        DateTimeOffset end = Validity.Parse(order.Profile.Validity).OrThrow().EndFrom(start);
        if (order.Profile.AllowValidityOverride)
        {
            start = user.StartTime is { } from && UserTime.Parse(from, now) is { } chosenStart ? chosenStart : start;
            end = user.EndTime is { } until && UserTime.Parse(until, now) is { } chosenEnd ? chosenEnd : end;
        }

        Certificate ca = order.Ca.Certificate;
        start = start < ca.NotBefore ? ca.NotBefore : start;
        end = end > ca.NotAfter ? ca.NotAfter : end;
        return start < end
            ? new Period(start, end)
            : new Refusal(RefusalCode.PolicyViolation, $"The certificate would end before it begins: {start:u} to {end:u}.");
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private sealed record Period(DateTimeOffset Start, DateTimeOffset End);
}
