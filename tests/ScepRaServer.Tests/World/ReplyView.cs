using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cms;

namespace ScepRaServer.Tests.World;

/// <summary>What a CertRep says outside its envelope, for messages whose private key nobody here has.</summary>
internal sealed record ReplyView(string? Status, string? FailInfo, string? Text, VerifiedSigner Signer, ReadOnlyMemory<byte>? RecipientNonce, SignedData Signed)
{
    public static ReplyView Of(RawAnswer answer)
    {
        Assert.AreEqual(200, answer.Status, answer.Text);
        SignedData signed = SignedData.Decode(answer.Body).OrThrow();
        VerifiedSigner signer = signed.VerifySigner(DigestPolicy.Legacy).OrThrow();
        ReadOnlyMemory<byte>? Value(string oid) => signer.SignedAttributes.SingleOrDefault(a => a.Oid == oid)?.Values[0];
        string? Printable(string oid) => Value(oid) is { } value ? new AsnReader(value, AsnEncodingRules.DER).ReadCharacterString(UniversalTagNumber.PrintableString) : null;
        return new(
            Printable(Oids.ScepPkiStatus),
            Printable(Oids.ScepFailInfo),
            Value(Oids.ScepFailInfoText) is { } text ? new AsnReader(text, AsnEncodingRules.DER).ReadCharacterString(UniversalTagNumber.UTF8String) : null,
            signer,
            Value(Oids.ScepRecipientNonce),
            signed);
    }
}
