using Pki.Protocols.Cmp;

namespace CmpProxy.Gate;

/// <summary>Why a message goes no further.</summary>
/// <param name="Failure">What the client may learn.</param>
/// <param name="Code">A stable short code: the requirement's number. Travels as statusString.</param>
/// <param name="Detail">For the log.</param>
internal sealed record Objection(PkiFailureInfo Failure, string Code, string Detail);
