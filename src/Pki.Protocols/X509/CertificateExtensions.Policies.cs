using System.Formats.Asn1;
using Pki.Protocols.Asn1;

namespace Pki.Protocols.X509;

/// <content>Certificate policies (RFC 5280 §4.2.1.4).</content>
public static partial class CertificateExtensions
{
    /// <summary>RFC 5280 §4.2.1.4.</summary>
    public static CertificateExtension CertificatePolicies(IEnumerable<PolicyInformation> policies, bool critical = false) => Build(Oids.CertificatePolicies, critical, writer =>
    {
        using (writer.PushSequence())
        {
            foreach (PolicyInformation policy in policies)
            {
                WritePolicy(writer, policy);
            }
        }
    });

    private static void WritePolicy(AsnWriter writer, PolicyInformation policy)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(policy.Oid);
            if (policy.PracticeStatements.Count > 0 || policy.UserNotice is not null)
            {
                using (writer.PushSequence())
                {
                    WriteQualifiers(writer, policy);
                }
            }
        }
    }

    private static void WriteQualifiers(AsnWriter writer, PolicyInformation policy)
    {
        foreach (string uri in policy.PracticeStatements)
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Oids.PolicyQualifierCps);
                writer.WriteCharacterString(UniversalTagNumber.IA5String, uri);
            }
        }

        if (policy.UserNotice is { } notice)
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Oids.PolicyQualifierUserNotice);
                using (writer.PushSequence())
                {
                    writer.WriteCharacterString(UniversalTagNumber.UTF8String, notice);
                }
            }
        }
    }
}
