using Ca.Core.Profiles;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace Ca.Cmp.Rules;

/// <summary>Which certificate profile a message asks for (RFC 9810 §5.1.1.4).</summary>
internal static class ProfileRules
{
    /// <summary>certProfile of the header, else of the path, else the alias' own (CMP-H-16, CMP-T-8).</summary>
    public static Checked<CertificateProfile> Choose(Exchange exchange)
    {
        string? named = exchange.Call.Profile;
        if (exchange.Header.Info(Oids.CertProfile) is { } info)
        {
            if (!info.Read<SequenceOf<Utf8Text>>().Succeeded(out SequenceOf<Utf8Text>? names, out Refusal? refusal) || names.Items is not [var only])
            {
                return Unknown("certProfile does not name one profile.");
            }

            if (only.Text.Length > 0 && named is not null && only.Text != named)
            {
                return Unknown("certProfile contradicts the path.");
            }

            named = only.Text.Length > 0 ? only.Text : named;
        }

        if (string.IsNullOrEmpty(named))
        {
            return exchange.Configuration.CertificateProfiles[exchange.Alias.CertificateProfile];
        }

        return exchange.Alias.Profiles.TryGetValue(named, out string? profile) && exchange.Configuration.CertificateProfiles.TryGetValue(profile, out CertificateProfile? found)
            ? found
            : Unknown("The certificate profile asked for is not offered here.");
    }

    private static CmpFailure Unknown(string text) => new(PkiFailureInfo.BadRequest, "CMP-H-16", text);
}
