using Ca.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Ca.Core.EndEntities;

/// <summary>
/// How many wrong secrets an end entity has left (CA_CORE §7.3). It goes down before the comparison and in the database, so
/// that no number of parallel guesses gets more than was allowed.
/// </summary>
internal static class LoginCounter
{
    /// <summary>False: none is left.</summary>
    public static async Task<bool> TakeAsync(CaDbContext db, string username, CancellationToken cancel) =>
        await db.Set<EndEntityRow>().Where(u => u.Username == username && u.LoginsLeft > 0)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.LoginsLeft, u => u.LoginsLeft - 1), cancel) == 1;

    public static Task<int> RestoreAsync(CaDbContext db, string username, CancellationToken cancel) =>
        db.Set<EndEntityRow>().Where(u => u.Username == username)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.LoginsLeft, u => u.MaxFailedLogins), cancel);

    /// <summary>With the last guess gone the user can no longer enrol.</summary>
    public static Task<int> LockOutAsync(CaDbContext db, string username, CancellationToken cancel) =>
        db.Set<EndEntityRow>().Where(u => u.Username == username && u.LoginsLeft <= 0)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.Status, EndEntityStatus.Generated).SetProperty(u => u.LoginsLeft, u => u.MaxFailedLogins), cancel);
}
