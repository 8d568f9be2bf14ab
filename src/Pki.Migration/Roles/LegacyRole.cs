using System.Globalization;
using Ca.Core.Roles;
using Pki.Migration.Sources;
using Pki.Migration.Xml;
using Pki.Protocols.Trust;

namespace Pki.Migration.Roles;

/// <summary>A member of a role as the old database has it.</summary>
/// <param name="TokenType">What kind of proof it is recognised by.</param>
/// <param name="CaId">Old id of the CA that issued its certificate.</param>
/// <param name="MatchWith">Number of <see cref="Ca.Core.Roles.MatchWith"/>.</param>
/// <param name="Operator">1000 to 1003, 1999.</param>
/// <param name="Value">With what.</param>
internal sealed record LegacyMember(string TokenType, int CaId, int MatchWith, int Operator, string Value)
{
    public const string Certificate = "CertificateAuthenticationToken";

    /// <summary>Recognised by a certificate, or by something that is not known here and may be one. Older releases leave it empty.</summary>
    public bool MayBeCertificate => TokenType.Length == 0 || TokenType.Contains("Certificate", StringComparison.OrdinalIgnoreCase);

    public string Text => string.Create(CultureInfo.InvariantCulture, $"{TokenType}, CA {CaId}, match {MatchWith}/{Operator}, '{(Value.Length <= 100 ? Value : Value[..100])}'");
}

/// <summary>A role of the old system (MIGRATION §2.7).</summary>
/// <param name="Name">Its name.</param>
/// <param name="NearestWins">From 6.8 on: the nearest rule decides, and roles are united.</param>
/// <param name="Rules">Old resource → what it says.</param>
/// <param name="Members">Who.</param>
/// <param name="Problem">Why it cannot be read; null: nothing is wrong.</param>
internal sealed record LegacyRole(string Name, bool NearestWins, IReadOnlyDictionary<string, AccessDecision> Rules, IReadOnlyList<LegacyMember> Members, string? Problem)
{
    public const string GroupsTable = "AdminGroupData", EntitiesTable = "AdminEntityData", RulesTable = "AccessRulesData", RolesTable = "RoleData", MembersTable = "RoleMemberData";

    private const int MaxRows = 100_000;
    private const int Accepts = 1;
    private const int Declines = 2;
    private static readonly Dictionary<string, AccessDecision> NoRules = new(StringComparer.Ordinal);

    /// <summary>All roles: those of 6.8 and later where there are any, for an upgraded site keeps the older tables too.</summary>
    public static async Task<IReadOnlyList<LegacyRole>> ReadAsync(ILegacySource source, CancellationToken cancel)
    {
        List<LegacyRow> roles = await RowsAsync(source, RolesTable, cancel);
        return roles.Count > 0 ? await NewerAsync(source, roles, cancel) : await OlderAsync(source, cancel);
    }

    private static async Task<IReadOnlyList<LegacyRole>> NewerAsync(ILegacySource source, List<LegacyRow> roles, CancellationToken cancel)
    {
        ILookup<string?, LegacyMember> members = (await RowsAsync(source, MembersTable, cancel)).ToLookup(row => row.Text("roleId"), row => Member(row, "tokenIssuerId", "tokenMatchKey", "tokenMatchOperator", "tokenMatchValue"), StringComparer.Ordinal);
        return [.. roles.Select(row =>
        {
            string name = row.Text("nameSpace") is { } space ? $"{space}/{row.Text("roleName")}" : row.Text("roleName") ?? "";
            return RulesOf(row.Text("rawData") ?? "").Succeeded(out Dictionary<string, AccessDecision>? rules, out Refusal? refusal)
                ? new LegacyRole(name, NearestWins: true, rules, [.. members[row.Text("id")]], null)
                : new LegacyRole(name, NearestWins: true, NoRules, [], $"rawData: {refusal.Detail}");
        })];
    }

    private static async Task<IReadOnlyList<LegacyRole>> OlderAsync(ILegacySource source, CancellationToken cancel)
    {
        ILookup<string?, LegacyMember> members = (await RowsAsync(source, EntitiesTable, cancel)).ToLookup(row => row.Text("AdminGroupData_adminEntities"), row => Member(row, "cAId", "matchWith", "matchType", "matchValue"), StringComparer.Ordinal);
        ILookup<string?, LegacyRow> rules = (await RowsAsync(source, RulesTable, cancel)).ToLookup(row => row.Text("AdminGroupData_accessRules"), StringComparer.Ordinal);
        return [.. (await RowsAsync(source, GroupsTable, cancel)).Select(group =>
        {
            var map = new Dictionary<string, AccessDecision>(StringComparer.Ordinal);
            foreach (LegacyRow rule in rules[group.Text("pK")])
            {
                if (DecisionOf(rule) is { } decision && rule.Text("accessRule") is { } resource)
                {
                    Put(map, resource, decision);
                }
            }

            return new LegacyRole(group.Text("adminGroupName") ?? "", NearestWins: false, map, [.. members[group.Text("pK")]], null);
        })];
    }

    private static AccessDecision? DecisionOf(LegacyRow rule) => rule.Number32("rule", 0) switch
    {
        Accepts => rule.Text("isRecursive") is "1" or "true" ? AccessDecision.AcceptRecursive : AccessDecision.Accept,
        Declines => AccessDecision.Decline,
        _ => null,
    };

    /// <summary>Resource → allowed, in the document's map or in a map of it.</summary>
    private static Outcome<Dictionary<string, AccessDecision>> RulesOf(string document)
    {
        if (!XmlEncoderDocument.ReadMap(document).Succeeded(out IReadOnlyDictionary<string, object?>? map, out Refusal? refusal))
        {
            return refusal;
        }

        var rules = new Dictionary<string, AccessDecision>(StringComparer.Ordinal);
        foreach ((string key, object? value) in map.Concat(map.Values.OfType<Dictionary<string, object?>>().SelectMany(inner => inner)).Where(pair => pair.Key.StartsWith('/')))
        {
            if (value is not bool allowed)
            {
                return new Refusal(RefusalCode.Malformed, $"what it says about '{(key.Length <= 100 ? key : key[..100])}' is neither true nor false");
            }

            Put(rules, key, allowed ? AccessDecision.AcceptRecursive : AccessDecision.Decline);
        }

        return rules;
    }

    // Paths come with and without a slash behind. Of two rules for one resource the stricter counts.
    private static void Put(Dictionary<string, AccessDecision> rules, string resource, AccessDecision decision)
    {
        string path = resource.Length > 1 ? resource.TrimEnd('/') : resource;
        rules[path] = !rules.TryGetValue(path, out AccessDecision known) ? decision
            : known == AccessDecision.Decline || decision == AccessDecision.Decline ? AccessDecision.Decline
            : known < decision ? known : decision;
    }

    private static LegacyMember Member(LegacyRow row, string ca, string with, string matching, string value) =>
        new(row.Text("tokenType") ?? "", row.Number32(ca, 0), row.Number32(with, 0), row.Number32(matching, 0), row.Text(value) ?? "");

    private static async Task<List<LegacyRow>> RowsAsync(ILegacySource source, string table, CancellationToken cancel)
    {
        List<LegacyRow> rows = [];
        long size = 0;
        await foreach (LegacyRow row in source.ReadAsync(table, 0, cancel))
        {
            size += row.Size;
            rows.Add(row.Problem is { } problem ? throw new LegacyFormatException($"{table}, row {row.Number}: {problem}. A rule or member must not get lost.")
                : rows.Count == MaxRows || size > RowLimits.Batch ? throw new LegacyFormatException($"{table} has more than {MaxRows} rows or {RowLimits.Batch} characters.")
                : row);
        }

        return rows;
    }
}
