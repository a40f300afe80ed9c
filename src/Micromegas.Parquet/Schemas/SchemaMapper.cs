using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;

namespace Micromegas.Parquet.Schemas;

/// <summary>
/// Maps a file's schema tree to Arrow fields. The Arrow schema that the writer embedded decides where it agrees with what is stored
/// (dictionaries, zones, text kinds, item names); otherwise the types follow from the Parquet types alone. Lists are recognized by
/// structure, not by name ("Backward-compatibility rules" of Parquet's LogicalTypes; spec/lakehouse.md Appendix F item 7).
/// </summary>
internal static class SchemaMapper
{
    public static ColumnNode[] Map(ParquetNode root, Schema? embedded)
    {
        var columns = new ColumnNode[root.Children.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = Map(root.Children[i], HintFor(embedded, root.Children[i].Name, i));
        }
        return columns;
    }

    private static Field? HintFor(Schema? embedded, string name, int ordinal)
    {
        if (embedded is null)
        {
            return null;
        }
        if (ordinal < embedded.Count && embedded[ordinal].Name == name)
        {
            return embedded[ordinal];
        }
        var other = embedded.IndexOf(name);
        return other < 0 ? null : embedded[other];
    }

    private static ColumnNode Map(ParquetNode node, Field? hint)
    {
        // A repeated field outside a list group is a list of required items that is never null.
        if (node.Repetition == Repetition.Repeated)
        {
            var listHint = hint?.Type is { IsList: true } type ? type.ItemField : null;
            return MakeList(node.Name, false, node.DefinitionLevel - 1, node, MapContent(node, node.Name, false, listHint), hint);
        }
        return MapContent(node, hint?.Name ?? node.Name, node.Repetition == Repetition.Optional, hint);
    }

    /// <summary>Maps a node as if it were not repeated.</summary>
    private static ColumnNode MapContent(ParquetNode node, string name, bool nullable, Field? hint)
    {
        if (node.IsLeaf)
        {
            return new LeafNode(new Field(name, LeafTypes.Reconcile(node, hint?.Type), nullable), node);
        }
        if (node.Children is [{ Repetition: Repetition.Repeated } repeated])
        {
            if (node.Logical.Kind is LogicalKind.Map or LogicalKind.MapKeyValue && repeated is { IsLeaf: false, Children: [{ Repetition: not Repetition.Repeated }, _] })
            {
                return MapMap(node, repeated, name, nullable, hint);
            }
            if (node.Logical.Kind is LogicalKind.List or LogicalKind.Map or LogicalKind.MapKeyValue)
            {
                return MapList(node, repeated, name, nullable, hint);
            }
        }
        return MapStruct(node, name, nullable, hint);
    }

    private static StructNode MapStruct(ParquetNode node, string name, bool nullable, Field? hint)
    {
        var members = hint?.Type is { Kind: TypeKind.Struct } type ? new Schema(type.Fields) : null;
        var children = new ColumnNode[node.Children.Length];
        for (var i = 0; i < children.Length; i++)
        {
            children[i] = Map(node.Children[i], HintFor(members, node.Children[i].Name, i));
        }
        var fields = Array.ConvertAll(children, static child => child.Field);
        return new StructNode(new Field(name, DataType.Struct(fields), nullable), node.DefinitionLevel, children);
    }

    private static ListNode MapList(ParquetNode node, ParquetNode repeated, string name, bool nullable, Field? hint)
    {
        var itemHint = hint?.Type is { IsList: true } type ? type.ItemField : null;
        var repeatedIsItem = repeated.IsLeaf || repeated.Children.Length != 1 || repeated.Name == "array" || repeated.Name == node.Name + "_tuple";
        var item = repeatedIsItem
            ? MapContent(repeated, itemHint?.Name ?? repeated.Name, false, itemHint)
            : Map(repeated.Children[0], itemHint);
        return MakeList(name, nullable, node.DefinitionLevel, repeated, item, hint);
    }

    private static ListNode MapMap(ParquetNode node, ParquetNode repeated, string name, bool nullable, Field? hint)
    {
        var entriesHint = hint?.Type is { Kind: TypeKind.Map } type ? type.ItemField : null;
        var entries = MapStruct(repeated, entriesHint?.Name ?? repeated.Name, false, entriesHint);
        return new ListNode(new Field(name, DataType.Map(entries.Field), nullable), node.DefinitionLevel, repeated.DefinitionLevel, repeated.RepetitionLevel, entries);
    }

    private static ListNode MakeList(string name, bool nullable, int presentLevel, ParquetNode repeated, ColumnNode item, Field? hint)
    {
        var type = hint?.Type.Kind switch
        {
            TypeKind.LargeList => DataType.LargeList(item.Field),
            TypeKind.FixedSizeList => DataType.FixedSizeList(item.Field, hint.Type.Width),
            _ => DataType.List(item.Field),
        };
        return new ListNode(new Field(hint?.Name ?? name, type, nullable), presentLevel, repeated.DefinitionLevel, repeated.RepetitionLevel, item);
    }
}
