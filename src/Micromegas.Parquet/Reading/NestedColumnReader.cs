using Micromegas.Columnar;
using Micromegas.Parquet.Encodings;
using Micromegas.Parquet.Schemas;

namespace Micromegas.Parquet.Reading;

/// <summary>Lists, maps and structs: reads the levels of every leaf below and puts the vectors together from them ("Dremel" assembly).</summary>
internal sealed unsafe class NestedColumnReader : ColumnReader
{
    private readonly LeafLevels[] leaves;
    private readonly NodeAssembler root;

    public NestedColumnReader(ColumnNode node, long rows, ParquetLocation location, PageCursor[] cursors)
        : base(node.Field, rows, location)
    {
        var nodes = node.Leaves.ToArray();
        leaves = new LeafLevels[nodes.Length];
        var next = 0;
        root = CreateAssembler(node, new Enclosing(0, 0), nodes, cursors, ref next);
    }

    public override bool IsFullyDictionaryEncoded => false;

    private protected override Vector? DictionaryCore => null;

    private protected override long FileOffset => leaves[0].FileOffset;

    private protected override Vector ReadCore(int rows)
    {
        foreach (var leaf in leaves)
        {
            leaf.Read(rows);
        }
        var vector = root.Assemble();
        if (vector.Length != rows)
        {
            Throw.Corrupt("the levels of a nested column do not fit the number of rows");
        }
        return vector;
    }

    private protected override void SkipCore(long rows)
    {
        foreach (var leaf in leaves)
        {
            leaf.Skip(rows);
        }
    }

    public override void Dispose()
    {
        root.Dispose();
        foreach (var leaf in leaves)
        {
            leaf.Dispose();
        }
    }

    private NodeAssembler CreateAssembler(ColumnNode node, Enclosing enclosing, LeafNode[] nodes, PageCursor[] cursors, ref int next)
    {
        switch (node)
        {
            case LeafNode leaf:
                var levels = new LeafLevels(leaf, cursors[next], enclosing.ItemLevel);
                leaves[next++] = levels;
                return new LeafAssembler(levels);
            case ListNode list:
                var first = next;
                var item = CreateAssembler(list.Item, new Enclosing(list.ItemLevel, list.RepetitionLevel), nodes, cursors, ref next);
                return new ListAssembler(list, enclosing, leaves[first], item);
            default:
                var group = (StructNode)node;
                var start = next;
                var children = new NodeAssembler[group.Children.Length];
                for (var i = 0; i < children.Length; i++)
                {
                    children[i] = CreateAssembler(group.Children[i], enclosing, nodes, cursors, ref next);
                }
                return new StructAssembler(group, enclosing, leaves[start], children);
        }
    }
}
