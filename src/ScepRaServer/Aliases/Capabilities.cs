using System.Text;
using Pki.Protocols.Scep;
using ScepRaServer.Configuration;

namespace ScepRaServer.Aliases;

/// <summary>The answers to GetCACaps, written once: what the policy refuses is not promised (SCEP.md C-02 to C-08).</summary>
internal sealed class Capabilities
{
    private const string ContentType = "text/plain";
    private static readonly string[] NeededForStandard = [ScepCapabilities.Aes, "SHA-256", ScepCapabilities.PostPkiOperation];

    private readonly ScepReply.Document plain;
    private readonly ScepReply.Document withNextCa;

    public Capabilities(AliasOptions options, ScepAlgorithmPolicy algorithms)
    {
        plain = Write(options, algorithms, nextCa: false);
        withNextCa = Write(options, algorithms, nextCa: true);
    }

    /// <summary>The answer.</summary>
    /// <param name="nextCa">A next CA certificate is there (C-03).</param>
    public ScepReply.Document Reply(bool nextCa) => nextCa ? withNextCa : plain;

    private static ScepReply.Document Write(AliasOptions options, ScepAlgorithmPolicy algorithms, bool nextCa)
    {
        ScepCapabilities told = ScepCapabilities.Of(algorithms, options.Renewal.Enabled, nextCa).Without(options.HideCapabilities);
        if (!NeededForStandard.All(told.Has))
        {
            told = told.Without([ScepCapabilities.ScepStandard]); // it promises all of them
        }

        return new(Encoding.ASCII.GetBytes(told.ToString()), ContentType);
    }
}
