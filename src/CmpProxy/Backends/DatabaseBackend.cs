using System.Security.Cryptography;
using CmpProxy.Http;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Store;
using Pki.Hosting;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;

namespace CmpProxy.Backends;

/// <summary>
/// The CA behind the message database: one request, one row, one <see cref="CMPRequest"/> (CMP-P-1). The call is held
/// without a thread until the row is answered (CMP-T-15).
/// </summary>
internal sealed class DatabaseBackend(IMessageStore store, ExtRaLink link, TimeProvider clock, ILogger<DatabaseBackend> log) : IBackend
{
    private const int FirstRequestId = 1;
    private const int NonceBytes = 16;
    private const int MaxRows = 100; // of one message whose answer was systemUnavail again and again
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public async Task<BackendAnswer> AskAsync(CmpCall call, PkiMessage message, CancellationToken cancel)
    {
        byte[] which = call.Target.Alias.Options.ReplayWindow == TimeSpan.Zero ? RandomNumberGenerator.GetBytes(NonceBytes) : [];
        try
        {
            for (int row = 1; ; row++)
            {
                (BackendAnswer answer, bool isRepetition) = await AskAsync(call, message, which, cancel);
                if (!isRepetition || row == MaxRows || answer is not BackendAnswer.Answered(var octets) || !AnswerCheck.IsUnavailable(octets))
                {
                    return answer;
                }

                // Another row, the same one for all who ask again: its name is made of the answer that is of no use now.
                which = SHA256.HashData(octets.Span);
            }
        }
        catch (MessageStoreUnavailableException e)
        {
            log.DatabaseUnreachable(e.Message);
            return BackendAnswer.Unreachable.Instance;
        }
    }

    private async Task<(BackendAnswer Answer, bool IsRepetition)> AskAsync(CmpCall call, PkiMessage message, byte[] which, CancellationToken cancel)
    {
        RequestId id = RequestNames.Of(call.Target.Alias.Name, message, which);
        NewMessage row = link.Seal(id, RequestNames.Digest(message), [MakeRequest(call, message)]);

        // Not cancelled when the client goes away: what was admitted is stored, and the client will ask again (CMP-T-16).
        CreateResult result = await store.CreateAsync(row, CancellationToken.None);
        return result == CreateResult.Conflict
            ? (new BackendAnswer.Refused(RefusalCode.Conflict), false)
            : (await HoldAsync(new(call, message.Header, id, result == CreateResult.Created ? row.Message : null), cancel), result != CreateResult.Created);
    }

    private static CMPRequest MakeRequest(CmpCall call, PkiMessage message) => new()
    {
        RequestId = FirstRequestId,
        Alias = call.Target.Alias.Name,
        Operation = call.Target.Label?.Name,
        CertificateProfileName = call.Target.CertificateProfile,
        PkiMessage = message.Encoded.ToArray(),
        RequesterAddress = call.Source,
        TlsSubject = call.TlsSubject,
    };

    /// <summary>
    /// Waits for an answer that can be believed. A row that is set aside, because the CA is not ready, and one whose answer
    /// is not the CA's are looked at again from time to time: neither is an answer, and the request is still held.
    /// </summary>
    private async Task<BackendAnswer> HoldAsync(HeldRequest held, CancellationToken cancel)
    {
        long start = clock.GetTimestamp();
        TimeSpan patience = held.Call.Target.Alias.Options.HoldTimeout;
        string? doubted = null;
        while (true)
        {
            TimeSpan rest = patience - clock.GetElapsedTime(start);
            MessageRow? row = await store.WaitForAnswerAsync(held.Id.UniqueId, rest > TimeSpan.Zero ? rest : TimeSpan.Zero, cancel);
            if (row is null)
            {
                return BackendAnswer.Unreachable.Instance; // expired or purged while it was held; a repetition begins anew
            }

            if (row.Status == MessageStatus.Processed && row.Message != doubted)
            {
                if (Read(held, row) is { } answer)
                {
                    return answer;
                }

                doubted = row.Message;
            }

            rest = patience - clock.GetElapsedTime(start);
            if (rest <= TimeSpan.Zero)
            {
                return BackendAnswer.Silent.Instance;
            }

            await Task.Delay(rest < Pause ? rest : Pause, clock, cancel);
        }
    }

    /// <summary>The answer in a row; null for one that must not be passed on.</summary>
    private BackendAnswer? Read(HeldRequest held, MessageRow row)
    {
        if (!link.OpenAnswer(row, held.Sealed).Succeeded(out MessageContent? content, out Refusal? refusal))
        {
            return Doubt(held, refusal.ToString());
        }

        switch (content.SubMessages)
        {
            case [CMPResponse { Success: true, PkiMessage: { } answer }]:
                return AnswerCheck.ObjectionTo(answer, held.Request, MessageLimits.MessageLength) is { } objection ? Doubt(held, objection.ToString())
                    : IsOld(held, row) && !AnswerCheck.IsUnavailable(answer) ? BackendAnswer.Repeated.Instance
                    : new BackendAnswer.Answered(answer);
            case [Response { Success: false, Reason: RefusalCode.NotFound }]:
                return BackendAnswer.NoSuchAlias.Instance;
            case [Response { Success: false } failed]:
                log.RefusedByCa(held.Call.Target.Alias.Name, held.Id.MessageId, failed.Reason?.ToString() ?? "-", LogText.Of(failed.FailInfo));
                return new BackendAnswer.Refused(failed.Reason ?? RefusalCode.InternalFailure);
            default:
                return Doubt(held, "It holds neither a PKIMessage nor a refusal.");
        }
    }

    // CMP-T-17. Only a repetition can be late: who has created the row gets its answer whenever it comes.
    private bool IsOld(HeldRequest held, MessageRow row) => held.Sealed is null
        && clock.GetUtcNow() - MessageRow.Time(row.ModifyTime) > held.Call.Target.Alias.Options.ReplayWindow;

    private BackendAnswer? Doubt(HeldRequest held, string why)
    {
        log.AnswerNotBelieved(held.Id.UniqueId, LogText.Of(why));
        return null;
    }

    /// <summary>A request whose client waits.</summary>
    /// <param name="Call">The call.</param>
    /// <param name="Request">The header of its message.</param>
    /// <param name="Id">The row's names.</param>
    /// <param name="Sealed">The message column, where this call made it; the answer must name it then.</param>
    private sealed record HeldRequest(CmpCall Call, PkiHeader Request, RequestId Id, string? Sealed);
}
