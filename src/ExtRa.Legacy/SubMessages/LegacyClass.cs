using System.Collections.Frozen;
using ExtRa.Messages.Contract;

namespace ExtRa.Legacy.SubMessages;

/// <summary>A row of the table of legacy submessage classes (WIRE.md 7.2).</summary>
/// <param name="Number">CLASSTYPE.</param>
/// <param name="Version">The version that is written; higher ones are read as they are, lower ones with their defaults.</param>
/// <param name="Type">Our class.</param>
public sealed record LegacyClass(int Number, float Version, Type Type)
{
    /// <summary>Of April 2011, never released; read, not written.</summary>
    public const int OneshotRequest = 17;

    /// <summary>Its answer.</summary>
    public const int OneshotResponse = 18;

    private static readonly LegacyClass[] Written =
    [
        new(2, 2.0f, typeof(PKCS10Request)),
        new(3, 1.0f, typeof(PKCS12Request)),
        new(4, 1.0f, typeof(KeyRecoveryRequest)),
        new(5, 2.0f, typeof(PKCS10Response)),
        new(6, 1.0f, typeof(PKCS12Response)),
        new(8, 3.0f, typeof(RevocationRequest)),
        new(9, 1.0f, typeof(ExtRAResponse)),
        new(10, 1.0f, typeof(EditUserRequest)),
        new(11, 1.0f, typeof(CardRenewalRequest)),
        new(12, 1.0f, typeof(CardRenewalResponse)),
        new(13, 1.0f, typeof(KeyStoreRetrievalRequest)),
        new(14, 1.0f, typeof(KeyStoreRetrievalResponse)),
        new(15, 1.0f, typeof(CertificateRequestRequest)),
        new(16, 1.0f, typeof(CertificateRequestResponse)),
    ];

    private static readonly FrozenDictionary<int, LegacyClass> ByNumber = Written
        .Append(new(OneshotRequest, 1.0f, typeof(CertificateRequestRequest)))
        .Append(new(OneshotResponse, 1.0f, typeof(CertificateRequestResponse)))
        .ToFrozenDictionary(row => row.Number);

    private static readonly FrozenDictionary<Type, LegacyClass> ByType = Written.ToFrozenDictionary(row => row.Type);

    /// <summary>The class of a number; null when no release knew it.</summary>
    public static LegacyClass? Find(int number) => ByNumber.GetValueOrDefault(number);

    /// <summary>The class that says what ours says; null where the legacy format has none.</summary>
    public static LegacyClass? Find(Type type) => ByType.GetValueOrDefault(type);
}
