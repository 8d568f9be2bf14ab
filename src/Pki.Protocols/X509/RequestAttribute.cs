using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>An attribute of a certification request (RFC 2986 §4.1).</summary>
/// <param name="Oid">Which one.</param>
/// <param name="Values">Each value's encoding; some clients send none.</param>
public sealed record RequestAttribute(string Oid, IReadOnlyList<ReadOnlyMemory<byte>> Values) : IAsn1Value<RequestAttribute>
{
    /// <summary>extensionRequest (RFC 2985 §5.4.2).</summary>
    public static RequestAttribute ForExtensions(params IEnumerable<CertificateExtension> extensions)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        CertificateExtension.EncodeList(writer, extensions);
        return new(Oids.ExtensionRequest, [writer.Encode()]);
    }

    /// <summary>challengePassword (RFC 2985 §5.4.1): PrintableString where it fits, as old servers expect, else UTF8String.</summary>
    public static RequestAttribute ForChallenge(Secret challenge) => challenge.LendText(text =>
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(AttributeValue.IsPrintable(text) ? UniversalTagNumber.PrintableString : UniversalTagNumber.UTF8String, text);
        return new RequestAttribute(Oids.ChallengePassword, [writer.Encode()]);
    });

    /// <inheritdoc />
    public static RequestAttribute Decode(AsnReader reader)
    {
        (string oid, IReadOnlyList<ReadOnlyMemory<byte>> values) = TypeAndValues.Decode(reader);
        return new(oid, values);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer) => TypeAndValues.Encode(writer, Oid, Values);
}
