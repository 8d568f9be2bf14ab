using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Pki.Protocols.Trust;

namespace Ca.Core.Cmp;

/// <summary>Secrets that a sender may have used. Whoever gets them wipes them.</summary>
/// <param name="Secrets">Those that open, the newest first.</param>
/// <param name="AreItsOwn">They are of this sender alone; otherwise others know them too.</param>
public sealed record CandidateSecrets(IReadOnlyList<Secret> Secrets, bool AreItsOwn)
{
    private Exception? unopened;

    /// <summary>None: there is nothing to compare with.</summary>
    public bool IsEmpty => Secrets.Count == 0 && unopened is null;

    /// <summary>
    /// For when none of them was the right one: one that did not open might have been.
    /// </summary>
    /// <exception cref="TokenOfflineException">Its token is not active.</exception>
    /// <exception cref="CryptographicException">It was changed, or belongs elsewhere.</exception>
    public void ThrowIfNotAllWereTried()
    {
        if (unopened is not null)
        {
            ExceptionDispatchInfo.Throw(unopened);
        }
    }

    /// <summary>Opens each; one that does not open stands in the way of no other.</summary>
    internal static async Task<CandidateSecrets> OpenAsync<T>(IEnumerable<T> rows, bool areItsOwn, Func<T, Task<Secret>> open)
    {
        var opened = new List<Secret>();
        Exception? failure = null;
        foreach (T row in rows)
        {
            try
            {
                opened.Add(await open(row));
            }
            catch (Exception e) when (e is TokenOfflineException or CryptographicException)
            {
                failure ??= e;
            }
        }

        return new(opened, areItsOwn) { unopened = failure };
    }
}
