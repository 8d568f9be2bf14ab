using System.Globalization;
using ExtRa.Legacy.JavaStreams;
using ExtRa.Messages.Contract;
using Pki.Protocols.Trust;

namespace ExtRa.Legacy.SubMessages;

/// <summary>A map as one of our submessages.</summary>
/// <param name="Part">The submessage; an <see cref="UnknownSubMessage"/> where it could not be read.</param>
/// <param name="Damage">What is wrong with it, so that the whole message must not be processed; null when nothing is (FLAWS.md A6).</param>
public sealed record ReadPart(SubMessage Part, Refusal? Damage);

/// <summary>Maps → submessages, of requests and of answers (WIRE.md 7).</summary>
/// <param name="b64">What texts that begin with <c>B64:</c> mean.</param>
public sealed class SubMessageReader(B64Values b64)
{
    /// <summary>Reads one map.</summary>
    public ReadPart Read(JavaMap map, MessageKind kind)
    {
        var fields = new MapFields(map, b64);
        LegacyClass? known = null;
        try
        {
            int number = fields.Int(LegacyKeys.ClassType);
            known = LegacyClass.Find(number) ?? throw new LegacyFieldException(
                string.Create(CultureInfo.InvariantCulture, $"there is no class {number}"), RefusalCode.NotFound);
            fields.Version();
            if (known.Type.IsSubclassOf(typeof(Request)) != (kind == MessageKind.Request))
            {
                throw new LegacyFieldException($"a {known.Type.Name} stands in a {kind}", RefusalCode.NotBound);
            }

            return Checked(known, kind == MessageKind.Request ? RequestMaps.Read(number, fields) : ResponseMaps.Read(number, fields), fields);
        }
        catch (LegacyFieldException wrong)
        {
            string name = known?.Type.Name ?? "unknown";
            return new(
                new UnknownSubMessage { RequestId = RequestIdOf(map), ClassName = name },
                new(wrong.Code, $"A submessage ({name}) cannot be read: {wrong.Message}."));
        }
    }

    // There is no place for them in a certificate of ours; a certificate without what was asked for would be another one (FLAWS.md E4).
    private static ReadPart Checked(LegacyClass known, SubMessage part, MapFields fields) => new(
        part,
        part is Request && !string.IsNullOrEmpty(fields.Text(LegacyKeys.SubjectDirAttributes))
            ? new(RefusalCode.PolicyViolation, $"A submessage ({known.Type.Name}) asks for subject directory attributes, which are not issued.")
            : null);

    private static long RequestIdOf(JavaMap map) => map.TryGet(LegacyKeys.RequestId, out object? value) && value is long id ? id : 0;
}
