using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables;

/// <summary>What the query range and a scan's predicates say of the view's time columns.</summary>
/// <param name="Range">The query range: rows outside must not be delivered (spec/sql.md §0.2).</param>
/// <param name="Wanted">Event times that both the range and the predicates allow.</param>
internal sealed record ScanTimes(TimeRange Range, TimeRange Wanted)
{
    public static ScanTimes Create(ViewDefinition view, ScanRequest request)
    {
        TimeRange range = request.Context.Range;
        TimeRange early = PredicateRange.Of(request.Predicates, request.TableColumns[view.Schema.IndexOf(view.MinTimeColumn)]);
        TimeRange late = PredicateRange.Of(request.Predicates, request.TableColumns[view.Schema.IndexOf(view.MaxTimeColumn)]);

        // Other views have a column of that name that means something else.
        int inserted = view.HasEvents ? view.Schema.IndexOf("insert_time") : -1;

        // A row's earlier time bounds it from above only, its later one from below.
        return new ScanTimes(range, range.Intersect(new TimeRange(late.Begin, early.End)))
        {
            Inserted = inserted < 0 ? TimeRange.All : PredicateRange.Of(request.Predicates, request.TableColumns[inserted]),
            ProcessId = view.HasEvents ? IdOf(view, request, "process_id") : null,
            BlockId = view.HasEvents ? IdOf(view, request, "block_id") : null,
        };
    }

    /// <summary>Insert times that the predicates allow, both ends included.</summary>
    public TimeRange Inserted { get; private init; }

    /// <summary>The process that the predicates ask for; blocks of others need not be decoded (spec/lakehouse.md §11.1 W2).</summary>
    public Guid? ProcessId { get; private init; }

    private Guid? BlockId { get; init; }

    /// <summary>Whether a block, by its ids, can hold wanted rows.</summary>
    public bool Wants(BlockRecord block) => (ProcessId is not { } process || block.ProcessId == process) && (BlockId is not { } id || block.BlockId == id);

    private static Guid? IdOf(ViewDefinition view, ScanRequest request, string column) => view.Schema.IndexOf(column) is >= 0 and var ordinal
        && PredicateText.Of(request.Predicates, request.TableColumns[ordinal]) is { } text && Guid.TryParseExact(text, "D", out Guid id) && id.ToString("D") == text
            ? id
            : null;

    /// <summary>Whether a partition of these insert times can hold wanted rows.</summary>
    public bool WantsInserted(LakeTimeRange range) =>
        (Inserted.End is not { } end || range.Begin <= end) && (Inserted.Begin is not { } begin || range.End >= begin);

    /// <summary>Both ends included; null for all times.</summary>
    public LakeTimeRange? WantedRange => ToLakeRange(Wanted);

    /// <summary>
    /// Which partitions can hold rows by their recorded event times. Upstream records the first and last event of a block instead of the least and greatest and
    /// accepts what the query range loses by that; predicates must not lose rows, so there only our own records count (spec/lakehouse.md §3.17).
    /// </summary>
    public LakeTimeRange? ForPartitions(LakeSharing sharing, ViewDefinition view) =>
        ToLakeRange(sharing == LakeSharing.Exclusive || !view.HasEvents ? Wanted : Range);

    /// <summary>The query range as conditions: the earlier time is at most its end, the later one at least its begin.</summary>
    public IEnumerable<BoundExpression> Conditions(ViewDefinition view, IReadOnlyList<PlanColumn> columns)
    {
        if (Range.End is { } end)
        {
            yield return Compare(ComparisonOperator.LessThanOrEqual, columns[view.Schema.IndexOf(view.MinTimeColumn)], end);
        }
        if (Range.Begin is { } begin)
        {
            yield return Compare(ComparisonOperator.GreaterThanOrEqual, columns[view.Schema.IndexOf(view.MaxTimeColumn)], begin);
        }
    }

    private static BoundComparison Compare(ComparisonOperator comparison, PlanColumn column, long time) =>
        new(comparison, new BoundColumn(column), new BoundLiteral(new Scalar(DataType.LakeTime, time)));

    private static LakeTimeRange? ToLakeRange(TimeRange range) =>
        range.IsAll ? null : new LakeTimeRange(range.Begin ?? long.MinValue, range.End ?? long.MaxValue);
}
