using Ca.Core.Ledger;
using Ca.Core.Roles;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Recovery;

#pragma warning disable CA1008, CA1027 // kinds, not flags; the numbers are the token types of legacy databases
/// <summary>The files a key store can be handed out in (token types of CA_CORE §6.2).</summary>
public enum KeyStoreForm
{
    /// <summary>PKCS#12.</summary>
    Pkcs12 = 2,

    /// <summary>PEM, the key encrypted.</summary>
    Pem = 4,
}
#pragma warning restore CA1008, CA1027

/// <summary>An end entity asks for its key store.</summary>
/// <param name="Actor">The RA that passes it on.</param>
/// <param name="PlanKey">Names this request.</param>
/// <param name="Username">Who it says it is.</param>
/// <param name="Secret">What shows it.</param>
public sealed record RetrievalOrder(Actor Actor, InboxKey PlanKey, string Username, Secret Secret);

/// <summary>A key store and the file its owner wants.</summary>
/// <param name="Store">The key store; the receiver disposes it.</param>
/// <param name="Form">As registered.</param>
public sealed record RetrievedKeyStore(KeyStore Store, KeyStoreForm Form);
