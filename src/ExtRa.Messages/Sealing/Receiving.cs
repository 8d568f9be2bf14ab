using Pki.Protocols.X509;

namespace ExtRa.Messages.Sealing;

/// <summary>Whether a certificate's key may be encrypted to (EXTERNAL_RA.md X-08).</summary>
public static class Receiving
{
    extension(Certificate certificate)
    {
        /// <summary>RSA needs keyEncipherment, EC needs keyAgreement; a certificate without key usage receives nothing.</summary>
        public bool CanReceive() => certificate.KeyUsage is { } usage
            && usage.HasFlag(certificate.PublicKey.IsRsa ? KeyUsages.KeyEncipherment : KeyUsages.KeyAgreement);
    }
}
