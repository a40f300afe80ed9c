using Micromegas.Golden.Comparison;

namespace Micromegas.Golden.Running;

/// <summary>What a run over answer files came to.</summary>
internal sealed class GoldenReport(IReadOnlyList<CheckedAnswer> answers)
{
    public IReadOnlyList<CheckedAnswer> Answers => answers;

    public GroupCounts Total { get; } = GroupCounts.Of(answers);

    /// <summary>Counts per group, in the order in which the groups first come.</summary>
    public IEnumerable<(string Group, GroupCounts Counts)> Groups =>
        answers.GroupBy(answer => answer.Answer.Group).Select(group => (group.Key, GroupCounts.Of(group)));

    /// <summary>Prints the table, the first differences when asked, and the line that scripts read.</summary>
    public void Write(TextWriter output, int show)
    {
        foreach (var answer in answers.Where(answer => answer.Outcome == Outcome.Failed).Take(show))
        {
            output.WriteLine($"[{answer.Answer.Group} {answer.Answer.Id}] {answer.Answer.Sql}");
            output.WriteLine($"    {answer.Judgement.Difference}");
        }

        var width = Math.Max("group".Length, answers.Select(answer => answer.Answer.Group.Length).DefaultIfEmpty().Max());
        output.WriteLine($"{"group".PadRight(width)} {"passed",8} {"superset",8} {"listed",8} {"failed",8}");
        foreach (var (group, counts) in Groups)
        {
            output.WriteLine($"{group.PadRight(width)} {counts.Passed,8} {counts.Superset,8} {counts.Listed,8} {counts.Failed,8}");
        }

        var otherwise = answers.Count(answer => answer.Judgement.Verdict == Verdict.RefusedOtherwise);
        if (otherwise > 0)
        {
            output.WriteLine($"{otherwise} of the passed were refused with another class of error than upstream's");
        }

        foreach (var stale in answers.Where(answer => answer.IsStale))
        {
            output.WriteLine($"[{stale.Answer.Group} {stale.Answer.Id}] is listed as a deviation but passes: {stale.Deviation!.Reason}");
        }

        output.WriteLine($"golden: {Total.Passed} passed, {Total.Superset} superset, {Total.Listed} listed, {Total.Failed} failed");
    }
}
