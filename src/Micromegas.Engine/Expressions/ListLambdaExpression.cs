using Micromegas.Columnar;
using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Expressions;

/// <summary>
/// Evaluates the body of a lambda over the items of lists: items of many rows go through the body as one batch, with the row's captured columns beside them.
/// </summary>
internal sealed class ListLambdaExpression : VectorExpression
{
    private readonly ListLambdaKind kind;
    private readonly VectorExpression list;
    private readonly VectorExpression[] captured;
    private readonly VectorExpression body;
    private readonly Schema schema;
    private readonly VectorBuilder[] columns;
    private readonly VectorBuilder output;
    private readonly bool hasPosition;
    private readonly Queue<(int Row, int Items)> open = new();
    private Vector? result;
    private int gathered;
    private int closed;

    /// <summary>What is known of the row whose items are being judged.</summary>
    private (int Item, bool Hit, bool Null) state;

    /// <param name="type">Type of the result.</param>
    /// <param name="kind">What becomes of the body's values.</param>
    /// <param name="list">The list.</param>
    /// <param name="captured">The row's columns that the body reads.</param>
    /// <param name="body">Over the columns of <paramref name="schema"/>.</param>
    /// <param name="schema">The lambda's parameters, then the captured columns.</param>
    /// <param name="hasPosition">Whether the second parameter is the item's position.</param>
    public ListLambdaExpression(
        DataType type, ListLambdaKind kind, VectorExpression list, VectorExpression[] captured, VectorExpression body, Schema schema, bool hasPosition)
        : base(type)
    {
        this.kind = kind;
        this.list = list;
        this.captured = captured;
        this.body = body;
        this.schema = schema;
        this.hasPosition = hasPosition;
        columns = [.. schema.Fields.Select(static field => VectorBuilder.Create(field.Type.ValueType))];
        output = VectorBuilder.Create(type.ValueType);
    }

    public override Vector Evaluate(Batch batch, Selection? selection)
    {
        result?.Dispose();
        result = null;
        open.Clear();
        (gathered, closed, state) = (0, 0, default);
        var lists = list.Evaluate(batch, selection);
        var reader = new ListReader(lists);
        Vector[] outer = [.. captured.Select(column => column.Evaluate(batch, selection))];
        var count = selection?.Count ?? batch.RowCount;
        for (var i = 0; i < count; i++)
        {
            var row = selection is null ? i : selection.Span[i];
            if (lists.IsNull(row))
            {
                open.Enqueue((row, -1));
                continue;
            }
            var (start, items) = (reader.Start(row), reader.Count(row));
            open.Enqueue((row, items));
            for (var item = 0; item < items; item++)
            {
                Gather(reader.Items, start + item, item + 1, outer, row);
                if (gathered == Batch.MaxRows)
                {
                    Judge(reader.Items, reader);
                }
            }
        }
        Judge(reader.Items, reader);
        AppendNulls(batch.RowCount);
        result = output.Build();
        result.Relabel(Type);
        return result;
    }

    public override void Dispose()
    {
        base.Dispose();
        list.Dispose();
        body.Dispose();
        result?.Dispose();
        output.Dispose();
        foreach (var column in captured)
        {
            column.Dispose();
        }
        foreach (var column in columns)
        {
            column.Dispose();
        }
    }

    private void Gather(Vector items, int item, long position, Vector[] outer, int row)
    {
        columns[0].Append(items, item);
        var next = 1;
        if (hasPosition)
        {
            columns[next++].AppendValue(position);
        }
        foreach (var column in outer)
        {
            columns[next++].Append(column, row);
        }
        gathered++;
    }

    /// <summary>Runs the body over what was gathered, and closes the rows whose items have all been seen.</summary>
    private void Judge(Vector items, ListReader reader)
    {
        Vector[] inputs = [.. columns.Select(static column => column.Build())];
        try
        {
            var values = gathered == 0 ? null : body.Evaluate(new Batch(schema, inputs) { RowCount = gathered }, null);
            var truth = values is null || kind == ListLambdaKind.Transform ? default : new BitReader(values);
            var at = 0;
            while (open.TryPeek(out var row))
            {
                for (; at < gathered && state.Item < row.Items; at++, state.Item++)
                {
                    Take(values!, truth, at, items, row.Items > 0 ? reader.Start(row.Row) + state.Item : 0, row.Row);
                }
                if (state.Item < row.Items)
                {
                    break;
                }
                Close(row.Row, row.Items < 0);
                open.Dequeue();
            }
        }
        finally
        {
            foreach (var input in inputs)
            {
                input.Dispose();
            }
            gathered = 0;
        }
    }

    private void Take(Vector values, in BitReader truth, int at, Vector items, int item, int row)
    {
        AppendNulls(row);
        var isNull = values.IsNull(at);
        switch (kind)
        {
            case ListLambdaKind.Transform:
                ((ListVectorBuilder)output).Items.Append(values, at);
                break;
            case ListLambdaKind.Filter when !isNull && truth[at]:
                ((ListVectorBuilder)output).Items.Append(items, item);
                break;
            case ListLambdaKind.Any or ListLambdaKind.All:
                state.Null |= isNull;
                state.Hit |= !isNull && truth[at] == (kind == ListLambdaKind.Any);
                break;
        }
    }

    private void Close(int row, bool isNull)
    {
        AppendNulls(row);
        if (isNull)
        {
            output.AppendNull();
        }
        else if (output is ListVectorBuilder lists)
        {
            lists.EndList();
        }
        else
        {
            // Kleene: a hit decides, a NULL leaves it open.
            output.AppendValue(state.Hit ? kind == ListLambdaKind.Any : state.Null ? null : kind == ListLambdaKind.All);
        }
        closed = row + 1;
        state = default;
    }

    /// <summary>Rows that are not selected hold nothing.</summary>
    private void AppendNulls(int row)
    {
        for (; closed < row; closed++)
        {
            output.AppendNull();
        }
    }
}
