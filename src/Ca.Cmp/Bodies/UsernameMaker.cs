using System.Security.Cryptography;
using System.Text;
using Ca.Core.Cmp;
using Ca.Core.Ledger;
using Pki.Protocols.X509;

namespace Ca.Cmp.Bodies;

/// <summary>
/// User names of new end entities (CMP-A-12 to A-14). What is random follows from the message, so that a repeat after a
/// crash makes up the same.
/// </summary>
internal static class UsernameMaker
{
    private const string RandomPart = "${RANDOM}";
    private const int NameLength = 12; // as an EJBCA makes them
    private const int PartLength = 10;

    /// <summary>The name; null where the subject lacks what it is made of.</summary>
    public static string? Make(CmpNameGeneration scheme, DistinguishedName subject, InboxKey message)
    {
        string? core = scheme.Scheme switch
        {
            CmpNameScheme.Fixed => scheme.Parts,
            CmpNameScheme.Random => Random(message, "name", NameLength),
            CmpNameScheme.Username => subject.ToString(),
            _ => scheme.Parts.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(part => string.Equals(part, "DN", StringComparison.OrdinalIgnoreCase) ? subject.ToString() : NameAttributes.FindOid(part) is { } oid ? subject.First(oid) : null)
                .FirstOrDefault(value => !string.IsNullOrEmpty(value)),
        };
        return core is null ? null : Filled(scheme.Prefix, message, "prefix") + core + Filled(scheme.Postfix, message, "postfix");
    }

    private static string Filled(string text, InboxKey message, string label) =>
        text.Contains(RandomPart, StringComparison.Ordinal) ? text.Replace(RandomPart, Random(message, label, PartLength), StringComparison.Ordinal) : text;

    private static string Random(InboxKey message, string label, int length) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(message.RequestHash, Encoding.UTF8.GetBytes(label + message.UniqueId)))[..length];
}
