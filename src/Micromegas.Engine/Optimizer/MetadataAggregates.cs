using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>
/// Marks aggregations without groups that count, or look for extremes of columns, right above a scan: pieces whose metadata tell that exactly are not read
/// (<see cref="Plans.Physical.PhysicalMetadataAggregate"/>).
/// </summary>
internal sealed class MetadataAggregates : ILogicalRule
{
    public string Name => "metadata-aggregates";

    public LogicalPlan Apply(LogicalPlan plan, QueryContext context) => plan.RewriteUp(static node =>
        node is LogicalAggregate { Keys.Count: 0, GroupingSets: null, GroupingId: null, Aggregates.Count: > 0 } aggregate && Scanned(aggregate) is { } columns
            ? aggregate with { ScannedColumns = columns }
            : node);

    /// <summary>For each call the column of the scan that it is about, null for <c>count(*)</c>; null when some call needs the rows.</summary>
    private static PlanColumn?[]? Scanned(LogicalAggregate aggregate)
    {
        var columns = new PlanColumn?[aggregate.Aggregates.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            var call = aggregate.Aggregates[i];
            if (call.Filter is not null || !IsKnown(call))
            {
                return null;
            }
            columns[i] = (call.Arguments.Count == 0 ? null : call.Arguments[0] as BoundColumn)?.Column;
        }
        var input = aggregate.Input;
        for (; input is LogicalProject project; input = project.Input)
        {
            for (var i = 0; i < columns.Length; i++)
            {
                if (columns[i] is not { } column)
                {
                    continue;
                }
                if (project.Assignments.FirstOrDefault(assignment => ReferenceEquals(assignment.Column, column)).Expression is not BoundColumn source)
                {
                    return null;
                }
                columns[i] = source.Column;
            }
        }
        return input is LogicalScan { Limit: null } ? columns : null;
    }

    private static bool IsKnown(AggregateCall call) => call.Function switch
    {
        CountFunction => !call.Distinct && (call.Arguments.Count == 0 || call.Arguments is [BoundColumn]),
        // Bounds of floats leave NaN out, as the calls do where there is a number. Nested values are left to the scan. Bounds of texts count where the file
        // says that they are not cut.
        MinMaxFunction => call.Arguments is [BoundColumn { Type: var type }]
            && (type.IsFloat || type.IsInteger || type.IsTemporal || type.IsDecimal || type.ValueType.Storage == StorageKind.Bytes),
        _ => false,
    };
}
