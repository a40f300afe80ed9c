using System.Globalization;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators;

namespace Micromegas.Engine.Plans.Physical;

internal sealed class PhysicalLimit(PhysicalPlan input, long offset, long? count) : PhysicalPlan(input.Columns, input)
{
    public override string Name => "Limit";

    public override IReadOnlyList<string> Details =>
        [string.Create(CultureInfo.InvariantCulture, $"skip {offset}, take {(count is { } some ? some : "all")}")];

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var pipeline = await Inputs[0].OpenAsync(execution).ConfigureAwait(false);
        var limit = new LimitCount(offset, count);
        pipeline.Add(_ => new LimitStage(limit, Schema, Statistics));
        return pipeline;
    }
}
