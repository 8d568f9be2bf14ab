using System.Text.RegularExpressions;
using Pki.Protocols.X509;
using ScepRaServer.Configuration;

namespace ScepRaServer.Policies;

/// <summary>Which names and powers may be asked for (SCEP.md R-05, R-08, R-09). The CA's profiles decide on the rest.</summary>
internal sealed class NamePolicy
{
    private readonly bool allowEmptySubject;
    private readonly Dictionary<string, Regex> subjectRules;
    private readonly Dictionary<string, Regex> altNameRules;

    public NamePolicy(AliasOptions options)
    {
        allowEmptySubject = options.AllowEmptySubject;
        subjectRules = options.Names.Subject.ToDictionary(
            rule => NameAttributes.FindOid(rule.Key) ?? throw new ArgumentException($"'{rule.Key}' is not a name attribute.", nameof(options)),
            rule => Whole(rule.Value),
            StringComparer.Ordinal);
        altNameRules = options.Names.AltName.ToDictionary(rule => rule.Key, rule => Whole(rule.Value), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Null when the names and extensions of a request may be asked for.</summary>
    public ScepFailure? Check(CertificationRequest request)
    {
        GeneralNames? altNames = request.SubjectAltName;
        if (request.Subject.IsEmpty && !(allowEmptySubject && altNames?.Names.Count > 0))
        {
            return ScepFailure.BadRequest("subject missing");
        }

        if (request.AsksForCa)
        {
            return ScepFailure.BadRequest("CA certificates are not issued this way");
        }

        return CheckSubject(request.Subject) ?? CheckAltNames(altNames);
    }

    private ScepFailure? CheckSubject(DistinguishedName subject)
    {
        if (subjectRules.Count == 0)
        {
            return null;
        }

        bool isAllowed = subject.Rdns.SelectMany(rdn => rdn.Attributes)
            .All(attribute => subjectRules.TryGetValue(attribute.Oid, out Regex? rule) && rule.IsMatch(attribute.Value));
        return isAllowed ? null : ScepFailure.BadRequest("subject not allowed");
    }

    private ScepFailure? CheckAltNames(GeneralNames? altNames)
    {
        if (altNameRules.Count == 0 || altNames is null)
        {
            return null;
        }

        bool isAllowed = altNames.Names.All(name => altNameRules.TryGetValue(name.Keyword, out Regex? rule) && rule.IsMatch(name.Value));
        return isAllowed ? null : ScepFailure.BadRequest("alternative name not allowed");
    }

    // The whole value must match, and matching never backtracks: the value is a stranger's.
    private static Regex Whole(string pattern) => new($@"\A(?:{pattern})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
}
