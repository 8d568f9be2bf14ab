using System.Security.Cryptography;
using Pki.Protocols.Cms;

namespace ExtRa.Messages.Sealing;

/// <summary>What a signed request is, whatever is written around it.</summary>
public static class SignedRequest
{
    extension(VerifiedSigner signer)
    {
        /// <summary>
        /// SHA-256 of the signer's public key and of the octets under his signature, which hold the content's digest and
        /// the time. Envelope, lengths, unsigned attributes, the certificate's own encoding and an ECDSA signature can be
        /// changed by anybody, without making another request of it (FLAWS.md B4).
        /// </summary>
        public byte[] RequestDigest() => SHA256.HashData([.. signer.Certificate.PublicKey.Encoded.Span, .. signer.SignedOctets.Span]);
    }
}
