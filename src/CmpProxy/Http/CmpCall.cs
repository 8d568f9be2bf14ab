using CmpProxy.Aliases;

namespace CmpProxy.Http;

/// <summary>What a path leads to.</summary>
/// <param name="Alias">Whose rules.</param>
/// <param name="Label">The operation in the path; null for none.</param>
/// <param name="CertificateProfile">The certificate profile that the path stands for; null for none (CMP-T-8).</param>
internal sealed record CmpTarget(CmpAlias Alias, OperationLabel? Label, string? CertificateProfile);

/// <summary>One POST.</summary>
/// <param name="Target">Where it went.</param>
/// <param name="Body">The octets as received, at most as many as the alias allows.</param>
/// <param name="Source">The client's address as text.</param>
/// <param name="TlsSubject">Subject of the client's TLS certificate; null without one (CMP-T-18).</param>
internal sealed record CmpCall(CmpTarget Target, ReadOnlyMemory<byte> Body, string Source, string? TlsSubject);
