using Ca.Core.Cmp;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Crmf;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Cmp.Authentication;

/// <summary>An enrolment code as it came, and the name it came with: the end entity's claim to be itself.</summary>
/// <param name="Value">The code. The core compares it when it issues, and spends it in the same transaction (CMP-C-40).</param>
/// <param name="Subject">The subject asked for, without the code.</param>
internal sealed record EnrolmentCode(Secret Value, DistinguishedName Subject) : IDisposable
{
    /// <summary>The code where this module expects it; null when it is not there. Of several requests only one is ever answered.</summary>
    public static EnrolmentCode? Find(CmpAuthentication module, PkiBody body) => (module.Module, body) switch
    {
        (CmpModule.RegTokenPwd, PkiBody.CertificateRequests { Requests: [var first, ..] }) =>
            first.Request.Control(Oids.RegToken) is { } control && control.Read<SecretText>().Succeeded(out SecretText? text, out _)
                ? new(text.Secret, first.Request.Template.Subject ?? DistinguishedName.Empty)
                : null,
        (CmpModule.RegTokenPwd, PkiBody.Pkcs10 { Request: var request }) => request.ChallengePassword is { } challenge ? new(challenge, request.Subject) : null,
        (CmpModule.DnPartPwd, PkiBody.CertificateRequests { Requests: [var first, ..] }) => Within(first.Request.Template.Subject, module),
        (CmpModule.DnPartPwd, PkiBody.Pkcs10 { Request: var request }) => Within(request.Subject, module),
        _ => null,
    };

    public void Dispose() => Value.Dispose();

    private static EnrolmentCode? Within(DistinguishedName? subject, CmpAuthentication module)
    {
        string oid = NameAttributes.FindOid(module.Parameter!)!;
        return subject?.First(oid) is { Length: > 0 } code ? new(Secret.FromText(code), subject.Without(oid)) : null;
    }
}
