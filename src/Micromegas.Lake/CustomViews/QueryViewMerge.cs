using System.Globalization;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Sql;

namespace Micromegas.Lake.CustomViews;

/// <summary>
/// Makes one partition of several of a view (spec/lakehouse.md §4.7): with its merge query at once, step by step of its time where it says how many rows a step has,
/// or as its author says. Rows that are sorted come sorted: the steps follow each other, and each is sorted.
/// </summary>
internal sealed class QueryViewMerge(LakeHost lake, QueryView view, QueryContext context, IReadOnlyList<PartitionRecord> inputs)
{
    private const string Whole = "__whole__";

    // What is sorted goes by steps even when nobody asked: then no step has to be sorted on disk.
    private const long RowsOfSortedStep = 1 << 20;

    private readonly string _time = view.Definition.MinTimeColumn;

    public IAsyncEnumerable<Batch> RunAsync(CancellationToken ct)
    {
        long rows = inputs.Sum(p => p.RowCount);
        PartitionRecord[] filled = [.. inputs.Where(p => p.EventRange is not null)];
        if (filled.Length == 0)
        {
            return RunAsync([ViewQueries.MergeOf(view.Queries.Merge)], ct);
        }
        var times = new LakeTimeRange(filled.Min(p => p.EventRange!.Value.Begin), filled.Max(p => p.EventRange!.Value.End));
        if (view.Merger is { } merger)
        {
            var merge = new ViewMerge(rows, filled.Length, times.Begin, times.End, view.Queries.Merge);
            return RunAsync(merger(merge).Select(ViewQueries.MergeOf), ct);
        }
        long? step = view.MergeBatchRows ?? (view.Definition.SortOrder?[0] == _time ? RowsOfSortedStep : null);
        return step is { } size && rows > size
            ? RunStepsAsync(times, (rows / size) + 1, ct)
            : RunAsync([ViewQueries.Sorted(view.Queries.MergeOf(), view.Definition.SortOrder)], ct);
    }

    /// <summary>The queries' rows, one after the other.</summary>
    private async IAsyncEnumerable<Batch> RunAsync(IEnumerable<string> queries, [EnumeratorCancellation] CancellationToken ct)
    {
        TableCatalog tables = Over(new PartitionFilesTable(lake, view.Definition, inputs));
        foreach (string query in queries)
        {
            await foreach (Batch batch in view.RunAsync(lake, tables, context, query, TimeRange.All, ct).ConfigureAwait(false))
            {
                yield return batch;
            }
        }
    }

    /// <summary>The merge query over equally long times, one after the other; rows of one group have one time (spec/lakehouse.md §4.7).</summary>
    private async IAsyncEnumerable<Batch> RunStepsAsync(LakeTimeRange times, long steps, [EnumeratorCancellation] CancellationToken ct)
    {
        string query = ViewQueries.Sorted(view.Queries.MergeOf(), view.Definition.SortOrder);
        var table = new PartitionFilesTable(lake, view.Definition, inputs);
        bool hasNulls = view.Definition.Schema[view.Definition.Schema.IndexOf(_time)].Nullable;

        // The recorded bounds are whole microseconds: the last step is open to what they cut off.
        long length = Math.Max(1, (long)((((Int128)times.End - times.Begin) / steps) + 1));
        for (long begin = times.Begin; begin <= times.End;)
        {
            long end = begin > times.End - length ? long.MaxValue : begin + length;
            await foreach (Batch batch in view.RunAsync(lake, Over(Narrow(table, begin == times.Begin ? null : begin, end == long.MaxValue ? null : end, hasNulls)), context, query, TimeRange.All, ct)
                .ConfigureAwait(false))
            {
                yield return batch;
            }
            if (end == long.MaxValue)
            {
                break;
            }
            begin = end;
        }
    }

    private TableCatalog Over(ITable rows)
    {
        var tables = new TableCatalog(lake.Views.Tables);
        tables.Add(ViewQueries.SourceTable, rows);
        return tables;
    }

    /// <summary>Rows of a time; those without any come last, as sorting puts them.</summary>
    private SqlView Narrow(PartitionFilesTable table, long? begin, long? end, bool hasNulls)
    {
        string time = SqlPrinter.QuoteIdentifier(_time);
        string[] conditions =
        [
            .. begin is { } from ? [$"({time} >= TIMESTAMP '{Text(from)}'{(end is null && hasNulls ? $" OR {time} IS NULL" : "")})"] : Array.Empty<string>(),
            .. end is { } to ? [$"{time} < TIMESTAMP '{Text(to)}'"] : Array.Empty<string>(),
        ];
        string where = conditions.Length == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
        SqlView narrowed = SqlView.Parse($"SELECT * FROM \"{Whole}\"{where}", table.Schema);
        return new SqlView(narrowed.Sql, narrowed.Query, table.Schema) { Tables = new Dictionary<TableName, ITable> { [new TableName(Whole)] = table } };
    }

    private static string Text(long nanoseconds)
    {
        long seconds = CatalogTime.FloorTo(nanoseconds, 1_000_000_000) / 1_000_000_000;
        return string.Create(
            CultureInfo.InvariantCulture, $"{DateTime.UnixEpoch.AddSeconds(seconds):yyyy-MM-ddTHH:mm:ss}.{nanoseconds - (seconds * 1_000_000_000):000000000}Z");
    }
}
