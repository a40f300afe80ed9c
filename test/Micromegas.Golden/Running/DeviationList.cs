using System.Text.Json;

namespace Micromegas.Golden.Running;

/// <summary>
/// The checked-in deviations of one answer file: <c>test/golden-deviations/&lt;file&gt;.jsonl</c>, one object a line, either
/// <c>{"id": 2214, "superset": "reason"}</c> or <c>{"id": 17, "listed": "reason"}</c>, with <c>"catalog": ["jit"]</c> where it holds for some states only.
/// </summary>
internal sealed class DeviationList
{
    private readonly Dictionary<string, Deviation> byId = new(StringComparer.Ordinal);

    public static DeviationList None { get; } = new();

    public IReadOnlyCollection<Deviation> All => byId.Values;

    /// <summary>Reads a list; a file that is not there lists nothing.</summary>
    public static DeviationList Read(string path)
    {
        var list = new DeviationList();
        if (!File.Exists(path))
        {
            return list;
        }

        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0))
        {
            using var json = JsonDocument.Parse(line);
            var deviation = ReadEntry(json.RootElement, path);
            if (!list.byId.TryAdd(deviation.Id, deviation))
            {
                throw new FormatException($"{path}: statement {deviation.Id} is listed twice.");
            }
        }

        return list;
    }

    public Deviation? Find(string id, string? catalog) =>
        byId.GetValueOrDefault(id) is { } deviation && (deviation.Catalogs.Count == 0 || deviation.Catalogs.Contains(catalog)) ? deviation : null;

    private static Deviation ReadEntry(JsonElement json, string path)
    {
        var superset = json.TryGetProperty("superset", out var reason);
        if (!superset && !json.TryGetProperty("listed", out reason))
        {
            throw new FormatException($"{path}: an entry is neither 'superset' nor 'listed'.");
        }

        var catalogs = json.TryGetProperty("catalog", out var states) ? states.EnumerateArray().Select(state => state.GetString()!).ToArray() : [];
        return reason.GetString() is { Length: > 0 } text
            ? new(json.GetProperty("id").ToString(), superset, text, catalogs)
            : throw new FormatException($"{path}: an entry has no reason.");
    }
}
