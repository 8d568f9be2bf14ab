using System.Diagnostics;

namespace TestKit;

/// <summary>Waits for what another thread or process is about to do, instead of sleeping and hoping.</summary>
public static class Eventually
{
    /// <summary>
    /// How long a test waits for what must come: three minutes. It costs nothing where it comes, and a busy machine is no reason to fail.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Looks again and again until the condition holds; fails the test when it does not in time.</summary>
    public static async Task BecomesTrueAsync(Func<CancellationToken, Task<bool>> condition, TimeSpan timeout, CancellationToken cancel, string because = "the condition")
    {
        var watch = Stopwatch.StartNew();
        while (!await condition(cancel))
        {
            if (watch.Elapsed > timeout)
            {
                throw new TimeoutException($"Within {timeout}, this did not become true: {because}");
            }

            await Task.Delay(5, cancel);
        }
    }

    /// <summary>Looks again and again until the condition holds; fails the test when it does not in time.</summary>
    public static Task BecomesTrueAsync(Func<bool> condition, TimeSpan timeout, CancellationToken cancel, string because = "the condition") =>
        BecomesTrueAsync(_ => Task.FromResult(condition()), timeout, cancel, because);
}
