using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;
using ScepRaServer.Configuration;

namespace ScepRaServer.Policies;

/// <summary>
/// The name of the end entity that a request is for (SCEP.md R-06, EXTERNAL_RA.md X-32). The whole common name counts:
/// cut at the first blank, "router one" and "router two" would be one user (FLAWS.md G7).
/// </summary>
internal sealed class UserNaming(EntityNameOptions options)
{
    private const int MaxLength = 250;
    private const int RandomLength = 16;
    private const string RandomMark = "${RANDOM}";
    private static readonly string[] DefaultParts = ["CN", "SN", "unstructuredName"];

    private readonly string[] partOids =
        [.. (options.Parts.Count > 0 ? options.Parts : DefaultParts).Select(part => NameAttributes.FindOid(part)
            ?? throw new ArgumentException($"'{part}' is not a name attribute.", nameof(options)))];

    /// <summary>The user name, or null when the subject yields none.</summary>
    public string? NameFor(DistinguishedName subject, string transactionId)
    {
        string? name = options.Scheme switch
        {
            UserNameScheme.Random => Random(),
            UserNameScheme.Fixed => options.Fixed,
            _ => FromSubject(subject) ?? (options.UseTransactionId ? transactionId : null),
        };
        if (string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl))
        {
            return null;
        }

        string whole = WithRandom(options.Prefix) + name.Trim() + WithRandom(options.Postfix);
        return whole.Length <= MaxLength ? whole : null;
    }

    private string? FromSubject(DistinguishedName subject)
    {
        foreach (string oid in partOids)
        {
            if (subject.First(oid) is { } value && !string.IsNullOrWhiteSpace(value))
            {
                return oid == Oids.NameSerialNumber ? CutSerialNumber(value) : value;
            }
        }

        return null;
    }

    // Cisco writes "serialNumber=FTX1234 unstructuredName=..." in one value, hence the legacy rule.
    private static string CutSerialNumber(string value)
    {
        string trimmed = value.TrimStart();
        int end = trimmed.AsSpan().IndexOfAny(' ', '+');
        return end < 0 ? trimmed : trimmed[..end];
    }

    private static string WithRandom(string text)
    {
        if (!text.Contains(RandomMark, StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text);
        return result.Replace(RandomMark, Random()).ToString();
    }

    private static string Random() => RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", RandomLength);
}
