using System.Text.Json;
using System.Text.Json.Nodes;

namespace Micromegas.Golden.Running;

/// <summary>
/// The checked-in number of statements per answer file, catalogue state and group that pass (supersets included):
/// <c>test/golden-deviations/floors.json</c>. It may only rise; <c>eng/golden --raise</c> writes what a run reached.
/// </summary>
internal sealed class PassFloors
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly SortedDictionary<string, SortedDictionary<string, int>> floors = new(StringComparer.Ordinal);

    public IEnumerable<string> Runs => floors.Keys;

    /// <summary>The name of a run: <c>lake/jit</c>.</summary>
    public static string RunOf(string answerFile, string? catalog) => catalog is null ? AnswerFile(answerFile) : $"{AnswerFile(answerFile)}/{catalog}";

    public static PassFloors Read(string path)
    {
        var result = new PassFloors();
        if (!File.Exists(path))
        {
            return result;
        }

        foreach (var (run, groups) in JsonNode.Parse(File.ReadAllText(path))!.AsObject())
        {
            result.floors[run] = new(groups!.AsObject().ToDictionary(group => group.Key, group => group.Value!.GetValue<int>()), StringComparer.Ordinal);
        }

        return result;
    }

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(floors, Indented) + "\n");

    public int Of(string run, string group) => floors.TryGetValue(run, out var groups) ? groups.GetValueOrDefault(group) : 0;

    /// <summary>What fell below its floor, in words; a group that did not run counts as none passed.</summary>
    public IEnumerable<string> Violations(string run, GoldenReport report)
    {
        var reached = report.Groups.ToDictionary(group => group.Group, group => Reached(group.Counts), StringComparer.Ordinal);
        return floors.GetValueOrDefault(run, [])
            .Where(floor => reached.GetValueOrDefault(floor.Key) < floor.Value)
            .Select(floor => $"{run}, group {floor.Key}: {reached.GetValueOrDefault(floor.Key)} passed, {floor.Value} did before");
    }

    /// <summary>Lifts the floors to what a run reached and lowers none.</summary>
    public void Raise(string run, GoldenReport report)
    {
        if (!floors.TryGetValue(run, out var groups))
        {
            floors.Add(run, groups = new(StringComparer.Ordinal));
        }

        foreach (var (group, counts) in report.Groups)
        {
            groups[group] = Math.Max(groups.GetValueOrDefault(group), Reached(counts));
        }
    }

    private static int Reached(GroupCounts counts) => counts.Passed + counts.Superset;

    private static string AnswerFile(string path) => Answers.AnswerFile.NameOf(path);
}
