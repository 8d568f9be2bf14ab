using System.Formats.Asn1;
using System.Text;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>Alternative names: GeneralNames (RFC 5280 §4.2.1.6), with the text form of CA_CORE.md §7.1.</summary>
public sealed class GeneralNames : IAsn1Value<GeneralNames>
{
    private const int MaxNames = 1000;
    private const int MaxTextLength = 64 * 1024;

    /// <summary>Takes names in order.</summary>
    public GeneralNames(IEnumerable<GeneralName> names) => Names = [.. names];

    /// <summary>In encoded order.</summary>
    public IReadOnlyList<GeneralName> Names { get; }

    /// <summary>The values of one kind.</summary>
    public IEnumerable<string> Of(GeneralNameKind kind) => Names.Where(name => name.Kind == kind).Select(name => name.Value);

    /// <summary>Reads the text form: keyword=value, comma separated, commas and backslashes in values escaped by a backslash.</summary>
    public static Outcome<GeneralNames> Parse(string text)
    {
        if (text.Length > MaxTextLength)
        {
            return new Refusal(RefusalCode.TooLarge, $"Alternative names have more than {MaxTextLength} characters.");
        }

        List<GeneralName> names = [];
        foreach (string part in Split(text))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                return new Refusal(RefusalCode.Malformed, "An alternative name is not of the form keyword=value.");
            }

            if (!GeneralName.FromText(part[..equals].Trim(), part[(equals + 1)..]).Succeeded(out GeneralName? name, out Refusal? refusal))
            {
                return refusal;
            }

            names.Add(name);
            if (names.Count > MaxNames)
            {
                return new Refusal(RefusalCode.TooLarge, $"There are more than {MaxNames} alternative names.");
            }
        }

        return new GeneralNames(names);
    }

    /// <inheritdoc />
    public static GeneralNames Decode(AsnReader reader)
    {
        AsnReader members = reader.ReadSequence();
        List<GeneralName> names = [];
        while (members.HasData)
        {
            names.Add(GeneralName.Decode(members));
            LimitExceededException.ThrowIfMore(names.Count, MaxNames, "Alternative names");
        }

        return new(names);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            foreach (GeneralName name in Names)
            {
                name.Encode(writer);
            }
        }
    }

    /// <summary>The text form.</summary>
    public override string ToString() => string.Join(',', Names);

    /// <summary>Splits at commas and removes their escapes; a backslash before anything else stays (DOMAIN\user).</summary>
    private static IEnumerable<string> Split(string text)
    {
        var part = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is ',' or '\\')
            {
                part.Append(text[++i]);
            }
            else if (text[i] == ',')
            {
                yield return part.ToString();
                part.Clear();
            }
            else
            {
                part.Append(text[i]);
            }
        }

        if (!string.IsNullOrWhiteSpace(part.ToString()))
        {
            yield return part.ToString();
        }
    }
}
