using System.Globalization;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.CustomViews;

/// <summary>The queries that define a view (spec/lakehouse.md §6.9).</summary>
internal sealed record ViewQueries
{
    /// <summary>Stands for the begin of the insert range in count and extract queries, the way upstream's authors write it.</summary>
    public const string Begin = "{begin}";

    public const string End = "{end}";

    /// <summary>Stands in the merge query for the table of rows to merge.</summary>
    public const string Source = "{source}";

    /// <summary>One row with one integer; null counts the objects of the streams with <see cref="SourceTag"/>, or all blocks.</summary>
    public string? Count { get; init; }

    public string? SourceTag { get; init; }

    /// <summary>The rows of an insert range.</summary>
    public required string Extract { get; init; }

    /// <summary>The rows of several extracts as those of one; closed over its own columns.</summary>
    public required string Merge { get; init; }

    public string ExtractOf(LakeTimeRange bucket) => Fill(Extract, bucket);

    public string? CountOf(LakeTimeRange bucket) => Count is null ? null : Fill(Count, bucket);

    public string MergeOf(string table) => Merge.Replace(Source, $"\"{table}\"", StringComparison.Ordinal);

    private static string Fill(string query, LakeTimeRange bucket) =>
        query.Replace(Begin, Text(bucket.Begin), StringComparison.Ordinal).Replace(End, Text(bucket.End), StringComparison.Ordinal);

    private static string Text(long nanoseconds) => string.Create(
        CultureInfo.InvariantCulture, $"{DateTime.UnixEpoch.AddTicks(nanoseconds / 100):yyyy-MM-ddTHH:mm:ss.ffffff}+00:00");
}

/// <summary>A view whose rows a query over other views gives (spec/lakehouse.md §4.5).</summary>
internal sealed class QueryView(ViewDefinition definition, ViewQueries queries, int? updateGroup, long largestFromSource, long largestMerged)
    : GlobalView(definition, updateGroup, largestFromSource, largestMerged)
{
    private const string SourceTable = "__source__";

    public ViewQueries Queries { get; } = queries;

    public override async ValueTask<long> CountAsync(LakeHost lake, QueryContext context, LakeTimeRange bucket, CancellationToken ct)
    {
        if (Queries.CountOf(bucket) is not { } sql)
        {
            BlockTotals totals = await lake.Catalog.SumBlocksAsync(new BlockFilter { Tag = Queries.SourceTag, InsertRange = bucket }, ct).ConfigureAwait(false);
            return Queries.SourceTag is null ? totals.Blocks : totals.Objects;
        }
        long count = 0;
        await foreach (Batch batch in LakeStatement.RunAsync(lake.Tables, context, sql, TimeRange.All, ct).ConfigureAwait(false))
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
        RowsAsync(lake.Tables, context, Queries.ExtractOf(bucket), ct);

    public override IAsyncEnumerable<PartitionRows> MergeAsync(
        LakeHost lake, QueryContext context, LakeTimeRange bucket, IReadOnlyList<PartitionRecord> inputs, CancellationToken ct)
    {
        var tables = new TableCatalog(lake.Tables);
        tables.Add(SourceTable, new PartitionFilesTable(lake, Definition, inputs));
        return RowsAsync(tables, context, Queries.MergeOf(SourceTable) + OrderBy, ct);
    }

    private string OrderBy => Definition.SortOrder is { } order ? " ORDER BY " + string.Join(", ", order.Select(c => $"\"{c}\"")) : "";

    private async IAsyncEnumerable<PartitionRows> RowsAsync(ICatalog tables, QueryContext context, string sql, [EnumeratorCancellation] CancellationToken ct)
    {
        bool isChecked = false;
        await foreach (Batch batch in LakeStatement.RunAsync(tables, context, sql, TimeRange.All, ct).ConfigureAwait(false))
        {
            if (!isChecked)
            {
                Check(batch.Schema);
                isChecked = true;
            }
            yield return PartitionRows.Measured(Definition, batch);
        }
    }

    private void Check(Schema schema)
    {
        for (int i = 0; i < Math.Max(schema.Count, Definition.Schema.Count); i++)
        {
            if (i >= schema.Count || i >= Definition.Schema.Count || schema[i].Type != Definition.Schema[i].Type)
            {
                throw new EngineException(
                    SqlState.DatatypeMismatch, $"the query of view '{Definition.Name}' gives other columns than the view has: {schema} instead of {Definition.Schema}");
            }
        }
    }
}
