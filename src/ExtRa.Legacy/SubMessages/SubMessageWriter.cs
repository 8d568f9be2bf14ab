using ExtRa.Legacy.JavaStreams;
using ExtRa.Messages.Contract;

namespace ExtRa.Legacy.SubMessages;

/// <summary>Submessages → maps, each entry where 6.3 has it (WIRE.md 7.3 to 7.5).</summary>
public static class SubMessageWriter
{
    /// <summary>The map of a submessage.</summary>
    /// <exception cref="NotSupportedException">The legacy format cannot say it; the message tells what.</exception>
    public static JavaMap Write(SubMessage part, JavaMapKind kind)
    {
        LegacyClass known = LegacyClass.Find(part.GetType())
            ?? throw new NotSupportedException($"The legacy format has no {part.WireName}.");
        var map = new MapWriter(kind);
        map.Add(LegacyKeys.Version, known.Version);
        if (part is Request request)
        {
            RequestMapWriter.Write(request, known.Number, map);
        }
        else
        {
            map.Add(LegacyKeys.ClassType, known.Number);
            ResponseMaps.Write((Response)part, map);
        }

        return map.ToMap();
    }
}
