namespace Pki.Protocols.Trust;

/// <summary>What every legacy installation was shipped with, and many still have (FLAWS D9). It stands here to be refused.</summary>
public static class LegacyDefaults
{
    /// <summary>The password of its keystores and of the users that its SCEP RA made.</summary>
    public const string Password = "foo123";
}
