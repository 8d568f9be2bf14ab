using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using ScepRaServer.Aliases;
using ScepRaServer.Limits;

namespace ScepRaServer.Operations;

/// <summary>One message on its way through, opened and verified.</summary>
/// <param name="Alias">Whose policy applies.</param>
/// <param name="Request">The message.</param>
/// <param name="IsRenewal">It is signed with a certificate of our CA that may be renewed now (enrolments only).</param>
/// <param name="LeafOnly">The client wants the certificate alone.</param>
/// <param name="Source">The network address it came from.</param>
/// <param name="Slot">Its place; given up for a cheaper one while it waits for the CA.</param>
internal sealed record Operation(ScepAlias Alias, ScepRequest Request, bool IsRenewal, bool LeafOnly, string Source, OperationSlots.Slot Slot)
{
    public Certificate Signer => Request.Signer;

    /// <summary>The transactionID as text, which is also the row's messageid.</summary>
    public string TransactionId { get; } = Request.TransactionId.ToString();
}
