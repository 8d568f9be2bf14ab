namespace Ca.Core.Authorities;

/// <summary>Values that stand in the place of a CA's id (CA_CORE §4.1); the id itself is <c>DistinguishedName.CaId()</c>.</summary>
public static class CaId
{
    /// <summary>Ids up to this one have special meanings.</summary>
    public const int LastSpecial = 10;

    /// <summary>Signed by itself.</summary>
    public const int SelfSigned = 1;

    /// <summary>Signed by a CA that is not here.</summary>
    public const int SignedByExternal = 2;
}
