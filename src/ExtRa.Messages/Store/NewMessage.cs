namespace ExtRa.Messages.Store;

/// <summary>A request to store.</summary>
/// <param name="UniqueId">The key: 1 to 250 letters, digits and <c>- _ . :</c>.</param>
/// <param name="MessageId">What the protocol calls the transaction: 1 to 255 characters, none of them invisible.</param>
/// <param name="Type">The kind of front end.</param>
/// <param name="Message">The sealed request: ASCII, at most 16 Mi characters.</param>
/// <param name="RequestDigest">SHA-256 of the request's meaning, 64 lower-case hex digits.</param>
public sealed record NewMessage(string UniqueId, string MessageId, MessageType Type, string Message, string RequestDigest);

/// <summary>What became of a request to store.</summary>
public enum CreateResult
{
    /// <summary>It was stored.</summary>
    Created,

    /// <summary>The same request is there already; its transaction continues.</summary>
    AlreadyThere,

    /// <summary>Another request is there under this key. It was left as it is.</summary>
    Conflict,
}
