using System.Data.Common;
using Micromegas.Golden.Answers;
using Micromegas.Golden.Comparison;
using Micromegas.Golden.Running;
using Micromegas.Testing;

namespace Micromegas.Conformance.Golden;

/// <summary>Counting, lists of deviations, floors and the printed table.</summary>
public sealed class RunningTests
{
    private static readonly string Lists = Repository.PathOf("test", "golden-deviations");

    [Fact]
    public void A_superset_entry_excuses_only_an_answer_to_a_refused_statement()
    {
        var superset = new Deviation("1", true, "reason", []);
        var listed = new Deviation("1", false, "reason", []);

        Assert.True(superset.Excuses(Verdict.Answered));
        Assert.False(superset.Excuses(Verdict.Different));
        Assert.True(listed.Excuses(Verdict.Different));
        Assert.False(superset.Excuses(Verdict.Broken));
        Assert.False(listed.Excuses(Verdict.Broken));
    }

    [Fact]
    public void The_table_ends_with_the_line_that_scripts_read()
    {
        var report = new GoldenReport([Checked("a", Outcome.Passed), Checked("a", Outcome.Failed), Checked("b", Outcome.Superset), Checked("b", Outcome.Listed)]);
        var text = new StringWriter { NewLine = "\n" };

        report.Write(text, show: 1);

        Assert.Equal(
            """
            [a 1] SELECT 1
                it differs
            group   passed superset   listed   failed
            a            1        0        0        1
            b            0        1        1        0
            golden: 1 passed, 1 superset, 1 listed, 1 failed

            """.ReplaceLineEndings("\n"),
            text.ToString());
    }

    [Fact]
    public void Floors_rise_and_never_fall()
    {
        var floors = new PassFloors();
        floors.Raise("lake/jit", new GoldenReport([Checked("a", Outcome.Passed), Checked("a", Outcome.Superset), Checked("a", Outcome.Listed)]));
        Assert.Equal(2, floors.Of("lake/jit", "a"));

        var worse = new GoldenReport([Checked("a", Outcome.Passed), Checked("a", Outcome.Failed)]);
        Assert.Equal(["lake/jit, group a: 1 passed, 2 did before"], floors.Violations("lake/jit", worse));
        Assert.Single(floors.Violations("lake/jit", new GoldenReport([])));

        floors.Raise("lake/jit", worse);
        Assert.Equal(2, floors.Of("lake/jit", "a"));
    }

    [Fact]
    public void Every_deviation_names_a_statement_of_its_file()
    {
        foreach (var (name, path) in AnswerFiles())
        {
            var answers = AnswerFile.Read(path).ToDictionary(answer => answer.Id, StringComparer.Ordinal);
            foreach (var deviation in DeviationList.Read(Path.Combine(Lists, name + ".jsonl")).All)
            {
                Assert.True(answers.TryGetValue(deviation.Id, out var answer), $"{name}: no statement {deviation.Id}");
                Assert.True(!deviation.Superset || answer.Compare == CompareRule.Refused, $"{name}: statement {deviation.Id} is not refused upstream");
            }
        }
    }

    [Fact]
    public void Every_list_belongs_to_an_answer_file()
    {
        var known = AnswerFiles().Select(file => file.Name).Append("upstream").ToHashSet(StringComparer.Ordinal);
        var lists = Directory.Exists(Lists) ? Directory.GetFiles(Lists, "*.jsonl").Select(path => Path.GetFileNameWithoutExtension(path)!) : [];

        Assert.Subset(known, lists.ToHashSet(StringComparer.Ordinal));
    }

    private static IEnumerable<(string Name, string Path)> AnswerFiles() =>
        new[] { "expressions.jsonl.gz", "lake.jsonl.gz", "ingest/answers.jsonl.gz" }
            .Select(file => Repository.PathOf("test", "golden", file))
            .Select(path => (AnswerFile.NameOf(path), path));

    private static CheckedAnswer Checked(string group, Outcome outcome) => new(
        new Answer { Id = "1", Group = group, Sql = "SELECT 1", Compare = CompareRule.Rows },
        outcome == Outcome.Passed ? Judgement.Same : Judgement.Different("it differs"),
        outcome,
        null);
}
