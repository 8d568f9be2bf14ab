using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.X509;

namespace CaServiceWorker;

/// <summary>One configured worker with everything it works with, made once at start.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Owner">The lease owner written into rows: node and worker.</param>
/// <param name="Options">Its rules.</param>
/// <param name="Database">Its message database.</param>
/// <param name="KeyStore">Its link key; null when neither signing nor encryption is required.</param>
internal sealed record Worker(string Name, string Owner, WorkerOptions Options, MessageDatabase Database, KeyStore? KeyStore)
{
    /// <summary>Its mailbox.</summary>
    public IMessageStore Store => Database.Messages;

    /// <summary>The kinds of rows it takes.</summary>
    public IReadOnlyList<MessageType> Types { get; } = [.. Options.Types];

    /// <summary>The layers that a request must have and that every answer gets.</summary>
    public Protection Required { get; } = new(Options.SignatureRequired, Options.EncryptionRequired);

    /// <summary>The same for requests of legacy programs and their answers.</summary>
    public Protection RequiredOfLegacy { get; } = new(
        Options.LegacySignatureRequired ?? Options.SignatureRequired, Options.LegacyEncryptionRequired ?? Options.EncryptionRequired);

    /// <summary>True when a request may be unsigned: then there is a role it acts with.</summary>
    public bool AcceptsUnsigned => !Required.Signed || (AcceptsLegacy && !RequiredOfLegacy.Signed);

    /// <summary>True when requests of legacy programs are processed.</summary>
    public bool AcceptsLegacy => Options.LegacyRequests == LegacyRequests.Accept;

    /// <summary>What messages of a format must have.</summary>
    public Protection RequiredOf(IMessageFormat format) => format.IsBound ? Required : RequiredOfLegacy;

    /// <summary>The request classes that are processed; empty for all.</summary>
    public IReadOnlySet<string> WhiteList { get; } = Listed(Options).ToHashSet(StringComparer.Ordinal);

    /// <summary>The names of a white list without the legacy package.</summary>
    public static IEnumerable<string> Listed(WorkerOptions options) => options.WhiteList
        .Select(name => name.Trim())
        .Where(name => name.Length > 0)
        .Select(name => name.StartsWith(SubMessageCatalog.LegacyPackage, StringComparison.Ordinal)
            ? name[SubMessageCatalog.LegacyPackage.Length..]
            : name);
}
