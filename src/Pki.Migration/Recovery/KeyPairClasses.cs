using Pki.Protocols.JavaStreams;

namespace Pki.Migration.Recovery;

/// <summary>The classes that a kept key pair may consist of (MIGRATION §2.6), and no others.</summary>
internal static class KeyPairClasses
{
    private const byte Plain = JavaClass.Serializable;
    private const byte Writing = JavaClass.Serializable | JavaClass.WritesAnnotations;
    private const string Number = "Ljava/math/BigInteger;", Text = "Ljava/lang/String;", Octets = "[B";
    private const string Rsa = "org.bouncycastle.jcajce.provider.asymmetric.rsa.BC", Ec = "org.bouncycastle.jcajce.provider.asymmetric.ec.BC", Older = "org.bouncycastle.jce.provider.JCE";
    private const long RsaCrtUid = 7834723820638524718, RsaUid = 5110188922551353628, RsaPublicUid = 2675817738516720772;

    private static readonly JavaFieldType[] CrtFields =
        [new('L', "crtCoefficient", Number), new('L', "primeExponentP", Number), new('L', "primeExponentQ", Number), new('L', "primeP", Number), new('L', "primeQ", Number), new('L', "publicExponent", Number)];

    private static readonly JavaFieldType[] RsaFields = [new('L', "modulus", Number), new('L', "privateExponent", Number)];
    private static readonly JavaFieldType[] RsaPublicFields = [new('L', "modulus", Number), new('L', "publicExponent", Number)];
    private static readonly JavaFieldType[] EcFields = [new('Z', "withCompression"), new('L', "algorithm", Text)];

    private static readonly JavaClass JavaEnum = new("java.lang.Enum", 0, JavaClass.Serializable | JavaClass.Enum, []);

    public static JavaClass Pair { get; } = new(
        "java.security.KeyPair", -7565189502268009837, Plain, [new('L', "privateKey", "Ljava/security/PrivateKey;"), new('L', "publicKey", "Ljava/security/PublicKey;")]);

    /// <summary>What the platform's own keys are written as.</summary>
    public static JavaClass KeyRep { get; } = new(
        "java.security.KeyRep", -4757683898830641853, Plain, [new('L', "algorithm", Text), new('[', "encoded", Octets), new('L', "format", Text), new('L', "type", "Ljava/security/KeyRep$Type;")]);

    public static JavaClass EcPrivate { get; } = new(Ec + "ECPrivateKey", 994553197664784084, Writing, EcFields);

    public static JavaClass OlderEcPrivate { get; } = new(Older + "ECPrivateKey", 0, Writing, []) { HasAnyShape = true };

    /// <summary>Superclass of the older RSA keys: number, attributes, number.</summary>
    public static JavaClass OlderRsa { get; } = new(Older + "RSAPrivateKey", 0, Writing, []) { HasAnyShape = true };

    /// <summary>Superclasses of the RSA keys: the name of the algorithm came later.</summary>
    private static JavaClass[] RsaSupers { get; } =
        [new(Rsa + "RSAPrivateKey", RsaUid, Writing, [new('[', "algorithmIdentifierEnc", Octets), .. RsaFields]), new(Rsa + "RSAPrivateKey", RsaUid, Writing, RsaFields)];

    /// <summary>RSA keys of all releases; the layer above has modulus and private exponent.</summary>
    private static JavaClass[] RsaPrivates { get; } =
    [
        .. RsaSupers.SelectMany(super => new[] { Plain, Writing }.Select(flags => new JavaClass(Rsa + "RSAPrivateCrtKey", RsaCrtUid, flags, CrtFields, super))),
        new(Older + "RSAPrivateCrtKey", RsaCrtUid, Plain, CrtFields, OlderRsa),
    ];

    public static IReadOnlyList<JavaClass> All { get; } =
    [
        Pair, KeyRep, JavaEnum, new("java.security.KeyRep$Type", 0, JavaClass.Serializable | JavaClass.Enum, [], JavaEnum),
        .. RsaSupers, .. RsaPrivates, OlderRsa, EcPrivate, OlderEcPrivate,
        .. new[] { Plain, Writing }.Select(flags => new JavaClass(Rsa + "RSAPublicKey", RsaPublicUid, flags, RsaPublicFields)),
        new(Older + "RSAPublicKey", RsaPublicUid, Plain, RsaPublicFields),
        new(Ec + "ECPublicKey", 2422789860422731812, Writing, EcFields),
        new(Older + "ECPublicKey", 0, Writing, []) { HasAnyShape = true },
        JavaClasses.BigInteger, JavaClasses.Number, JavaClasses.Bytes, JavaClasses.Objects,
        new("java.util.Hashtable", 1421746759512286392, Writing, [new('F', "loadFactor"), new('I', "threshold")]),
        new("java.util.Vector", -2767605614048989439, Writing, [new('I', "capacityIncrement"), new('I', "elementCount"), new('[', "elementData", "[Ljava/lang/Object;")]),
    ];

    public static bool IsRsaPrivate(JavaClass of) => Array.Exists(RsaPrivates, one => ReferenceEquals(one, of));
}
