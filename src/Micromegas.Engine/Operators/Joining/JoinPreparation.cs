using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>What is done between the pipelines of a join's sides.</summary>
internal static class JoinPreparation
{
    /// <summary>Indexes the build side, by all workers where it is large.</summary>
    public static async Task RunAsync(JoinState state, QueryExecution execution)
    {
        var cancellationToken = execution.CancellationToken;
        NumberIndex? index = null;
        await execution.ComputeAsync(() => index = state.Prepare(cancellationToken)).ConfigureAwait(false);
        if (index is null)
        {
            return;
        }
        await execution.ComputeTogetherAsync(() => index.Count(state.KeyValues, state.Groups, cancellationToken)).ConfigureAwait(false);
        await execution.ComputeAsync(index.Arrange).ConfigureAwait(false);
        await execution.ComputeTogetherAsync(() => index.Scatter(cancellationToken)).ConfigureAwait(false);
        await execution.ComputeTogetherAsync(() => index.Fill(cancellationToken)).ConfigureAwait(false);
        await execution.ComputeAsync(state.Complete).ConfigureAwait(false);
    }
}
