using Micromegas.Golden.Answers;
using Micromegas.Golden.Lakes;
using Micromegas.Testing;

namespace Micromegas.Golden.Running;

/// <summary>A whole run: answer files over one lake, with the checked-in lists.</summary>
internal static class GoldenRun
{
    private static readonly string Lists = Repository.PathOf("test", "golden-deviations");

    public static string FloorsPath => Path.Combine(Lists, "floors.json");

    public static DeviationList DeviationsOf(string answerFile) => DeviationList.Read(Path.Combine(Lists, AnswerFile.NameOf(answerFile) + ".jsonl"));

    /// <param name="options">What is run.</param>
    /// <param name="services">Servers that are running already; null to start those that are needed.</param>
    public static async Task<IReadOnlyList<FileReport>> RunAsync(GoldenOptions options, LakeServices? services = null)
    {
        using var own = options.Postgres && services is null ? new LakeServices() : null;
        var state = ScratchCopy.HasOneState(options.Lake) ? null : options.Catalog;
        var reports = new List<FileReport>();
        var lake = await RecordedLake.OpenAsync(options.Lake, options.Catalog, options.Postgres ? services ?? own : null, options.S3);
        await using (lake.ConfigureAwait(false))
        {
            var runner = new GoldenRunner(lake, state);
            foreach (var file in options.Files)
            {
                var answers = AnswerFile.Read(file).Where(answer => options.Groups.Count == 0 || options.Groups.Contains(answer.Group));
                reports.Add(new(file, PassFloors.RunOf(file, state), await runner.RunAsync(answers, DeviationsOf(file))));
            }
        }

        if (options.Raise)
        {
            var floors = PassFloors.Read(FloorsPath);
            foreach (var report in reports)
            {
                floors.Raise(report.Run, report.Report);
            }

            floors.Write(FloorsPath);
        }

        return reports;
    }
}
