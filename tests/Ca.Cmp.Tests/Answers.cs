using Pki.Protocols.Cmp;
using Pki.Protocols.X509;

namespace Ca.Cmp.Tests;

/// <summary>What tests read out of answers.</summary>
internal static class Answers
{
    public static Certificate CertificateOf(PkiMessage answer)
    {
        CertResponse response = ResponseOf(answer);
        Assert.IsTrue(response.Status.Status is PkiStatus.Accepted or PkiStatus.GrantedWithMods, response.Status.Text?.ToString());
        Assert.IsNull(response.Status.Failure);
        return ((CertOrEncCert.Clear)response.KeyPair!.Certificate).Certificate.Read().OrThrow();
    }

    public static CertResponse ResponseOf(PkiMessage answer)
    {
        if (answer.Body is not PkiBody.CertificateResponses { Content.Responses: [var response] })
        {
            Assert.Fail($"{answer.Body.Kind} instead of a certificate: {(answer.Body as PkiBody.Error)?.Content.Status}");
            throw new InvalidOperationException();
        }

        return response;
    }

    public static void IsError(PkiFailureInfo expected, PkiMessage answer)
    {
        Assert.AreEqual(PkiBodyKind.Error, answer.Body.Kind, answer.Body.ToString());
        PkiStatusInfo status = ((PkiBody.Error)answer.Body).Content.Status;
        Assert.AreEqual(PkiStatus.Rejection, status.Status);
        Assert.AreEqual(expected, status.Failure, status.Text?.ToString());
    }

    public static void IsRejection(PkiBodyKind kind, PkiFailureInfo expected, PkiMessage answer)
    {
        Assert.AreEqual(kind, answer.Body.Kind, (answer.Body as PkiBody.Error)?.Content.Status.ToString());
        PkiStatusInfo status = answer.Body is PkiBody.RevocationResponses revocation ? revocation.Content.Statuses.Single() : ResponseOf(answer).Status;
        Assert.AreEqual(PkiStatus.Rejection, status.Status);
        Assert.AreEqual(expected, status.Failure, status.Text?.ToString());
    }

    public static void IsConfirmation(PkiMessage answer) => Assert.AreEqual(PkiBodyKind.PkiConfirmation, answer.Body.Kind, (answer.Body as PkiBody.Error)?.Content.Status.ToString());
}
