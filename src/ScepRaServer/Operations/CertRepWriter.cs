using System.Security.Cryptography;
using Pki.Protocols.Scep;
using ScepRaServer.Aliases;

namespace ScepRaServer.Operations;

/// <summary>Writes decisions as signed CertReps (RFC 8894 §3.3.2).</summary>
internal sealed class CertRepWriter(TimeProvider clock)
{
    /// <summary>Writes one.</summary>
    /// <param name="envelope">The message it answers.</param>
    /// <param name="alias">Whose policy.</param>
    /// <param name="key">Who signs: the RA that the message was encrypted to (SCEP.md L-06).</param>
    /// <param name="decision">What to say.</param>
    public byte[] Write(ScepEnvelope envelope, ScepAlias alias, RaKey key, Decision decision)
    {
        CertRepBuilder builder = CertRepBuilder.For(envelope, key.Identity, alias.Algorithms, RandomNumberGenerator.Fill) with { SigningTime = clock.GetUtcNow() };
        return decision switch
        {
            Decision.Certificates(var inOrder) => builder.Success(envelope.Signer!, ReplyCipher(envelope, alias), inOrder),
            Decision.Crl(var list) => builder.Success(envelope.Signer!, ReplyCipher(envelope, alias), list),
            Decision.Pending => builder.Pending(),
            Decision.Failure(var why) => builder.Failure(why.Info, why.Text),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static Pki.Protocols.Cms.ContentCipher ReplyCipher(ScepEnvelope envelope, ScepAlias alias) => alias.Algorithms.ReplyCipher(envelope.Cipher!.Value);
}
