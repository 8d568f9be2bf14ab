using System.Security.Cryptography;
using System.Text;
using Ca.Core.Notices;

namespace CaServiceWorker.Notifications;

/// <summary>Somebody who is told. What goes wrong on the way is a <see cref="Delivery"/>.</summary>
internal interface INoticeTarget
{
    /// <summary>Its name in the database; never changes, or everything is told again.</summary>
    string Name { get; }

    /// <summary>How it is told is less than strict; null where it is strict. Logged.</summary>
    string? Loosening { get; }

    /// <summary>Tells it, once, within its time.</summary>
    Task<Delivery> DeliverAsync(DueNotice notice, CancellationToken cancel);
}

/// <summary>What became of one attempt.</summary>
/// <param name="Problem">Null: the target has the notice.</param>
/// <param name="IsAway">The target itself is the problem: whatever is sent next meets the same.</param>
/// <param name="Left">Whom it did not reach although the target has it; null: everybody.</param>
internal sealed record Delivery(string? Problem, bool IsAway, string? Left = null)
{
    public static Delivery Taken { get; } = new(null, IsAway: false);

    public static Delivery TakenExcept(string left) => new(null, IsAway: false, left);

    public static Delivery Refused(string why) => new(why, IsAway: false);

    public static Delivery Away(string why) => new(why, IsAway: true);
}

/// <summary>A name for a notice that is the same at each attempt, so that who got it twice can tell.</summary>
internal static class DeliveryId
{
    private const int Octets = 16;

    public static string Of(NoticeKey key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key.Target}\n{key.Event}\n{key.About}")).AsSpan(0, Octets));
}
