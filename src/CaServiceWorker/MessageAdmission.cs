using Ca.Core.Ledger;
using Ca.Core.Roles;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker;

/// <summary>A message that may be processed.</summary>
/// <param name="Message">Its content, protection and signer.</param>
/// <param name="Actor">Whose rights it acts with.</param>
/// <param name="Key">What it is executed once under; that of its first part.</param>
internal sealed record AdmittedMessage(OpenedMessage Message, Actor Actor, InboxKey Key);

/// <summary>
/// Decides whether a message is processed at all: opens it, demands the required layers, checks age, signer and white
/// list. The whole message is admitted or refused before anything of it is executed (FLAWS.md C4).
/// </summary>
internal sealed class MessageAdmission(Worker worker, MessageFormats formats, AdministratorRegister register, RoleStore roles, LegacyPeers peers, TimeProvider clock)
{
    public async Task<Outcome<AdmittedMessage>> AdmitAsync(ClaimedMessage claimed, OpenedMessage message, CancellationToken cancel)
    {
        IMessageFormat format = formats.Of(claimed.UniqueId, claimed.Message);
        if (LayersMissing(format, message.Protection) is { } missing)
        {
            return missing;
        }

        if (OutOfTime(message.Content.Created) is { } late)
        {
            return late;
        }

        if (!(await IdentifyAsync(message.Signer, cancel)).Succeeded(out Actor? actor, out Refusal? refusal))
        {
            return refusal;
        }

        peers.Saw(message);
        if ((NotListed(message.Content) ?? message.Damage) is { } unfit)
        {
            return unfit;
        }

        return CannotBeAnswered(format, message) is { } unanswerable ? unanswerable : new AdmittedMessage(message, actor, ExecutionKey.Of(claimed, message, format.IsBound));
    }

    public Outcome<OpenedMessage> Open(ClaimedMessage message)
    {
        IMessageFormat format = formats.Of(message.UniqueId, message.Message);
        if (!format.IsBound && !worker.AcceptsLegacy)
        {
            return new Refusal(RefusalCode.PolicyViolation, "The request is in the format of legacy programs, which this worker does not accept.");
        }

        if (message.Oversize is { } octets)
        {
            return new Refusal(RefusalCode.TooLarge, $"The message has {octets} octets, the limit is {MessageLimits.MessageLength}.");
        }

        // Whoever writes a row anew keeps its createtime, which then says nothing about the request.
        DateTimeOffset? stored = message.HasLivedBefore ? null : MessageRow.Time(message.CreateTime);
        return format.Open(new RowIdentity(message.UniqueId, message.MessageId, message.Type, MessageKind.Request, stored), message.Message);
    }

    private Refusal? LayersMissing(IMessageFormat format, Protection protection)
    {
        Protection required = worker.RequiredOf(format);
        if (!protection.Signed && required.Signed)
        {
            return new(RefusalCode.NotSigned, "The request is not signed, and this worker requires signatures.");
        }

        return !protection.Encrypted && required.Encrypted
            ? new(RefusalCode.NotEncrypted, "The request is not encrypted, and this worker requires encryption.")
            : null;
    }

    private Refusal? OutOfTime(DateTimeOffset created)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (created < now - worker.Options.MaxRequestAge)
        {
            return new(RefusalCode.NotBound, $"The request was sealed at {created:u}, longer ago than {worker.Options.MaxRequestAge}.");
        }

        return created > now + worker.Options.MaxClockSkew
            ? new(RefusalCode.NotBound, $"The request claims to be sealed at {created:u}, further ahead than {worker.Options.MaxClockSkew}.")
            : null;
    }

    private async Task<Outcome<Actor>> IdentifyAsync(Certificate? signer, CancellationToken cancel)
    {
        if (signer is not null)
        {
            return await register.IdentifyAsync(signer, worker.Options.RaIssuer, cancel);
        }

        Role? role = (await roles.ListAsync(cancel)).FirstOrDefault(role => role.Name == worker.Options.UnsignedActsAs);
        return role is null
            ? new Refusal(RefusalCode.NotAuthorized, $"There is no role '{worker.Options.UnsignedActsAs}' for unsigned requests.")
            : Actor.With($"unsigned via {worker.Name}", role.RuleList);
    }

    private Refusal? NotListed(MessageContent content)
    {
        if (worker.WhiteList.Count == 0)
        {
            return null;
        }

        string? first = content.SubMessages.Select(ClassName).FirstOrDefault(name => !worker.WhiteList.Contains(name));
        return first is null ? null : new(RefusalCode.NotAuthorized, $"'{first}' is not on this worker's white list.");
    }

    // Asked before anything is executed: nobody gets a certificate whose answer cannot reach him (FLAWS.md F7).
    private Refusal? CannotBeAnswered(IMessageFormat format, OpenedMessage message) =>
        worker.RequiredOf(format).AtLeast(message.Protection).Encrypted && !(message.Signer is { } signer && format.CanSealTo(signer))
            ? new(RefusalCode.WrongKeyUsage, $"Answers must be encrypted, but the certificate of '{message.Signer?.Subject}' cannot receive.")
            : null;

    private static string ClassName(SubMessage part) => part is UnknownSubMessage unknown ? unknown.ClassName : part.WireName;
}
