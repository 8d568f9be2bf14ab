using Ca.Core.Cmp;
using Pki.Protocols.Cmp;

namespace Ca.Cmp.Authentication;

/// <summary>Which algorithms an alias believes (CMP-S-1, S-4).</summary>
internal static class AliasPolicy
{
    public static CmpAlgorithmPolicy Of(CmpAlias alias) => new()
    {
        Macs = MacLimits.Default with
        {
            MaxPbmIterations = alias.MaxPbmIterations,
            MaxPbkdf2Iterations = alias.MaxPbkdf2Iterations,
            AllowSha1OneWayFunction = alias.AllowSha1OneWayFunction,
        },
    };
}
