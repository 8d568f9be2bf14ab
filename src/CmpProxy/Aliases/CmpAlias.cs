using CmpProxy.Backends;
using CmpProxy.Configuration;
using CmpProxy.Gate;
using CmpProxy.Http;
using Pki.Protocols.Cmp;

namespace CmpProxy.Aliases;

/// <summary>One alias, ready for work.</summary>
/// <param name="Name">Its name; for <c>*</c> the name that the client used.</param>
/// <param name="Options">Its settings.</param>
/// <param name="Screening">The checks that need no secrets.</param>
/// <param name="Gate">The checks that need secrets or certificates.</param>
/// <param name="Backend">Where messages go.</param>
internal sealed record CmpAlias(string Name, AliasOptions Options, MessageScreening Screening, ProtectionGate Gate, IBackend Backend)
{
    /// <summary>True for a message that may be sent to this alias.</summary>
    public bool Takes(PkiBodyKind kind) => BodyNames.GoesOn(kind)
        || (Options.Operations.Count == 0 ? BodyNames.Beginning.Values : Options.Operations.Select(name => BodyNames.Beginning[name])).Contains(kind);
}
