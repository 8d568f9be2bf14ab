using Pki.Cli.Output;
using Pki.Protocols.X509;

namespace Pki.Cli.Doctor;

/// <summary>Whether a certificate is valid, and long enough.</summary>
internal static class Expiry
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    public static void Check(Findings findings, string what, Certificate certificate, DateTimeOffset now, string whatToDo)
    {
        if (now < certificate.NotBefore)
        {
            findings.Fail($"{what} is not valid before {Texts.Time(certificate.NotBefore)}.", "Check the clock of this machine.");
        }
        else if (certificate.NotAfter <= now)
        {
            findings.Fail($"{what} expired at {Texts.Time(certificate.NotAfter)}.", whatToDo);
        }
        else if (certificate.NotAfter - now <= Soon)
        {
            findings.Warn($"{what} expires in {Texts.Span(certificate.NotAfter - now)}.", whatToDo);
        }
    }
}
