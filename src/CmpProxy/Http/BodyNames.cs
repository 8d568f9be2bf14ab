using Pki.Protocols.Cmp;

namespace CmpProxy.Http;

/// <summary>The short names of bodies, as RFC 9810 §5.1.2 has them: for configuration, log and metrics. A closed list.</summary>
internal static class BodyNames
{
    /// <summary>What may begin a transaction at a server.</summary>
    public static IReadOnlyDictionary<string, PkiBodyKind> Beginning { get; } = new Dictionary<string, PkiBodyKind>(StringComparer.Ordinal)
    {
        ["ir"] = PkiBodyKind.InitializationRequest,
        ["cr"] = PkiBodyKind.CertificationRequest,
        ["p10cr"] = PkiBodyKind.Pkcs10Request,
        ["kur"] = PkiBodyKind.KeyUpdateRequest,
        ["krr"] = PkiBodyKind.KeyRecoveryRequest,
        ["rr"] = PkiBodyKind.RevocationRequest,
        ["ccr"] = PkiBodyKind.CrossCertificationRequest,
        ["nested"] = PkiBodyKind.Nested,
        ["genm"] = PkiBodyKind.GeneralMessage,
    };

    /// <summary>True for what goes on with a transaction.</summary>
    public static bool GoesOn(PkiBodyKind kind) =>
        kind is PkiBodyKind.CertificateConfirmation or PkiBodyKind.PollRequest or PkiBodyKind.PopResponse or PkiBodyKind.Error;

    /// <summary>The name of a kind; "other" for what no client sends to a server.</summary>
    public static string Of(PkiBodyKind kind) => kind switch
    {
        PkiBodyKind.CertificateConfirmation => "certConf",
        PkiBodyKind.PollRequest => "pollReq",
        PkiBodyKind.PopResponse => "popdecr",
        PkiBodyKind.Error => "error",
        _ => Beginning.FirstOrDefault(pair => pair.Value == kind).Key ?? "other",
    };
}
