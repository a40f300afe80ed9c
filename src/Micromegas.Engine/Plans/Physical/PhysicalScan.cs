using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Operators.Sorting;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>Scans a table and filters by what the table did not answer exactly.</summary>
internal sealed class PhysicalScan(LogicalScan scan) : PhysicalPlan(scan.Columns)
{
    /// <summary>Rows of a top-n up to which its bound is looked for before other columns are read.</summary>
    private const int MostProbed = 4096;

    private readonly List<(PlanColumn Column, ProbeBound Bound)> listening = [];
    private volatile ScanPlan? planned;
    private volatile JoinBound[] joinBounds = [];
    private readonly ScanFigures figures = new();

    /// <summary>A plan that was made before the node is opened.</summary>
    private ScanPlan? ready;

    /// <summary>What a top-n above knows of the rows it still wants; set before the node is opened.</summary>
    public ScanBound? Bound { get; set; }

    /// <summary>Whether an aggregation above wants the distinct rows only; set before the node is opened.</summary>
    public bool Distinct { get; set; }

    /// <summary>Whether an aggregation right above wants only to know how often each combination of values occurs; set before the node is opened.</summary>
    public bool Counted { get; set; }

    /// <summary>Takes the morsels that an aggregation above need not read; set before the node is opened.</summary>
    public SummaryFilter? Summaries { get; set; }

    /// <summary>By which columns a sort above would have the rows; set before the node is opened.</summary>
    public IReadOnlyList<PlanColumn>? WantedOrder { get; set; }

    /// <summary>Whether the pipeline that was opened last delivers the rows in that order.</summary>
    public bool IsOrdered { get; private set; }

    public override string Name => "Scan";

    /// <summary>Whether all rows are read, or those of a range of one column: then sorting is what costs, and not finding the rows.</summary>
    public bool ReadsAllBut(PlanColumn column)
    {
        var used = new HashSet<PlanColumn>();
        foreach (var predicate in scan.Predicates)
        {
            predicate.CollectColumns(used);
        }
        return used.All(other => ReferenceEquals(other, column));
    }

    /// <summary>Where the table has a column.</summary>
    public int OrdinalOf(PlanColumn column) => scan.TableColumns.ToList().IndexOf(column);

    /// <summary>A bound for a column that the scan delivers; null when that column cannot be bounded.</summary>
    /// <param name="column">The column.</param>
    /// <param name="descending">Whether large values come first.</param>
    /// <param name="nullsFirst">Whether nulls come first.</param>
    /// <param name="rowsWanted">Rows that the top-n keeps of those that the scan delivers; 0 when something between them drops rows.</param>
    public ScanBound? CreateBound(PlanColumn column, bool descending, bool nullsFirst, int rowsWanted)
    {
        var ordinal = scan.TableColumns.ToList().IndexOf(column);
        return ordinal >= 0 && ScanBound.IsSupported(column.Type)
            ? new ScanBound(ordinal, descending, nullsFirst) { RowsWanted = rowsWanted <= MostProbed ? rowsWanted : 0 }
            : null;
    }

    public override IReadOnlyList<string> Details => [scan.Name, .. planned?.Details ?? [], .. figures.Details, .. joinBounds.Select(static bound => bound.ToString())];

    public override bool Attach(PlanColumn column, ProbeBound bound)
    {
        // Which rows come first must not depend on a join.
        if (scan.Limit is not null || !scan.TableColumns.Contains(column))
        {
            return false;
        }
        listening.Add((column, bound));
        return true;
    }

    /// <summary>Whether metadata tell all that is asked of the scan; then it is not opened.</summary>
    public async ValueTask<bool> TrySummarizeAsync(QueryExecution execution, SummaryFilter summaries)
    {
        ready = await PlanAsync(execution, scan.Projection).ConfigureAwait(false);
        if (!ready.ExactPredicates.All(static isExact => isExact) || !summaries.TryTakeAll(ready))
        {
            return false;
        }
        planned = ready;
        return true;
    }

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        joinBounds = [.. listening.SelectMany(static item => item.Bound.Bounds(item.Column))];
        IReadOnlyList<int> delivered = scan.Projection;
        var plan = ready ?? await PlanAsync(execution, delivered).ConfigureAwait(false);
        ready = null;
        var inexact = scan.Predicates.Where((_, i) => !plan.ExactPredicates[i]).ToArray();
        var missing = MissingColumns(inexact);
        if (inexact.Length > 0 && (missing.Count > 0 || Counted))
        {
            // Filtered above, rows must come one by one.
            Counted = false;
            delivered = [.. scan.Projection, .. missing];
            plan = await PlanAsync(execution, delivered).ConfigureAwait(false);
        }
        planned = plan;
        IReadOnlyList<PlanColumn> columns = [.. delivered.Select(ordinal => scan.TableColumns[ordinal])];
        var source = await MergeAsync(execution, plan, columns).ConfigureAwait(false)
            ?? new MorselSource(Summaries is null || inexact.Length > 0 ? plan : Summaries.Apply(plan), Bound, probes: inexact.Length == 0);
        return AddStages(execution.Context, new Pipeline(source, Statistics), columns, inexact);
    }

    /// <summary>The rows in the wanted order, where the scan's pieces have it; null when they are to be sorted, or nobody wants an order.</summary>
    private async ValueTask<PipelineSource?> MergeAsync(QueryExecution execution, ScanPlan plan, IReadOnlyList<PlanColumn> columns)
    {
        IsOrdered = false;
        if (WantedOrder is null || !WantedOrder.Select(OrdinalOf).SequenceEqual(plan.SortedBy.Take(WantedOrder.Count)))
        {
            return null;
        }
        var pieces = execution.Own(new SortedPieces(plan, plan.SortedBy[0]));
        await pieces.CollectAsync(execution).ConfigureAwait(false);
        IsOrdered = pieces.IsOrdered;
        return IsOrdered ? new MergeSource(pieces, WantedOrder, columns, execution.Context) : new MorselSource(pieces, Bound);
    }

    private Pipeline AddStages(QueryContext context, Pipeline pipeline, IReadOnlyList<PlanColumn> columns, BoundExpression[] inexact)
    {
        var schema = new Schema(columns.Select(static column => column.ToField()).ToArray());
        if (context.Options.FlattenDictionaries)
        {
            pipeline.Add(_ => new FlattenStage(schema, Statistics));
        }
        if (inexact.Length > 0)
        {
            var predicate = inexact.Length == 1 ? inexact[0] : new BoundLogical(true, inexact);
            pipeline.Add(_ => new FilterStage(ExpressionCompiler.Compile(predicate, columns, context), schema, Statistics));
        }
        if (columns.Count > Columns.Count)
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
            Predicates = [.. scan.Predicates, .. joinBounds.Select(static bound => bound.Predicate)],
            JoinBounds = joinBounds,
            Figures = figures,
            TimeRange = scan.TimeRange,
            Limit = scan.Limit,
            Bound = Bound,
            Distinct = Distinct,
            Counted = Counted && !Distinct && !execution.Context.Options.FlattenDictionaries,
        },
        execution.CancellationToken);
}
