using Micromegas.Golden.Answers;
using Micromegas.Golden.Comparison;

namespace Micromegas.Golden.Running;

/// <summary>A statement that was run, how it is counted and why.</summary>
/// <param name="Deviation">The list's entry for it, also when it was not needed.</param>
internal sealed record CheckedAnswer(Answer Answer, Judgement Judgement, Outcome Outcome, Deviation? Deviation)
{
    /// <summary>The list excuses what is no longer so; the entry should go.</summary>
    public bool IsStale => Deviation is not null && Outcome == Outcome.Passed;
}
