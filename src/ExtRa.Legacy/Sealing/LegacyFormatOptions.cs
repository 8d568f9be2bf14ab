using ExtRa.Legacy.JavaStreams;
using ExtRa.Legacy.SubMessages;

namespace ExtRa.Legacy.Sealing;

/// <summary>How to talk to legacy programs of different versions.</summary>
/// <param name="B64">What texts that begin with <c>B64:</c> mean.</param>
/// <param name="Maps">The class of the maps where nothing tells what the peer uses: in requests, and in answers to what could not be opened. Every version reads every class.</param>
public sealed record LegacyFormatOptions(B64Values B64 = B64Values.ByMapClass, JavaMapKind Maps = JavaMapKind.HashMap);
