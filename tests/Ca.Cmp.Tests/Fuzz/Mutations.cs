using Pki.Protocols.Cmp;

namespace Ca.Cmp.Tests.Fuzz;

/// <summary>Octets changed, removed, doubled, and moved from one place to another.</summary>
internal static class Mutations
{
    /// <summary>One change or two; more often one that leaves the lengths alone, so that it gets further than the decoder.</summary>
    public static byte[] Of(Random random, ReadOnlySpan<byte> seed)
    {
        List<byte> octets = [.. seed];
        for (int change = random.Next(1, 3); change > 0; change--)
        {
            Change(random, octets);
            if (octets.Count == 0)
            {
                octets.Add(0);
            }
        }

        return [.. octets];
    }

    /// <summary>The same message with another body, which the sender himself protects: what a hostile member can do.</summary>
    public static byte[] Reprotected(Random random, PkiMessage seed, MacKey key)
    {
        byte[] body = Of(random, seed.BodyEncoded.Span);
        byte[] mac = key.Compute(Tlv(0x30, seed.HeaderEncoded.Span, body));
        return Tlv(0x30, seed.HeaderEncoded.Span, body, Tlv(0xA0, Tlv(0x03, [0, .. mac])));
    }

    private static void Change(Random random, List<byte> octets)
    {
        int at = random.Next(octets.Count);
        int some = Math.Min(random.Next(1, 8), octets.Count - at);
        switch (random.Next(9))
        {
            case 0 or 1 or 2:
                octets[at] ^= (byte)(1 << random.Next(8));
                break;
            case 3 or 4 or 5:
                octets[at] = (byte)random.Next(256);
                break;
            case 6:
                octets.RemoveRange(at, some);
                break;
            case 7:
                octets.InsertRange(at, octets.GetRange(at, some));
                break;
            default:
                List<byte> moved = octets.GetRange(at, some);
                octets.RemoveRange(at, some);
                octets.InsertRange(random.Next(octets.Count + 1), moved);
                break;
        }
    }

    private static byte[] Tlv(byte tag, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third = default) => Tlv(tag, [.. first, .. second, .. third]);

    private static byte[] Tlv(byte tag, byte[] content) => content.Length switch
    {
        < 0x80 => [tag, (byte)content.Length, .. content],
        < 0x100 => [tag, 0x81, (byte)content.Length, .. content],
        _ => [tag, 0x82, (byte)(content.Length >> 8), (byte)(content.Length & 0xFF), .. content],
    };
}
