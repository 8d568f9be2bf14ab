using Ca.Core.Issuance;
using Ca.Core.Recovery;
using ExtRa.Messages.Contract;
using ExtRa.Processing;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker.Processors;

/// <summary>Makes a key and its certificate for an end entity (EXTERNAL_RA.md X-21).</summary>
internal sealed class PKCS12RequestProcessor(ServerKeyIssuer issuer) : IRequestProcessor<PKCS12Request>
{
    private const int Rsa = 1;
    private const int Ecdsa = 2;
    private const int Pkcs12Token = 2;

    public async Task<Answer> ProcessAsync(PKCS12Request request, ProcessingContext context, CancellationToken cancel)
    {
        if (KeySpecOf(request) is not { } keySpec)
        {
            return new Answer.No(new(RefusalCode.UnsupportedAlgorithm, $"keyAlg {request.KeyAlg} with keySpec '{request.KeySpec}' is no key that is made here."));
        }

        if (KeyStorePackage.CheckPassword(request.Password) is { } useless)
        {
            return new Answer.No(useless);
        }

        var issuance = new IssuanceRequest
        {
            Actor = context.Actor,
            PlanKey = context.Key,
            CaName = request.CaName,
            CertificateProfile = request.CertificateProfileName,
            EndEntityProfile = request.EndEntityProfileName,
            Username = request.Username,
            SubjectDn = request.SubjectDn,
            SubjectAltName = request.SubjectAltName,
            Email = request.Email,
            Request = RequestedKey.MadeHere,
            CreateOrEditUser = true,
            TokenType = Pkcs12Token,
            KeyRecoverable = request.StoreKeys,
        };
        return Answers.From(await issuer.IssueAsync(issuance, keySpec, context.Work, cancel), store => Pack(request, store));
    }

    public Response Refuse(PKCS12Request request, Refusal refusal) => PKCS12Response.Failure(request.RequestId, refusal.Code);

    private static PKCS12Response Pack(PKCS12Request request, KeyStore store)
    {
        using (store)
        {
            return PKCS12Response.Issued(request.RequestId, KeyStorePackage.ToPkcs12(store, request.Password, request.Username));
        }
    }

    /// <summary>WIRE.md 7.7: RSA in decimal bits, ECDSA by the name of a curve.</summary>
    private static string? KeySpecOf(PKCS12Request request)
    {
        int expected = request.KeySpec.Length > 0 && request.KeySpec.All(char.IsAsciiDigit) ? Rsa : Ecdsa;
        return request.KeyAlg == expected && KeyPair.IsKeySpec(request.KeySpec) ? request.KeySpec : null;
    }
}
