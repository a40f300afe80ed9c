using Micromegas.Columnar;
using Micromegas.Parquet.Encodings;
using Micromegas.Parquet.Schemas;

namespace Micromegas.Parquet.Reading;

/// <summary>The nearest list around a node.</summary>
/// <param name="ItemLevel">Definition level from which on that list has an item, which is where the node has a row; 0 outside lists.</param>
/// <param name="RepetitionLevel">A level entry begins a row of the node when its repetition level is no higher.</param>
internal readonly record struct Enclosing(int ItemLevel, int RepetitionLevel);

/// <summary>Makes the vector of one node from the levels of the leaves below it.</summary>
internal abstract class NodeAssembler : IDisposable
{
    /// <summary>The vector of the rows whose levels were read last; reused.</summary>
    public abstract Vector Assemble();

    public abstract void Dispose();
}

internal sealed class LeafAssembler(LeafLevels levels) : NodeAssembler
{
    public override Vector Assemble() => levels.Values!;

    public override void Dispose()
    {
    }
}

internal sealed unsafe class StructAssembler(StructNode node, Enclosing enclosing, LeafLevels levels, NodeAssembler[] children) : NodeAssembler
{
    private readonly StructVector vector = new(node.Type, new Vector[children.Length], 0);
    private readonly ScratchBuffer validity = new();

    public override Vector Assemble()
    {
        var count = levels.Count;
        var bits = (ulong*)validity.Ensure((Bitmap.WordCount(count) * 8L) + 8);
        var rows = 0;
        var valid = 0;
        for (var i = 0; i < count; i++)
        {
            if (levels.Definitions[i] < enclosing.ItemLevel || levels.Repetitions[i] > enclosing.RepetitionLevel)
            {
                continue;
            }
            var isPresent = levels.Definitions[i] >= node.PresentLevel;
            Bitmap.Assign(bits, rows++, isPresent);
            valid += isPresent ? 1 : 0;
        }
        for (var i = 0; i < children.Length; i++)
        {
            var child = children[i].Assemble();
            if (child.Length != rows)
            {
                Throw.Corrupt("the columns of a struct have different numbers of rows");
            }
            vector.Children[i] = child;
        }
        vector.SetLength(rows);
        vector.AttachValidity(valid == rows ? null : bits);
        return vector;
    }

    public override void Dispose()
    {
        vector.Dispose();
        validity.Dispose();
        foreach (var child in children)
        {
            child.Dispose();
        }
    }
}

internal sealed unsafe class ListAssembler(ListNode node, Enclosing enclosing, LeafLevels levels, NodeAssembler item) : NodeAssembler
{
    private readonly ScratchBuffer validity = new();
    private readonly ScratchBuffer offsets = new();
    private ListVector? vector;

    public override Vector Assemble()
    {
        var count = levels.Count;
        var bits = (ulong*)validity.Ensure((Bitmap.WordCount(count) * 8L) + 8);
        var starts = (int*)offsets.Ensure((count + 1L) * 4);
        var rows = 0;
        var valid = 0;
        var items = 0;
        for (var i = 0; i < count; i++)
        {
            var definition = levels.Definitions[i];
            var repetition = levels.Repetitions[i];
            if (definition >= enclosing.ItemLevel && repetition <= enclosing.RepetitionLevel)
            {
                var isPresent = definition >= node.PresentLevel;
                Bitmap.Assign(bits, rows, isPresent);
                valid += isPresent ? 1 : 0;
                starts[rows++] = items;
            }
            if (definition >= node.ItemLevel && repetition <= node.RepetitionLevel)
            {
                items++;
            }
        }
        starts[rows] = items;
        var values = item.Assemble();
        if (values.Length != items)
        {
            Throw.Corrupt("the items of a list do not fit its levels");
        }
        vector ??= new ListVector(node.Type, values);
        vector.Attach(values, starts, rows);
        vector.AttachValidity(valid == rows ? null : bits);
        return vector;
    }

    public override void Dispose()
    {
        vector?.Dispose();
        validity.Dispose();
        offsets.Dispose();
        item.Dispose();
    }
}
