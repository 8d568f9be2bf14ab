using System.Globalization;

namespace Pki.Bench;

/// <summary>CPU time of processes and all their descendants, from /proc.</summary>
internal static class ProcessCpu
{
    private const double TicksPerSecond = 100;

    /// <summary>User and system time so far, in milliseconds.</summary>
    public static double Milliseconds(IEnumerable<int> roots)
    {
        Dictionary<int, Stat> all = ReadAll();
        ILookup<int, int> children = all.ToLookup(pair => pair.Value.Parent, pair => pair.Key);
        double ticks = 0;
        var todo = new Stack<int>(roots);
        while (todo.TryPop(out int pid))
        {
            if (all.TryGetValue(pid, out Stat? stat))
            {
                ticks += stat.Ticks;
            }

            foreach (int child in children[pid])
            {
                todo.Push(child);
            }
        }

        return ticks / TicksPerSecond * 1000;
    }

    private static Dictionary<int, Stat> ReadAll()
    {
        var all = new Dictionary<int, Stat>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int pid) && Read(pid) is { } stat)
            {
                all[pid] = stat;
            }
        }

        return all;
    }

    private static Stat? Read(int pid)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{pid}/stat");
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            // Own time and that of children which ended: PostgreSQL's backends come and go.
            double ticks = fields[11..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture));
            return new(int.Parse(fields[1], CultureInfo.InvariantCulture), ticks);
        }
        catch (IOException)
        {
            return null; // it ended while we looked
        }
    }

    private sealed record Stat(int Parent, double Ticks);
}
