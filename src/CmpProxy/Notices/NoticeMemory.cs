using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;

namespace CmpProxy.Notices;

/// <summary>The newest notice of a kind that was verified. It never goes back to an older one, and one that has run out is none.</summary>
internal sealed class NoticeMemory<T>(TimeProvider clock)
    where T : Notice
{
    private volatile PostedNotice<T>? latest;

    /// <summary>What counts now; null where nothing does.</summary>
    public T? Current => latest is { } known && clock.GetUtcNow() <= known.Notice.NotAfter ? known.Notice : null;

    /// <summary>Its version, run out or not.</summary>
    public long Version => latest?.Version ?? 0;

    /// <summary>Takes a verified notice; false where it is not newer.</summary>
    public bool Take(PostedNotice<T> posted)
    {
        if (posted.Version <= Version)
        {
            return false;
        }

        latest = posted;
        return true;
    }
}
