using System.Globalization;
using Ca.Core.Approvals;
using Pki.Migration.Xml;
using Pki.Protocols.Trust;

namespace Pki.Migration.Profiles;

/// <summary>
/// How many people must agree to what, as CAs and certificate profiles of the legacy product say it: a list of actions and
/// one number (APPROVALS §2.1). What cannot be translated is refused: without it nobody would be asked.
/// </summary>
internal static class LegacyApprovals
{
    private const int ActivateCa = 4;

    /// <param name="take">The value of a key; null: absent.</param>
    /// <param name="numberKey">The key of the number of people.</param>
    /// <param name="notes">Where notes go.</param>
    public static Outcome<ApprovalRules> Read(Func<string, object?> take, string numberKey, List<string> notes)
    {
        if (!IsOff(take("approvals")) || !IsOff(take("approvalprofile")))
        {
            return new Refusal(RefusalCode.PolicyViolation, "It demands approvals by approval profiles of releases from 6.6, which are not translated: make it here by hand, with its approvals.");
        }

        int[] actions = [.. (take("approvalsettings") as List<object?> ?? []).Select(action => Number(action) ?? 0).Distinct()];
        int people = Math.Max(1, Number(take(numberKey)) ?? 1);
        if (actions.Any(action => action is < 1 or > ActivateCa))
        {
            return new Refusal(RefusalCode.PolicyViolation, "approvalsettings has an action that is not known here.");
        }

        if (actions.Contains(ActivateCa))
        {
            notes.Add("approvals for the activation of the CA's token have no counterpart here.");
        }

        int Of(ApprovalAction action) => actions.Contains((int)action) ? people : 0;
        return new ApprovalRules
        {
            AddEditEndEntity = Of(ApprovalAction.AddEditEndEntity),
            KeyRecovery = Of(ApprovalAction.KeyRecovery),
            Revocation = Of(ApprovalAction.Revocation),
        };
    }

    // −1 stands for no approval profile.
    private static bool IsOff(object? value) => value switch
    {
        Dictionary<string, object?> map => map.Values.All(IsOff),
        List<object?> list => list.Count == 0,
        null or "" => true,
        _ => Number(value) is -1 or 0,
    };

    private static int? Number(object? value) => value switch
    {
        long number and >= int.MinValue and <= int.MaxValue => (int)number,
        JavaLong { Value: >= int.MinValue and <= int.MaxValue } number => (int)number.Value,
        string text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) => number,
        _ => null,
    };
}
