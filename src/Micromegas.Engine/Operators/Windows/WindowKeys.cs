using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Sorting;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>Tells where the keys of sorted rows change. Without keys all rows are alike.</summary>
internal sealed unsafe class WindowKeys : IDisposable
{
    private readonly SortKeyEncoder? encoder;
    private readonly RowReader? reader;
    private readonly int[] ordinals = [];
    private readonly Batch batch = new(Schema.Empty, []);
    private BinaryVector? current;
    private byte[]? last;
    private bool isFirst = true;
    private int count;

    public WindowKeys(IReadOnlyList<SortKey> keys, IReadOnlyList<PlanColumn> stored, SortState state)
    {
        if (keys.Count == 0)
        {
            return;
        }
        PlanColumn[] columns = [.. keys.Select(static key => ((BoundColumn)key.Expression).Column).Distinct()];
        ordinals = Array.ConvertAll(columns, column => IndexOf(stored, column));
        batch = new Batch(new Schema(columns.Select(static column => column.ToField()).ToArray()), new Vector[columns.Length]);
        encoder = new SortKeyEncoder(keys, columns, state.Context);
        reader = state.Store.CreateReader();
    }

    /// <summary>Takes the keys of the next rows.</summary>
    public void Load(int* ids, int rows)
    {
        isFirst = last is null;
        if (encoder is null)
        {
            last = [];
            return;
        }
        if (current is not null)
        {
            last = Key(count - 1).ToArray();
            isFirst = false;
        }
        count = rows;
        for (var i = 0; i < ordinals.Length; i++)
        {
            batch.Columns[i] = reader!.Take(ordinals[i], ids, rows);
        }
        batch.RowCount = rows;
        current = encoder.Encode(batch, null);
    }

    /// <summary>Whether a row just taken has another key than the row before it.</summary>
    public bool IsNew(int row)
    {
        if (row == 0)
        {
            return isFirst || (encoder is not null && !Key(0).SequenceEqual(last));
        }
        return encoder is not null && !Key(row).SequenceEqual(Key(row - 1));
    }

    public void Dispose()
    {
        encoder?.Dispose();
        reader?.Dispose();
    }

    private ReadOnlySpan<byte> Key(int row) => current![row];

    private static int IndexOf(IReadOnlyList<PlanColumn> columns, PlanColumn column)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (ReferenceEquals(columns[i], column))
            {
                return i;
            }
        }
        throw new InvalidOperationException($"The rows of a window do not have {column}.");
    }
}
