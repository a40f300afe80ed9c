using System.Globalization;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Views;
using Micromegas.Sql;

namespace Micromegas.Lake.Materialization.Global;

/// <summary>
/// Runs the queries whose rows become one partition of several (spec/lakehouse.md §4.7): over all rows, or step by step of the view's time. Queries find the rows in
/// <see cref="ViewQueries.SourceTable"/>; each batch is valid until the next is asked for.
/// </summary>
internal sealed class PartitionMerge(LakeHost lake, ViewDefinition view, QueryContext context, IReadOnlyList<PartitionRecord> inputs)
{
    private const string Whole = "__whole__";

    private readonly string _time = view.MinTimeColumn;

    /// <summary>Rows of all inputs.</summary>
    public long Rows { get; } = inputs.Sum(p => p.RowCount);

    /// <summary>From the first to the last time of the inputs, as far as they are recorded; null without rows.</summary>
    public LakeTimeRange? Times { get; } = inputs.Where(p => p.EventRange is not null).ToArray() is { Length: > 0 } filled
        ? new LakeTimeRange(filled.Min(p => p.EventRange!.Value.Begin), filled.Max(p => p.EventRange!.Value.End))
        : null;

    /// <summary>The step that the rows at hand belong to.</summary>
    public int Step { get; private set; }

    /// <summary>The queries' rows, one after the other.</summary>
    public async IAsyncEnumerable<Batch> RunAsync(IEnumerable<string> queries, [EnumeratorCancellation] CancellationToken ct)
    {
        TableCatalog tables = Over(new PartitionFilesTable(lake, view, inputs));
        foreach (string query in queries)
        {
            await foreach (Batch batch in RunAsync(tables, query, ct).ConfigureAwait(false))
            {
                yield return batch;
            }
        }
    }

    /// <summary>A query over equally long times, one after the other, each of about so many rows; all at once where there are no more.</summary>
    public async IAsyncEnumerable<Batch> RunStepsAsync(string query, long rowsOfStep, [EnumeratorCancellation] CancellationToken ct)
    {
        var table = new PartitionFilesTable(lake, view, inputs);
        bool hasNulls = view.Schema[view.Schema.IndexOf(_time)].Nullable;
        LakeTimeRange times = Times ?? default;
        long steps = Rows > rowsOfStep ? (Rows / rowsOfStep) + 1 : 1;

        // The recorded bounds are whole microseconds: the last step is open to what they cut off.
        long length = Math.Max(1, (long)((((Int128)times.End - times.Begin) / steps) + 1));
        for (long? begin = null; ;)
        {
            long from = begin ?? times.Begin;
            long? end = steps == 1 || from > times.End - length ? null : from + length;
            await foreach (Batch batch in RunAsync(Over(begin is null && end is null ? table : Narrow(table, begin, end, hasNulls)), query, ct).ConfigureAwait(false))
            {
                yield return batch;
            }
            if (end is null)
            {
                break;
            }
            begin = end;
            Step++;
        }
    }

    private IAsyncEnumerable<Batch> RunAsync(TableCatalog tables, string query, CancellationToken ct) =>
        QueryView.RunAsync(lake, view, tables, context, query, TimeRange.All, ct);

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
        SqlView narrowed = SqlView.Parse($"SELECT * FROM \"{Whole}\" WHERE {string.Join(" AND ", conditions)}", table.Schema);
        return new SqlView(narrowed.Sql, narrowed.Query, table.Schema) { Tables = new Dictionary<TableName, ITable> { [new TableName(Whole)] = table } };
    }

    private static string Text(long nanoseconds)
    {
        long seconds = CatalogTime.FloorTo(nanoseconds, 1_000_000_000) / 1_000_000_000;
        return string.Create(
            CultureInfo.InvariantCulture, $"{DateTime.UnixEpoch.AddSeconds(seconds):yyyy-MM-ddTHH:mm:ss}.{nanoseconds - (seconds * 1_000_000_000):000000000}Z");
    }
}
