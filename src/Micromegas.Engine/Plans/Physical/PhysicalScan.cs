using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>Scans a table and filters by what the table did not answer exactly.</summary>
internal sealed class PhysicalScan(LogicalScan scan) : PhysicalPlan(scan.Columns)
{
    private volatile ScanPlan? planned;

    /// <summary>What a top-n above knows of the rows it still wants; set before the node is opened.</summary>
    public ScanBound? Bound { get; set; }

    /// <summary>Takes the morsels that an aggregation above need not read; set before the node is opened.</summary>
    public SummaryFilter? Summaries { get; set; }

    public override string Name => "Scan";

    /// <summary>Where the table has a column.</summary>
    public int OrdinalOf(PlanColumn column) => scan.TableColumns.ToList().IndexOf(column);

    /// <summary>A bound for a column that the scan delivers; null when that column cannot be bounded.</summary>
    public ScanBound? CreateBound(PlanColumn column, bool descending, bool nullsFirst)
    {
        var ordinal = scan.TableColumns.ToList().IndexOf(column);
        return ordinal >= 0 && ScanBound.IsSupported(column.Type) ? new ScanBound(ordinal, descending, nullsFirst) : null;
    }

    public override IReadOnlyList<string> Details => [scan.Name, .. planned?.Details ?? []];

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        IReadOnlyList<int> delivered = scan.Projection;
        var plan = await PlanAsync(execution, delivered).ConfigureAwait(false);
        var inexact = scan.Predicates.Where((_, i) => !plan.ExactPredicates[i]).ToArray();
        var missing = MissingColumns(inexact);
        if (missing.Count > 0)
        {
            delivered = [.. scan.Projection, .. missing];
            plan = await PlanAsync(execution, delivered).ConfigureAwait(false);
        }
        planned = plan;
        return AddStages(execution.Context, plan, delivered, inexact);
    }

    private Pipeline AddStages(QueryContext context, ScanPlan plan, IReadOnlyList<int> delivered, BoundExpression[] inexact)
    {
        IReadOnlyList<PlanColumn> columns = [.. delivered.Select(ordinal => scan.TableColumns[ordinal])];
        var schema = new Schema(columns.Select(static column => column.ToField()).ToArray());
        var pipeline = new Pipeline(new MorselSource(Summaries is null || inexact.Length > 0 ? plan : Summaries.Apply(plan), Bound), Statistics);
        if (context.Options.FlattenDictionaries)
        {
            pipeline.Add(_ => new FlattenStage(schema, Statistics));
        }
        if (inexact.Length > 0)
        {
            var predicate = inexact.Length == 1 ? inexact[0] : new BoundLogical(true, inexact);
            pipeline.Add(_ => new FilterStage(ExpressionCompiler.Compile(predicate, columns, context), schema, Statistics));
        }
        if (delivered.Count > Columns.Count)
        {
            pipeline.Add(_ => new ProjectStage(
                CompiledExpression.Compile(Columns.Select(static column => new BoundColumn(column)), columns, context), Schema, Statistics));
        }
        return pipeline;
    }

    private List<int> MissingColumns(BoundExpression[] inexact)
    {
        var used = new HashSet<PlanColumn>();
        foreach (var predicate in inexact)
        {
            predicate.CollectColumns(used);
        }
        return [.. Enumerable.Range(0, scan.TableColumns.Count).Where(ordinal => used.Contains(scan.TableColumns[ordinal]) && !scan.Projection.Contains(ordinal))];
    }

    private ValueTask<ScanPlan> PlanAsync(QueryExecution execution, IReadOnlyList<int> projection) => scan.Table.PlanScanAsync(
        new ScanRequest
        {
            Context = execution.Context,
            Projection = projection,
            TableColumns = scan.TableColumns,
            Predicates = scan.Predicates,
            TimeRange = scan.TimeRange,
            Limit = scan.Limit,
            Bound = Bound,
        },
        execution.CancellationToken);
}
