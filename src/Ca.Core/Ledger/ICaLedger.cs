namespace Ca.Core.Ledger;

/// <summary>Where every change of the CA database goes through.</summary>
public interface ICaLedger
{
    /// <summary>Commits the work. When the task completes, it is on disk.</summary>
    /// <exception cref="AlreadyAnsweredException">The inbox has an answer under one of its keys: read it.</exception>
    /// <exception cref="ConcurrentChangeException">Somebody changed the same rows first: read again and repeat.</exception>
    Task CommitAsync(CaWork work, CancellationToken cancel);
}
