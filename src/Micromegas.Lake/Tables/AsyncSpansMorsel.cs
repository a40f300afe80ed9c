using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables;

/// <summary>The asynchronous spans of a process in the columns of <c>thread_spans</c>: begins joined with their ends (spec/sql.md §1.7).</summary>
internal sealed class AsyncSpansMorsel(LakeHost lake, Guid process, IReadOnlyList<int> projection, QueryContext context) : Morsel
{
    private readonly Schema _output = ThreadSpansView.Definition.Schema.Project(projection.ToArray());
    private Batch? _rows;

    /// <summary>The spans as a query, in the order of their begins.</summary>
    public static string Query(Guid process, IEnumerable<string> columns) => $"""
        SELECT {string.Join(", ", columns)}
        FROM view_instance('async_events', '{process:D}') b
        JOIN view_instance('async_events', '{process:D}') e ON b.span_id = e.span_id
        WHERE b.event_type = 'begin' AND e.event_type = 'end' AND b.time < e.time
        ORDER BY b.time
        """;

    public override async ValueTask PrefetchAsync(CancellationToken cancellationToken)
    {
        // Without any column the rows still count.
        string[] columns = _output.Count == 0 ? ["b.span_id"] : _output.Fields.Select(f => $"{Source(f.Name)} AS \"{f.Name}\"").ToArray();
        using var rows = new BatchBuilder(_output.Count == 0 ? new Schema(new Field("span_id", DataType.Int64)) : _output);
        await foreach (Batch batch in LakeStatement.RunAsync(lake.Tables, context, Query(process, columns), context.Range, cancellationToken).ConfigureAwait(false))
        {
            rows.Append(batch);
        }
        Batch built = rows.Build();
        if (_output.Count == 0)
        {
            built.DisposeColumns();
            built = new Batch(_output, []) { RowCount = built.RowCount };
        }
        _rows = built;
    }

    public override MorselReader Open(QueryContext queryContext)
    {
        Batch? rows = _rows;
        _rows = null;
        return new LiveRowsReader(new LiveRowsFilter([], [], Enumerable.Range(0, _output.Count).ToArray(), _output), rows is null ? [] : [rows], queryContext);
    }

    public override void Dispose()
    {
        base.Dispose();
        _rows?.DisposeColumns();
    }

    private static string Source(string column) => column switch
    {
        "id" => "b.span_id",
        "parent" => "b.parent_span_id",
        "begin" => "b.time",
        "end" => "e.time",
        "duration" => "CAST(e.time AS BIGINT) - CAST(b.time AS BIGINT)",
        _ => $"b.{column}",
    };
}
