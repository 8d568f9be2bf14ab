using Ca.Core.EndEntities;
using ExtRa.Messages.Contract;
using ExtRa.Processing;
using Pki.Protocols.Trust;

namespace CaServiceWorker.Processors;

/// <summary>Adds or edits an end entity (EXTERNAL_RA.md X-23).</summary>
internal sealed class EditUserRequestProcessor(EndEntityStore users) : IRequestProcessor<EditUserRequest>
{
    private const int EndUser = 0x01;
    private const int KeyRecoverable = 0x80;
    private const int SendNotification = 0x100;

    public async Task<Answer> ProcessAsync(EditUserRequest request, ProcessingContext context, CancellationToken cancel)
    {
        if (TokenTypeOf(request.TokenName) is not { } token)
        {
            return new Answer.No(new(RefusalCode.NotFound, $"tokenName '{request.TokenName}' does not exist; there are USERGENERATED, P12, JKS and PEM."));
        }

        if ((request.Type & ~(EndUser | KeyRecoverable | SendNotification)) != 0 || (request.Type & EndUser) == 0)
        {
            return new Answer.No(new(RefusalCode.PolicyViolation, $"type 0x{request.Type:X} is no end entity, or one with a bit that has no meaning here."));
        }

        var data = new EndEntityData
        {
            Username = request.Username,
            SubjectDn = request.SubjectDn,
            SubjectAltName = request.SubjectAltName,
            Email = request.Email,
            CaName = request.CaName,
            EndEntityProfile = request.EndEntityProfileName,
            CertificateProfile = request.CertificateProfileName,
            TokenType = token,
            Status = (EndEntityStatus)request.Status,
            Secret = request.Password is { IsEmpty: false } password ? password : null,
            KeyRecoverable = (request.Type & KeyRecoverable) != 0,
            SendNotification = (request.Type & SendNotification) != 0,
        };
        return Answers.From(
            await users.SetAsync(context.Actor, data, request.ReactivateUser, context.Work, cancel), _ => ExtRAResponse.Done(request.RequestId));
    }

    /// <summary>WIRE.md 7.7. Any other text was a hard token profile, which are not made here.</summary>
    private static int? TokenTypeOf(string name) => name.ToUpperInvariant() switch
    {
        "USERGENERATED" => 1,
        "P12" => 2,
        "JKS" => 3,
        "PEM" => 4,
        _ => null,
    };
}
