using Micromegas.Golden.Answers;
using Micromegas.Golden.Comparison;
using Micromegas.Golden.Lakes;
using Micromegas.Golden.Results;

namespace Micromegas.Golden.Running;

/// <summary>Puts recorded statements to a lake one after the other and compares the answers.</summary>
/// <param name="lake">The lake.</param>
/// <param name="catalog">The name of its catalogue state, as deviations refer to it.</param>
internal sealed class GoldenRunner(IGoldenLake lake, string? catalog)
{
    /// <summary>How long a statement may take; the recorded lake is small.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    public async Task<GoldenReport> RunAsync(IEnumerable<Answer> answers, DeviationList deviations)
    {
        var results = new List<CheckedAnswer>();
        foreach (var answer in answers)
        {
            var judgement = await JudgeAsync(answer);
            var deviation = deviations.Find(answer.Id, catalog);
            results.Add(new(answer, judgement, Count(judgement.Verdict, deviation), deviation));
        }

        return new GoldenReport(results);
    }

    private static Outcome Count(Verdict verdict, Deviation? deviation) => verdict switch
    {
        Verdict.Same or Verdict.RefusedOtherwise => Outcome.Passed,
        _ when deviation is null || !deviation.Excuses(verdict) => Outcome.Failed,
        _ => deviation.Superset ? Outcome.Superset : Outcome.Listed,
    };

    private async Task<Judgement> JudgeAsync(Answer answer)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var command = lake.CreateCommand(answer.Sql, answer.Begin, answer.End);
            await using (command.ConfigureAwait(false))
            {
                // A provider that does not heed its token must not hold up the rest either. It may also work synchronously, hence the other thread.
                var run = Task.Run(() => ResultReader.RunAsync(command, patience.Token), CancellationToken.None);
                return AnswerComparer.Compare(answer, await run.WaitAsync(Patience + TimeSpan.FromSeconds(5), CancellationToken.None));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException)
        {
            return new(Verdict.Broken, $"no answer within {Patience.TotalSeconds:0} s");
        }
    }
}
