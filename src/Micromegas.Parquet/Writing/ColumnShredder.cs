using Micromegas.Columnar;
using Micromegas.Parquet.Schemas;

namespace Micromegas.Parquet.Writing;

/// <summary>Takes the rows of one column apart into levels and values of its leaves.</summary>
internal sealed unsafe class ColumnShredder
{
    private readonly ColumnNode column;
    private readonly LeafState[] leaves;
    private int next;

    /// <param name="column">The column.</param>
    /// <param name="writers">Writers of all leaves of the file.</param>
    public ColumnShredder(ColumnNode column, ColumnChunkWriter[] writers)
    {
        this.column = column;
        leaves = [.. column.Leaves.Select(leaf => new LeafState(leaf, writers[leaf.Leaf.LeafOrdinal]))];
    }

    public void Append(Vector vector, RowNumbers rows)
    {
        if (column is LeafNode)
        {
            leaves[0].Writer.AppendFlat(vector, rows);
            return;
        }
        foreach (var row in rows)
        {
            next = 0;
            Shred(column, vector, row, 0, 0);
        }
        foreach (var leaf in leaves)
        {
            leaf.EndRows(rows.Length);
        }
    }

    /// <param name="node">Node to take apart.</param>
    /// <param name="vector">Its values.</param>
    /// <param name="row">Row of the value; -1 for a default, where a null stands in a required place.</param>
    /// <param name="definition">Definition level of what is around the node.</param>
    /// <param name="repetition">Repetition level of the first entry.</param>
    private void Shred(ColumnNode node, Vector? vector, int row, int definition, int repetition)
    {
        var isNull = vector is null || row < 0 || vector.IsNull(row);
        if (isNull && node.PresentLevel > definition)
        {
            PutLevels(node, definition, repetition);
            return;
        }
        switch (node)
        {
            case LeafNode:
                leaves[next++].PutValue(vector, isNull ? -1 : row, node.PresentLevel, repetition);
                break;
            case StructNode group:
                var plain = isNull ? null : (StructVector)vector!.Resolve(ref row);
                for (var i = 0; i < group.Children.Length; i++)
                {
                    Shred(group.Children[i], plain?.Children[i], plain is null ? -1 : row, node.PresentLevel, repetition);
                }
                break;
            default:
                ShredList((ListNode)node, isNull ? null : (ListVector)vector!.Resolve(ref row), row, repetition);
                break;
        }
    }

    private void ShredList(ListNode node, ListVector? list, int row, int repetition)
    {
        var start = list is null ? 0 : list.Offsets[row];
        var end = list is null ? 0 : list.Offsets[row + 1];
        if (start == end)
        {
            PutLevels(node, node.PresentLevel, repetition);
            return;
        }
        var first = next;
        for (var item = start; item < end; item++)
        {
            next = first;
            Shred(node.Item, list!.Items, item, node.ItemLevel, item == start ? repetition : node.RepetitionLevel);
        }
    }

    private void PutLevels(ColumnNode node, int definition, int repetition)
    {
        foreach (var _ in node.Leaves)
        {
            leaves[next++].PutLevel(definition, repetition);
        }
    }

    private sealed class LeafState(LeafNode leaf, ColumnChunkWriter writer)
    {
        private readonly NumberBuffer<int> rows = new();
        private Vector? source;
        private int levels;

        public ColumnChunkWriter Writer => writer;

        public void PutLevel(int definition, int repetition)
        {
            writer.AppendLevel(definition, repetition);
            levels++;
        }

        public void PutValue(Vector? vector, int row, int definition, int repetition)
        {
            PutLevel(definition, repetition);
            if (vector is not null && !ReferenceEquals(vector, source))
            {
                Flush();
                source = vector;
            }
            rows.Add(row);
        }

        public void EndRows(int count)
        {
            Flush();
            source = null;
            writer.EndRows(count, levels);
            levels = 0;
        }

        private void Flush()
        {
            if (rows.Count > 0)
            {
                // Without any source all rows are defaults, and any vector of the type serves.
                using var none = source is null ? VectorBuilder.Create(leaf.Type.ValueType).Build() : null;
                writer.AppendValues(source ?? none!, new RowNumbers(rows.Span));
                rows.Clear();
            }
        }
    }
}
