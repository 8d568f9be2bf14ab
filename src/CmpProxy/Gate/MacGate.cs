using System.Text;
using Pki.Protocols.Cmp;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CmpProxy.Gate;

/// <summary>A shared secret and who uses it.</summary>
/// <param name="KeyId">The senderKID; null for the secret of a CA.</param>
/// <param name="Ca">The recipient; null for the secret of a senderKID.</param>
/// <param name="Secret">The secret.</param>
internal sealed record GateSecret(string? KeyId, DistinguishedName? Ca, Secret Secret)
{
    /// <summary>True where the header names the one who uses it.</summary>
    public bool IsFor(PkiHeader header) => KeyId is { } id
        ? header.SenderKeyId is { } sent && sent.Span.SequenceEqual(Encoding.UTF8.GetBytes(id))
        : header.Recipient.Kind == GeneralNameKind.DirectoryName
            && DistinguishedName.Parse(header.Recipient.Value).Succeeded(out DistinguishedName? recipient, out _) && recipient.Equals(Ca); // CMP-H-19
}

/// <summary>Lets messages through whose MAC is right under one of the secrets (CMP-P-4).</summary>
internal sealed class MacGate(IReadOnlyList<GateSecret> secrets, MacLimits limits)
{
    private readonly CmpAlgorithmPolicy policy = CmpAlgorithmPolicy.Default with { Macs = limits };

    /// <summary>True for a right MAC. The secret of the senderKID comes before that of the CA.</summary>
    public bool Opens(PkiMessage message)
    {
        foreach (GateSecret secret in secrets.Where(secret => secret.IsFor(message.Header)).OrderBy(secret => secret.KeyId is null))
        {
            if (MessageProtection.VerifyMac(message, secret.Secret, policy).Succeeded(out MacKey? key, out _))
            {
                key.Dispose();
                return true;
            }
        }

        return false;
    }
}
