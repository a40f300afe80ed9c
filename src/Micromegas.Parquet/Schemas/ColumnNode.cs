using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;

namespace Micromegas.Parquet.Schemas;

/// <summary>A column, struct member or list item as it is read: its Arrow field and the levels at which its values are there.</summary>
internal abstract class ColumnNode(Field field, int presentLevel)
{
    public Field Field { get; } = field;

    public DataType Type => Field.Type;

    /// <summary>Definition level from which on the value is not null.</summary>
    public int PresentLevel { get; } = presentLevel;

    /// <summary>The first leaf below (or this one): its levels also tell where this node's values are.</summary>
    public abstract LeafNode FirstLeaf { get; }

    public abstract IEnumerable<LeafNode> Leaves { get; }
}

internal sealed class LeafNode(Field field, ParquetNode leaf) : ColumnNode(field, leaf.DefinitionLevel)
{
    public ParquetNode Leaf { get; } = leaf;

    public override LeafNode FirstLeaf => this;

    public override IEnumerable<LeafNode> Leaves => [this];

    /// <summary>Whether the values of another leaf, of another file perhaps, are kept and read in the same way.</summary>
    public bool HasFormOf(LeafNode other) =>
        ReferenceEquals(this, other)
        || (Field.Equals(other.Field)
            && Leaf.Physical == other.Leaf.Physical
            && Leaf.TypeLength == other.Leaf.TypeLength
            && Leaf.Logical.Equals(other.Leaf.Logical)
            && Leaf.DefinitionLevel == other.Leaf.DefinitionLevel
            && Leaf.RepetitionLevel == other.Leaf.RepetitionLevel);
}

internal sealed class StructNode(Field field, int presentLevel, ColumnNode[] children) : ColumnNode(field, presentLevel)
{
    public ColumnNode[] Children { get; } = children;

    public override LeafNode FirstLeaf => Children[0].FirstLeaf;

    public override IEnumerable<LeafNode> Leaves => Children.SelectMany(static child => child.Leaves);
}

/// <param name="field">List or map.</param>
/// <param name="presentLevel">Definition level from which on the list is not null.</param>
/// <param name="itemLevel">Definition level from which on the list has an item.</param>
/// <param name="repetitionLevel">Repetition level of the second and later items.</param>
/// <param name="item">The items (a map's are structs of key and value).</param>
internal sealed class ListNode(Field field, int presentLevel, int itemLevel, int repetitionLevel, ColumnNode item) : ColumnNode(field, presentLevel)
{
    public int ItemLevel { get; } = itemLevel;

    public int RepetitionLevel { get; } = repetitionLevel;

    public ColumnNode Item { get; } = item;

    public override LeafNode FirstLeaf => Item.FirstLeaf;

    public override IEnumerable<LeafNode> Leaves => Item.Leaves;
}
