using System.Globalization;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.CustomViews;

/// <summary>A view whose rows a query over other views gives (spec/lakehouse.md §4.5, §6.9).</summary>
internal sealed class QueryView(ViewDefinition definition, Schema merged, ViewQueries queries, int? updateGroup, long largestFromSource, long largestMerged)
    : GlobalView(definition, updateGroup, largestFromSource, largestMerged)
{
    public ViewQueries Queries { get; } = queries;

    /// <summary>The blocks that the rows come from; null when a query counts the source.</summary>
    public override BlockSource? Source => Queries.Count is null ? Blocks : null;

    /// <summary>The views of the lake that the query names.</summary>
    public IReadOnlyList<GlobalView> Sources { get; init; } = [];

    /// <summary>The blocks that all rows come from: those of one tag where the sources agree.</summary>
    public BlockSource Blocks
    {
        get
        {
            string?[] tags = [.. Sources.Where(IsMadeOfEvents).Select(s => s is QueryView query ? query.Blocks.Tag : s.Source?.Tag).Distinct()];
            return new BlockSource(tags is [{ } tag] ? tag : null);
        }
    }

    /// <summary>Whether the view grows by what its blocks give, as the event views do and processes and streams do not.</summary>
    public static bool IsMadeOfEvents(GlobalView view) => view is QueryView || view.Definition.HasEvents || view.Definition == BlocksView.Definition;

    /// <summary>Whether the rows of another view are, directly or not, what these are made of.</summary>
    public bool IsMadeOf(GlobalView other) =>
        Sources.Any(s => s.Definition.Name == other.Definition.Name || (s is QueryView query && query.IsMadeOf(other)));

    /// <summary>The query as its author wrote it.</summary>
    public string Text { get; init; } = queries.Extract;

    /// <summary>Rows of a step of a merge by event time; null: everything at once.</summary>
    public long? MergeBatchRows { get; init; }

    /// <summary>The author's own way to merge.</summary>
    public Func<ViewMerge, IEnumerable<string>>? Merger { get; init; }

    /// <summary>
    /// When the view's time is that of the source's events, rounded down: to multiples of how many nanoseconds (0: not rounded). Null when it is something else;
    /// then questions about a time make the rows of all times that no partition holds.
    /// </summary>
    public long? TimeBin { get; init; }

    /// <summary>Columns of the merge query's result: what questions see. Types are those of the files.</summary>
    public Schema Merged { get; } = merged;

    /// <summary>The table of the raw partitions (spec/lakehouse.md §6.5).</summary>
    public static string PartitionsTableOf(ViewDefinition view) => $"__{view.Name}__partitions";

    /// <summary>The view as statements see it: the merge query over what partitions hold and what they do not.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="within">Only what blocks of these insert times gave; null for all.</param>
    public SqlView CreateTable(LakeHost lake, LakeTimeRange? within = null) =>
        MergeView(new ViewTable(lake, Definition, ViewTable.Global, new QueryViewContent(lake, this, within)));

    public override async ValueTask<long> CountAsync(LakeHost lake, QueryContext context, LakeTimeRange bucket, CancellationToken ct)
    {
        if (Queries.CountOf(bucket) is not { } sql)
        {
            return await base.CountAsync(lake, context, bucket, ct).ConfigureAwait(false);
        }
        long count = 0;
        await foreach (Batch batch in LakeStatement.RunAsync(lake.Views.Functions, lake.Views.Tables, context, sql, TimeRange.All, ct).ConfigureAwait(false))
        {
            if (batch.SelectedCount > 0)
            {
                int row = batch.Selection is { } selection ? selection.Span[0] : 0;
                count = batch.Columns[0].GetValue(row) switch
                {
                    null => 0,
                    long number => number,
                    object other => Convert.ToInt64(other, CultureInfo.InvariantCulture),
                };
            }
        }
        return count;
    }

    public override IAsyncEnumerable<PartitionRows> ExtractAsync(LakeHost lake, QueryContext context, LakeTimeRange bucket, CancellationToken ct) =>
        MeasuredAsync(ExtractAsync(lake, context, bucket, TimeRange.All, isSorted: true, ct), ct);

    /// <summary>The rows that blocks of an insert range give; each batch is valid until the next is asked for.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="context">Whose memory and workers are used, and whose statistics count the reading.</param>
    /// <param name="inserted">Insert times, end exclusive.</param>
    /// <param name="events">Event times of the source that matter.</param>
    /// <param name="isSorted">Whether the rows come in the view's order.</param>
    /// <param name="ct">Ends it.</param>
    public IAsyncEnumerable<Batch> ExtractAsync(
        LakeHost lake, QueryContext context, LakeTimeRange inserted, TimeRange events, bool isSorted, CancellationToken ct)
    {
        string sql = Queries.ExtractOf(inserted);
        return RunAsync(
            lake, Definition, new InsertRangeCatalog(lake, inserted), context, isSorted ? ViewQueries.Sorted(sql, Definition.SortOrder) : sql, events, ct);
    }

    public override IAsyncEnumerable<PartitionRows> MergeAsync(
        LakeHost lake, QueryContext context, LakeTimeRange bucket, IReadOnlyList<PartitionRecord> inputs, CancellationToken ct) =>
        MeasuredAsync(new QueryViewMerge(lake, this, context, inputs).RunAsync(ct), ct);

    /// <summary>Steps of an author's own merge, and steps by a time that does not lead the order, leave the rows unordered.</summary>
    public override IReadOnlyList<string>? MergedOrder(IReadOnlyList<PartitionRecord> inputs) =>
        Merger is null && (MergeBatchRows is null || Definition.SortOrder?[0] == Definition.MinTimeColumn) ? base.MergedOrder(inputs) : null;

    private SqlView MergeView(ITable rows)
    {
        SqlView view = SqlView.Parse(Queries.MergeOf(), Merged);
        return new SqlView(view.Sql, view.Query, Merged)
        {
            Tables = new Dictionary<TableName, ITable> { [new TableName(ViewQueries.SourceTable)] = rows },
            Definition = Text,
            Creation = "CREATE MATERIALIZED VIEW",
        };
    }

    /// <summary>The rows of one of a view's queries; each batch is valid until the next is asked for.</summary>
    /// <exception cref="EngineException">They have other columns than the view.</exception>
    public static async IAsyncEnumerable<Batch> RunAsync(
        LakeHost lake, ViewDefinition view, ICatalog tables, QueryContext context, string sql, TimeRange range, [EnumeratorCancellation] CancellationToken ct)
    {
        bool isChecked = false;
        await foreach (Batch batch in LakeStatement.RunAsync(lake.Views.Functions, tables, context, sql, range, ct).ConfigureAwait(false))
        {
            if (!isChecked)
            {
                CheckColumns(view, batch.Schema);
                isChecked = true;
            }
            yield return batch;
        }
    }

    private async IAsyncEnumerable<PartitionRows> MeasuredAsync(IAsyncEnumerable<Batch> batches, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (Batch batch in batches.WithCancellation(ct).ConfigureAwait(false))
        {
            yield return PartitionRows.Measured(Definition, batch);
        }
    }

    /// <exception cref="EngineException">A query of the view gives other columns than the view has.</exception>
    public static void CheckColumns(ViewDefinition view, Schema schema)
    {
        bool isSame = schema.Count == view.Schema.Count;
        for (int i = 0; isSame && i < schema.Count; i++)
        {
            isSame = schema[i].Type == view.Schema[i].Type && schema[i].Name == view.Schema[i].Name;
        }
        if (!isSame)
        {
            throw new EngineException(
                SqlState.DatatypeMismatch, $"the query of view '{view.Name}' gives other columns than the view has: {schema} instead of {view.Schema}");
        }
    }
}
