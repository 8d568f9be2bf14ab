using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using Known = Pki.Protocols.Asn1.Oids;

namespace Ca.Cmp.Info;

/// <summary>preferredSymmAlg, suppLangTags and revPassphrase (RFC 9810 §5.3.19.4, .13, .9; CMP-O-86).</summary>
internal sealed class Preferences : IInfoSource
{
    private const string English = "en";

    public IReadOnlyList<string> Oids { get; } = [Known.PreferredSymmAlg, Known.SuppLangTags, Known.RevPassphrase];

    public Task<InfoAnswer> FindAsync(Exchange exchange, InfoTypeAndValue asked, CancellationToken cancel) => Task.FromResult(asked.Oid switch
    {
        Known.SuppLangTags => Language(asked),
        Known.RevPassphrase => new CmpFailure(PkiFailureInfo.BadRequest, "CMP-O-86", "No passphrases are kept here."),
        _ => asked.IsAbsent ? InfoTypeAndValue.Of(asked.Oid, new AlgorithmIdentifier(Known.Aes256Cbc)) : InfoAnswer.Wrong(),
    });

    /// <summary>One of those offered; everything here is said in English.</summary>
    private static InfoAnswer Language(InfoTypeAndValue asked) =>
        asked.Read<SequenceOf<Utf8Text>>().Succeeded(out SequenceOf<Utf8Text>? offered, out Refusal? refusal) && offered.Items.FirstOrDefault(IsEnglish) is { } english
            ? InfoTypeAndValue.Of(asked.Oid, new SequenceOf<Utf8Text>([english]))
            : InfoAnswer.Wrong(refusal?.Detail);

    private static bool IsEnglish(Utf8Text tag) =>
        tag.Text.Equals(English, StringComparison.OrdinalIgnoreCase) || tag.Text.StartsWith(English + "-", StringComparison.OrdinalIgnoreCase);
}
