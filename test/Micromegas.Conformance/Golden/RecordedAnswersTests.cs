using Micromegas.Golden;
using Micromegas.Golden.Answers;
using Micromegas.Golden.Lakes;
using Micromegas.Golden.Running;
using Micromegas.Testing;

namespace Micromegas.Conformance.Golden;

/// <summary>Upstream's recorded answers, put to our engine: no group falls below what passed before, and no list keeps an entry that is not needed.</summary>
public sealed class RecordedAnswersTests(LakeServices services) : IClassFixture<LakeServices>
{
    private static readonly string Expressions = Repository.PathOf("test", "golden", "expressions.jsonl.gz");
    private static readonly string Lake = Repository.PathOf("test", "golden", "lake.jsonl.gz");

    [Fact]
    public Task Expressions_pass_as_before() => HoldAsync(new GoldenOptions { Files = [Expressions] });

    [Theory]
    [InlineData("global")]
    [InlineData("jit")]
    [InlineData("merged")]
    public Task The_lake_passes_as_before(string catalog) => HoldAsync(new GoldenOptions { Files = [Lake], Catalog = catalog });

    /// <summary>But for what the catalogue says of partitions, which are others.</summary>
    [Fact]
    public async Task The_lake_passes_when_its_minutes_were_merged_by_process()
    {
        await using var lake = await MergedLake.OpenAsync();
        var report = await new GoldenRunner(lake, "merged").RunAsync(AnswerFile.Read(Lake), GoldenRun.DeviationsOf(Lake));
        Assert.Equal([], report.Answers.Where(answer => answer.Outcome == Outcome.Failed).Select(answer => $"{answer.Answer.Group} {answer.Answer.Id}: {answer.Answer.Sql}"));
    }

    [Theory]
    [InlineData("global", true)]
    [InlineData("jit", true)]
    [InlineData("merged", false)]
    public Task The_lake_passes_in_PostgreSQL_and_S3_too(string catalog, bool inBucket) =>
        HoldAsync(new GoldenOptions { Files = [Lake], Catalog = catalog, Postgres = true, S3 = inBucket });

    [Fact]
    public void Lists_name_statements_of_their_file()
    {
        foreach (var file in new[] { Expressions, Lake })
        {
            var known = AnswerFile.Read(file).Select(answer => answer.Id).ToHashSet();
            Assert.All(GoldenRun.DeviationsOf(file).All, deviation => Assert.Contains(deviation.Id, known));
        }
    }

    private async Task HoldAsync(GoldenOptions options)
    {
        var floors = PassFloors.Read(GoldenRun.FloorsPath);

        foreach (var (_, run, report) in await GoldenRun.RunAsync(options, services))
        {
            Assert.Contains(run, floors.Runs);
            Assert.Empty(floors.Violations(run, report));
            Assert.Empty(report.Answers.Where(answer => answer.IsStale).Select(answer => $"{answer.Answer.Id} passes; its entry in the list should go"));
        }
    }
}
