using Ca.Core.Audit;
using Ca.Core.Ledger;
using Ca.Core.Profiles;
using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Pki.Protocols.Trust;

namespace Ca.Core.Roles;

/// <summary>Creates and changes roles.</summary>
public sealed class RoleStore(IDbContextFactory<CaDbContext> databases, CaConfiguration configuration, ICaLedger ledger)
{
    /// <summary>All roles.</summary>
    public async Task<IReadOnlyList<Role>> ListAsync(CancellationToken cancel) => (await configuration.CurrentAsync(cancel)).Roles;

    /// <summary>Creates a role with these rules, usually from <see cref="RoleTemplates"/>.</summary>
    public async Task<Outcome<Role>> CreateAsync(Actor actor, string name, IReadOnlyList<AccessRule> rules, CancellationToken cancel)
    {
        if (!ProfileRules.IsName(name))
        {
            return new Refusal(RefusalCode.PolicyViolation, "A role needs a name of 1 to 250 printable characters.");
        }

        if (rules.FirstOrDefault(r => !IsResource(r.Resource)) is { } bad)
        {
            return NoResource(bad.Resource);
        }

        return await ChangeAsync(actor, AuditEvents.RoleCreation, name, "", db =>
        {
            db.Add(new RoleRow { Name = name });
            db.AddRange(rules.Select(r => new AccessRuleRow { RoleName = name, Resource = r.Resource, Decision = r.Decision }));
            return Task.CompletedTask;
        }, cancel);
    }

    /// <summary>Removes a role with its members and rules.</summary>
    public async Task<Outcome<Role>> DeleteAsync(Actor actor, string name, CancellationToken cancel)
    {
        Role? role = await FindAsync(name, cancel);
        if (role is null)
        {
            return Unknown(name);
        }

        Outcome<Role> changed = await ChangeAsync(actor, AuditEvents.RoleDeletion, name, "", db => db.Set<RoleRow>().Where(r => r.Name == name).ExecuteDeleteAsync(), cancel);
        return changed.Succeeded(out _, out Refusal? refusal) || refusal.Code == RefusalCode.NotFound ? role : refusal;
    }

    /// <summary>Adds certificates of a CA that match a value to the letter.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="name">Role.</param>
    /// <param name="caName">CA that issued the member's certificate.</param>
    /// <param name="with">What is compared.</param>
    /// <param name="value">With what; a serial number in hex, however written.</param>
    /// <param name="cancel">Cancels.</param>
    public Task<Outcome<Role>> AddMemberAsync(Actor actor, string name, string caName, MatchWith with, string value, CancellationToken cancel) =>
        AddMemberAsync(actor, name, caName, with, MatchOperator.EqualCase, value, cancel);

    /// <summary>As the other, with or without regard to case.</summary>
    public async Task<Outcome<Role>> AddMemberAsync(Actor actor, string name, string caName, MatchWith with, MatchOperator matching, string value, CancellationToken cancel)
    {
        ConfigurationSnapshot snapshot = await configuration.CurrentAsync(cancel);
        if (snapshot.FindCa(caName) is not { } ca)
        {
            return new Refusal(RefusalCode.NotFound, $"There is no CA '{caName}'.");
        }

        if (!snapshot.Roles.Any(r => r.Name == name))
        {
            return Unknown(name);
        }

        if (value.Length == 0 || (with == MatchWith.CertificateSerialNumber && RoleMember.ParseSerial(value) is null))
        {
            return new Refusal(RefusalCode.PolicyViolation, $"'{value}' is no value for {with}.");
        }

        return await ChangeAsync(actor, AuditEvents.RoleAccessUserAddition, name, $"{caName}: {with} = {value}", db =>
        {
            db.Add(new RoleMemberRow { RoleName = name, IssuerCaId = ca.Id, MatchWith = with, Operator = matching, Value = value });
            return Task.CompletedTask;
        }, cancel);
    }

    /// <summary>Removes a member by its id.</summary>
    public Task<Outcome<Role>> RemoveMemberAsync(Actor actor, string name, long memberId, CancellationToken cancel) =>
        ChangeAsync(actor, AuditEvents.RoleAccessUserDeletion, name, $"#{memberId}", db => db.Set<RoleMemberRow>().Where(m => m.RoleName == name && m.Id == memberId).ExecuteDeleteAsync(), cancel);

    /// <summary>Adds a rule, in the place of the one the role may have for the resource.</summary>
    public async Task<Outcome<Role>> AddRuleAsync(Actor actor, string name, AccessRule rule, CancellationToken cancel)
    {
        if (!IsResource(rule.Resource))
        {
            return NoResource(rule.Resource);
        }

        if (await FindAsync(name, cancel) is null)
        {
            return Unknown(name);
        }

        return await ChangeAsync(actor, AuditEvents.RoleAccessRuleAddition, name, $"{rule.Resource} {rule.Decision}", async db =>
        {
            await db.Set<AccessRuleRow>().Where(r => r.RoleName == name && r.Resource == rule.Resource).ExecuteDeleteAsync();
            db.Add(new AccessRuleRow { RoleName = name, Resource = rule.Resource, Decision = rule.Decision });
        }, cancel);
    }

    /// <summary>Removes the rule for a resource.</summary>
    public Task<Outcome<Role>> RemoveRuleAsync(Actor actor, string name, string resource, CancellationToken cancel) =>
        ChangeAsync(actor, AuditEvents.RoleAccessRuleDeletion, name, resource, db => db.Set<AccessRuleRow>().Where(r => r.RoleName == name && r.Resource == resource).ExecuteDeleteAsync(), cancel);

    private async Task<Outcome<Role>> ChangeAsync(Actor actor, string auditEvent, string name, string detail, Func<CaDbContext, Task> change, CancellationToken cancel)
    {
        var work = new CaWork();
        work.Stage((db, _) => change(db));
        work.Stage(ConfigurationStamp.BumpAsync);
        work.Audit(new AuditEntry(auditEvent, AuditStatus.Success, actor.Name) { Module = "ROLES" }.With("role", name).With("detail", detail));
        try
        {
            await ledger.CommitAsync(work, cancel);
        }
        catch (ConcurrentChangeException)
        {
            return new Refusal(RefusalCode.Conflict, $"There is a role '{name}' already.");
        }

        return await FindAsync(name, cancel) is { } role ? role : Unknown(name);
    }

    private async Task<Role?> FindAsync(string name, CancellationToken cancel)
    {
        await using CaDbContext db = await databases.CreateDbContextAsync(cancel);
        return (await configuration.CurrentAsync(db, cancel)).Roles.FirstOrDefault(r => r.Name == name);
    }

    private static bool IsResource(string resource) =>
        resource.Length is > 0 and <= 500 && resource[0] == '/' && !resource.Contains("//", StringComparison.Ordinal) && !resource.Any(char.IsControl);

    private static Refusal NoResource(string resource) => new(RefusalCode.PolicyViolation, $"'{resource}' is no resource: it begins with '/'.");

    private static Refusal Unknown(string name) => new(RefusalCode.NotFound, $"There is no role '{name}'.");
}
