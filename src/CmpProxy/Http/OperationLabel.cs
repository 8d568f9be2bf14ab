using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;

namespace CmpProxy.Http;

/// <summary>An operation in the path and the messages that may begin it (RFC 9483 §6.1; CMP-T-7).</summary>
internal sealed class OperationLabel
{
    private static readonly Dictionary<string, OperationLabel> Known = new OperationLabel[]
    {
        new("initialization", PkiBodyKind.InitializationRequest),
        new("certification", PkiBodyKind.CertificationRequest),
        new("keyupdate", PkiBodyKind.KeyUpdateRequest),
        new("pkcs10", PkiBodyKind.Pkcs10Request),
        new("revocation", PkiBodyKind.RevocationRequest),
        new("getcacerts", PkiBodyKind.GeneralMessage, Oids.CaCerts),
        new("getrootupdate", PkiBodyKind.GeneralMessage, Oids.RootCaCert),
        new("getcertreqtemplate", PkiBodyKind.GeneralMessage, Oids.CertReqTemplate),
        new("getcrls", PkiBodyKind.GeneralMessage, Oids.CrlStatusList),
        new("nested", PkiBodyKind.Nested),
    }.ToDictionary(label => label.Name, StringComparer.Ordinal);

    private readonly PkiBodyKind kind;
    private readonly string? question;

    private OperationLabel(string name, PkiBodyKind kind, string? question = null) => (Name, this.kind, this.question) = (name, kind, question);

    /// <summary>The word in the path.</summary>
    public string Name { get; }

    /// <summary>The label of a word; null for no label.</summary>
    public static OperationLabel? Find(string word) => Known.GetValueOrDefault(word);

    /// <summary>True for what begins this operation, and for what goes on with any transaction (certConf, pollReq).</summary>
    public bool Fits(PkiBody body) => body.Kind == kind
        ? question is null || (body is PkiBody.General { Items: [var first, ..] } && first.Oid == question)
        : BodyNames.GoesOn(body.Kind);
}
