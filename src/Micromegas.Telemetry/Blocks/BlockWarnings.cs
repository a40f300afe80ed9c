using System.Globalization;

namespace Micromegas.Telemetry;

/// <summary>Counts what is skipped in a block, by kind, so that a block of a million unknown events gives one warning.</summary>
internal sealed class BlockWarnings
{
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);

    public void Clear() => counts.Clear();

    public void Add(string kind)
    {
        counts.TryGetValue(kind, out int count);
        counts[kind] = count + 1;
    }

    public IReadOnlyList<string> ToList() => counts.Count == 0
        ? []
        : [.. counts.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} ({pair.Value} times)"))];
}
