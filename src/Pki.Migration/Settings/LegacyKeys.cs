using Pki.Migration.Properties;

namespace Pki.Migration.Settings;

/// <summary>The keys of one file, each of which gets its line in the report.</summary>
internal sealed class LegacyKeys
{
    private readonly JavaProperties properties;
    private readonly List<SettingLine> lines;
    private readonly HashSet<string> reported = new(StringComparer.Ordinal);

    public LegacyKeys(LegacyFile file, JavaProperties properties, List<SettingLine> lines)
    {
        File = file;
        this.properties = properties;
        this.lines = lines;
        foreach (JavaProperty earlier in properties.Overridden)
        {
            lines.Add(new(file.Name, earlier.Line, earlier.Key, SettingFate.NotNeeded, $"A later line of the same key replaces it (line {properties.Find(earlier.Key)!.Line})."));
        }
    }

    public LegacyFile File { get; }

    public IEnumerable<JavaProperty> All => properties.All;

    /// <summary>The value without blanks around it; null when the key is absent or empty.</summary>
    public string? Value(string key) => properties.Find(key)?.Value.Trim() is { Length: > 0 } value ? value : null;

    public bool Has(string key) => properties.Find(key) is not null;

    public void TakenOver(string key, string target) => Report(key, SettingFate.TakenOver, target);

    public void Changed(string key, string note) => Report(key, SettingFate.Changed, note);

    public void NotNeeded(string key, string note) => Report(key, SettingFate.NotNeeded, note);

    public void Attention(string key, string note) => Report(key, SettingFate.Attention, note);

    /// <summary>The first word about a key stands; absent keys get a line only where a person must act or the default changes.</summary>
    public void Report(string key, SettingFate fate, string note)
    {
        JavaProperty? there = properties.Find(key);
        if ((there is not null || fate is SettingFate.Attention or SettingFate.Changed) && reported.Add(key))
        {
            lines.Add(new(File.Name, there?.Line ?? 0, key, fate, note));
        }
    }

    /// <summary>A boolean as the legacy product reads it: anything but the word false is true (EXTERNAL_RA.md X-06).</summary>
    public bool Flag(string key, bool otherwise) => Value(key) is { } value ? value != "false" : otherwise;

    /// <summary>What nobody has spoken for.</summary>
    public void Finish()
    {
        foreach (JavaProperty left in properties.All.Where(p => !reported.Contains(p.Key)).ToArray())
        {
            Attention(left.Key, "Not known; nothing was made of it.");
        }
    }
}
