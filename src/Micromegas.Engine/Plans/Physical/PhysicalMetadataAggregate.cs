using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Operators.Aggregation;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>
/// Counts and extremes without groups: what the scan's pieces tell by their metadata is not read; the aggregation runs over the other pieces, and this node adds both.
/// </summary>
internal sealed class PhysicalMetadataAggregate : PhysicalPlan
{
    private readonly PhysicalAggregate rows;
    private readonly LogicalAggregate aggregate;
    private readonly PhysicalScan scan;
    private readonly PlanColumn?[] scanned;
    private long told;

    public PhysicalMetadataAggregate(PhysicalAggregate rows, LogicalAggregate aggregate, IReadOnlyList<PlanColumn?> scanned)
        : base(aggregate.Columns, rows)
    {
        this.rows = rows;
        this.aggregate = aggregate;
        this.scanned = [.. scanned];
        var below = rows.Inputs[0];
        while (below is PhysicalProject)
        {
            below = below.Inputs[0];
        }
        scan = (PhysicalScan)below;
    }

    public override string Name => "MetadataAggregate";

    public override IReadOnlyList<string> Details => [string.Create(CultureInfo.InvariantCulture, $"pieces told by metadata={Interlocked.Read(ref told)}")];

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var summaries = new SummaryFilter([.. scanned.Select(column => column is null ? -1 : scan.OrdinalOf(column))], CanTell);
        var rest = new RowTaker(Columns.Count);
        // The scan is planned once, whichever way it goes.
        rows.Announce();
        if (!await scan.TrySummarizeAsync(execution, summaries).ConfigureAwait(false))
        {
            scan.Summaries = summaries;
            var pipeline = await Inputs[0].OpenAsync(execution).ConfigureAwait(false);
            await execution.RunAsync(pipeline, _ => new RowTakerStage(rest, Statistics)).ConfigureAwait(false);
        }
        Interlocked.Exchange(ref told, summaries.Taken.Count);
        return new Pipeline(new ComputedSource(() => Combine(rest.Values, summaries.Taken, execution.Context)), Statistics);
    }

    /// <summary>Whether a piece's metadata answer every call.</summary>
    private bool CanTell(MorselSummary summary)
    {
        for (var i = 0; i < aggregate.Aggregates.Count; i++)
        {
            if (scanned[i] is null)
            {
                continue;
            }
            var column = summary.Columns[i];
            var isKnown = aggregate.Aggregates[i].Function is CountFunction
                ? column.NullCount is not null
                : column.NullCount == summary.RowCount || ExtremeOf(i, column) is { IsNull: false };
            if (!isKnown)
            {
                return false;
            }
        }
        return true;
    }

    private Scalar? ExtremeOf(int call, ColumnSummary column) => (aggregate.Aggregates[call].Function.Name == "min" ? column.Min : column.Max) switch
    {
        // A bound of zero may stand for the other zero, which is smaller or larger.
        { Value: 0.0 or 0.0f } => null,
        { Value: Half half } when half == Half.Zero => null,
        var extreme => extreme,
    };

    private Batch Combine(object?[] rest, IReadOnlyList<MorselSummary> summaries, QueryContext context)
    {
        var columns = new Vector[rest.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = aggregate.Aggregates[i].Function is CountFunction ? Count(i, rest[i], summaries) : Extreme(i, rest[i], summaries, context);
        }
        return new Batch(Schema, columns) { RowCount = 1 };
    }

    private Vector Count(int call, object? rest, IReadOnlyList<MorselSummary> summaries)
    {
        var count = Convert.ToInt64(rest, CultureInfo.InvariantCulture);
        foreach (var summary in summaries)
        {
            count += scanned[call] is null ? summary.RowCount : summary.RowCount - summary.Columns[call].NullCount!.Value;
        }
        using var builder = VectorBuilder.Create(Columns[call].Type);
        builder.AppendValue(count);
        return builder.Build();
    }

    private Vector Extreme(int call, object? rest, IReadOnlyList<MorselSummary> summaries, QueryContext context)
    {
        var aggregated = aggregate.Aggregates[call];
        using var builder = VectorBuilder.Create(aggregated.Signature.ArgumentTypes[0].ValueType);
        var count = 0;
        foreach (var value in summaries.Select(summary => ExtremeOf(call, summary.Columns[call])?.Value).Prepend(rest))
        {
            if (value is not null)
            {
                builder.AppendValue(value);
                count++;
            }
        }
        using var values = builder.Build();
        using var accumulator = aggregated.Function.CreateAccumulator(aggregated.Signature, aggregated.FunctionArguments, context);
        accumulator.Resize(1);
        if (count > 0)
        {
            accumulator.UpdateSingle([values], null, count);
        }
        return accumulator.Finish(0, 1);
    }
}
