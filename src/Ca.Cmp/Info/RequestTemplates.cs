using System.Formats.Asn1;
using System.Globalization;
using Ca.Cmp.Rules;
using Ca.Core.EndEntities;
using Ca.Core.Profiles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using Known = Pki.Protocols.Asn1.Oids;

namespace Ca.Cmp.Info;

/// <summary>
/// What a certificate asked for here should look like: certReqTemplate, and the older signKeyPairTypes, encKeyPairTypes and
/// keyPairParamReq (RFC 9810 §5.3.19.16, .2, .3, .8; CMP-O-83, O-86).
/// </summary>
internal sealed class RequestTemplates(EndEntityStore endEntities) : IInfoSource
{
    private const string Rsa = "RSA";

    private static readonly Dictionary<string, string> Curves = new(StringComparer.Ordinal) { ["P-256"] = Known.P256, ["P-384"] = Known.P384, ["P-521"] = Known.P521 };

    public IReadOnlyList<string> Oids { get; } = [Known.CertReqTemplate, Known.SignKeyPairTypes, Known.EncKeyPairTypes, Known.KeyPairParamReq];

    public async Task<InfoAnswer> FindAsync(Exchange exchange, InfoTypeAndValue asked, CancellationToken cancel)
    {
        if (!(await ProfileOfAsync(exchange, cancel)).Succeeded(out CertificateProfile? profile, out CmpFailure? failure))
        {
            return failure;
        }

        if (asked.Oid == Known.KeyPairParamReq)
        {
            return asked.Read<ObjectIdentifier>().Succeeded(out ObjectIdentifier? algorithm, out Refusal? refusal)
                ? Types(profile).FirstOrDefault(t => t.Oid == algorithm.Oid) is { } type ? InfoTypeAndValue.Of(Known.KeyPairParamRep, type) : InfoAnswer.Nothing
                : InfoAnswer.Wrong(refusal.Detail);
        }

        return !asked.IsAbsent ? InfoAnswer.Wrong()
            : asked.Oid == Known.CertReqTemplate ? InfoTypeAndValue.Of(asked.Oid, TemplateOf(profile))
            : InfoTypeAndValue.Of(asked.Oid, new SequenceOf<AlgorithmIdentifier>([.. Types(profile).Where(t => asked.Oid == Known.SignKeyPairTypes || t.Oid == Known.RsaEncryption)]));
    }

    /// <summary>What certProfile names; else that of the registered end entity, else that of the alias.</summary>
    private async Task<Checked<CertificateProfile>> ProfileOfAsync(Exchange exchange, CancellationToken cancel) =>
        exchange.Header.Info(Known.CertProfile) is null && exchange.Requester.Username is { } username && await endEntities.FindAsync(username, cancel) is { } registered
            && exchange.Configuration.CertificateProfiles.TryGetValue(registered.CertificateProfile, out CertificateProfile? own)
            ? own
            : ProfileRules.Choose(exchange);

    private static CertReqTemplateContent TemplateOf(CertificateProfile profile) => new(new() { Extensions = [.. Extensions(profile)] }, [.. Keys(profile)]);

    private static IEnumerable<CertificateExtension> Extensions(CertificateProfile profile)
    {
        if (profile.KeyUsage.Use)
        {
            yield return CertificateExtensions.KeyUsage(profile.KeyUsage.Usages, profile.KeyUsage.Critical);
        }

        if (profile.ExtendedKeyUsage is { Use: true, Purposes.Count: > 0 } purposes)
        {
            yield return CertificateExtensions.ExtendedKeyUsage(purposes.Purposes, purposes.Critical);
        }
    }

    /// <summary>keySpec: the size for each kind of RSA key, the algorithm for each curve.</summary>
    private static IEnumerable<AttributeTypeAndValue> Keys(CertificateProfile profile) => profile.AllowedKeys.Select(key =>
        key.StartsWith(Rsa, StringComparison.Ordinal) ? new AttributeTypeAndValue(Known.RsaKeyLenControl, Integer(int.Parse(key[Rsa.Length..], CultureInfo.InvariantCulture)))
        : Curves.TryGetValue(key, out string? curve) ? AttributeTypeAndValue.Of(Known.AlgIdControl, OnCurve(curve))
        : null).OfType<AttributeTypeAndValue>();

    private static IEnumerable<AlgorithmIdentifier> Types(CertificateProfile profile) => profile.AllowedKeys.Select(key =>
        key.StartsWith(Rsa, StringComparison.Ordinal) ? AlgorithmIdentifier.WithNull(Known.RsaEncryption) : Curves.TryGetValue(key, out string? curve) ? OnCurve(curve) : null)
        .OfType<AlgorithmIdentifier>().Distinct();

    private static AlgorithmIdentifier OnCurve(string curve) => new(Known.EcPublicKey, Der.Encode(new ObjectIdentifier(curve)));

    private static byte[] Integer(int number)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteInteger(number);
        return writer.Encode();
    }
}
