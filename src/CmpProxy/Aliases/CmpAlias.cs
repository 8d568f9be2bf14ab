using CmpProxy.Backends;
using CmpProxy.Configuration;
using CmpProxy.Gate;
using CmpProxy.Http;
using ExtRa.Messages.Contract;
using Pki.Protocols.Cmp;

namespace CmpProxy.Aliases;

/// <summary>One alias, ready for work.</summary>
/// <param name="Name">Its name; for <c>*</c> the name that the client used.</param>
/// <param name="Options">Its settings here.</param>
/// <param name="Screening">The checks that need no secrets.</param>
/// <param name="Gate">The checks that need secrets or certificates.</param>
/// <param name="Backend">Where messages go.</param>
internal sealed record CmpAlias(string Name, AliasOptions Options, MessageScreening Screening, ProtectionGate Gate, IBackend Backend)
{
    /// <summary>What the CA says of it (CMP-A-41); null where it has said nothing, or where the alias is another server's.</summary>
    public CMPAliasEntry? Published { get; init; }

    /// <summary>Most octets of a message: the smaller of what is said here and at the CA.</summary>
    public int MaxMessageBytes => (Options.MaxMessageBytes, Published?.MaxMessageBytes) switch
    {
        ({ } here, { } there) => Math.Min(here, there),
        var (here, there) => here ?? there ?? CmpLimits.MaxMessageLength,
    };

    /// <summary>True for a message that this configuration lets through.</summary>
    public bool Takes(PkiBodyKind kind) => BodyNames.GoesOn(kind)
        || (Options.Operations.Count == 0 ? BodyNames.Beginning.Values : Options.Operations.Select(name => BodyNames.Beginning[name])).Contains(kind);

    /// <summary>True for a message that the CA answers, as far as it has said so (CMP-O-1).</summary>
    public bool Offers(PkiBodyKind kind) => BodyNames.GoesOn(kind) || Published is null || Published.Operations.Contains(BodyNames.Of(kind), StringComparer.Ordinal);
}
