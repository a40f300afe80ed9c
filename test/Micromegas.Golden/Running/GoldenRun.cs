using Micromegas.Golden.Answers;
using Micromegas.Golden.Lakes;
using Micromegas.Testing;

namespace Micromegas.Golden.Running;

/// <summary>A whole run: answer files over one lake, with the checked-in lists.</summary>
internal static class GoldenRun
{
    private static readonly string Lists = Repository.PathOf("test", "golden-deviations");

    public static string FloorsPath => Path.Combine(Lists, "floors.json");

    public static async Task<GoldenReport> RunAsync(GoldenOptions options)
    {
        var state = ScratchCopy.HasOneState(options.Lake) ? null : options.Catalog;
        var results = new List<CheckedAnswer>();
        var floors = PassFloors.Read(FloorsPath);
        var lake = await EmptyLake.OpenAsync();
        await using (lake.ConfigureAwait(false))
        {
            var runner = new GoldenRunner(lake, state);
            foreach (var file in options.Files)
            {
                var answers = AnswerFile.Read(file).Where(answer => options.Groups.Count == 0 || options.Groups.Contains(answer.Group));
                var report = await runner.RunAsync(answers, DeviationList.Read(Path.Combine(Lists, AnswerFile.NameOf(file) + ".jsonl")));
                floors.Raise(PassFloors.RunOf(file, state), report);
                results.AddRange(report.Answers);
            }
        }

        if (options.Raise)
        {
            floors.Write(FloorsPath);
        }

        return new GoldenReport(results);
    }
}
