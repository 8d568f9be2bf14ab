using ExtRa.Messages.Store;

namespace ScepRaServer.Transactions;

/// <summary>Which transactionIDs can name a row.</summary>
internal static class TransactionNames
{
    /// <summary>Null for a transactionID that can; any printable character is fine (SCEP.md ).</summary>
    public static ScepFailure? Check(string transactionId)
    {
        try
        {
            MessageLimits.CheckMessageId(transactionId);
            return null;
        }
        catch (InvalidMessageException e)
        {
            return ScepFailure.BadRequest("transaction identifier not acceptable", e.Message);
        }
    }
}
