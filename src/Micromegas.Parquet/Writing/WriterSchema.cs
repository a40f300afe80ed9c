using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Schemas;

namespace Micromegas.Parquet.Writing;

/// <summary>Lays out an Arrow schema as Parquet columns the way parquet-rs does (spec/lakehouse.md §2.2, Appendix F item 7).</summary>
internal sealed class WriterSchema
{
    private readonly List<ParquetNode> leaves = [];

    public WriterSchema(Schema schema)
    {
        Columns = new ColumnNode[schema.Count];
        Nodes = new ParquetNode[schema.Count];
        for (var i = 0; i < Columns.Length; i++)
        {
            (Columns[i], Nodes[i]) = Build(schema[i], 0, 0, []);
        }
    }

    public ColumnNode[] Columns { get; }

    /// <summary>The Parquet node of each column.</summary>
    public ParquetNode[] Nodes { get; }

    public IReadOnlyList<ParquetNode> Leaves => leaves;

    private (ColumnNode Column, ParquetNode Node) Build(Field field, int definition, int repetition, string[] parents)
    {
        // A null has no place in a required column.
        var nullable = field.Nullable || field.Type.Kind == TypeKind.Null;
        var level = definition + (nullable ? 1 : 0);
        string[] path = [.. parents, field.Name];
        var type = field.Type.ValueType;
        switch (type.Kind)
        {
            case TypeKind.Struct:
                if (type.Fields.IsEmpty)
                {
                    throw new ParquetUnsupportedException($"column '{string.Join('.', path)}': Parquet has no structs without members");
                }
                var members = new ColumnNode[type.Fields.Length];
                var nodes = new ParquetNode[members.Length];
                for (var i = 0; i < members.Length; i++)
                {
                    (members[i], nodes[i]) = Build(type.Fields[i], level, repetition, path);
                }
                return (new StructNode(field, level, members), Group(field.Name, nullable, default, level, repetition, path, nodes));
            case TypeKind.List or TypeKind.LargeList or TypeKind.FixedSizeList:
                return BuildList(field, nullable, level, repetition, path, "list", new LogicalType(LogicalKind.List), type.ItemField);
            case TypeKind.Map:
                return BuildMap(field, nullable, level, repetition, path, type.ItemField);
            default:
                var leaf = Leaf(field, type, nullable, level, repetition, path);
                leaves.Add(leaf);
                return (new LeafNode(field, leaf), leaf);
        }
    }

    private (ColumnNode Column, ParquetNode Node) BuildList(
        Field field, bool nullable, int level, int repetition, string[] path, string repeatedName, LogicalType logical, Field item)
    {
        string[] repeatedPath = [.. path, repeatedName];
        var (itemColumn, itemNode) = Build(item, level + 1, repetition + 1, repeatedPath);
        var repeated = Group(repeatedName, null, default, level + 1, repetition + 1, repeatedPath, [itemNode]);
        return (new ListNode(field, level, level + 1, repetition + 1, itemColumn), Group(field.Name, nullable, logical, level, repetition, path, [repeated]));
    }

    /// <summary>The entries of a map are the repeated group itself.</summary>
    private (ColumnNode Column, ParquetNode Node) BuildMap(Field field, bool nullable, int level, int repetition, string[] path, Field entries)
    {
        string[] entriesPath = [.. path, entries.Name];
        var members = new ColumnNode[entries.Type.Fields.Length];
        var nodes = new ParquetNode[members.Length];
        for (var i = 0; i < members.Length; i++)
        {
            (members[i], nodes[i]) = Build(entries.Type.Fields[i], level + 1, repetition + 1, entriesPath);
        }
        var item = new StructNode(entries, level + 1, members);
        var repeated = Group(entries.Name, null, default, level + 1, repetition + 1, entriesPath, nodes);
        return (new ListNode(field, level, level + 1, repetition + 1, item), Group(field.Name, nullable, new LogicalType(LogicalKind.Map), level, repetition, path, [repeated]));
    }

    /// <param name="name">Name.</param>
    /// <param name="nullable">Optional or required; null = repeated.</param>
    private static ParquetNode Group(string name, bool? nullable, LogicalType logical, int definition, int repetition, string[] path, ParquetNode[] children) => new()
    {
        Name = name,
        Repetition = nullable is null ? Repetition.Repeated : nullable.Value ? Repetition.Optional : Repetition.Required,
        Logical = logical,
        DefinitionLevel = definition,
        RepetitionLevel = repetition,
        Path = string.Join('.', path),
        PathParts = path,
        Children = children,
    };

    private ParquetNode Leaf(Field field, DataType type, bool nullable, int definition, int repetition, string[] path)
    {
        var (physical, length, logical) = Physical(type, path);
        return new ParquetNode
        {
            Name = field.Name,
            Repetition = nullable ? Repetition.Optional : Repetition.Required,
            IsLeaf = true,
            LeafOrdinal = leaves.Count,
            Physical = physical,
            TypeLength = length,
            Logical = logical,
            DefinitionLevel = definition,
            RepetitionLevel = repetition,
            Path = string.Join('.', path),
        PathParts = path,
        };
    }

    private static (PhysicalType Physical, int Length, LogicalType Logical) Physical(DataType type, string[] path) => type.Kind switch
    {
        TypeKind.Null => (PhysicalType.Int32, 0, new(LogicalKind.Unknown)),
        TypeKind.Boolean => (PhysicalType.Boolean, 0, default),
        TypeKind.Int32 => (PhysicalType.Int32, 0, default),
        TypeKind.Int64 => (PhysicalType.Int64, 0, default),
        TypeKind.Int8 or TypeKind.Int16 or TypeKind.UInt8 or TypeKind.UInt16 or TypeKind.UInt32
            => (PhysicalType.Int32, 0, new(LogicalKind.Integer, BitWidth: type.FlatSize * 8, IsSigned: type.IsSignedInteger)),
        TypeKind.UInt64 => (PhysicalType.Int64, 0, new(LogicalKind.Integer, BitWidth: 64)),
        TypeKind.Float16 => (PhysicalType.FixedLenByteArray, 2, new(LogicalKind.Float16)),
        TypeKind.Float32 => (PhysicalType.Float, 0, default),
        TypeKind.Float64 => (PhysicalType.Double, 0, default),
        TypeKind.Decimal128 or TypeKind.Decimal256 => DecimalType(type, path),
        TypeKind.Utf8 or TypeKind.LargeUtf8 or TypeKind.Utf8View => (PhysicalType.ByteArray, 0, new(LogicalKind.String)),
        TypeKind.Binary or TypeKind.LargeBinary or TypeKind.BinaryView or TypeKind.Jsonb => (PhysicalType.ByteArray, 0, default),
        TypeKind.FixedSizeBinary when type.Width > 0 => (PhysicalType.FixedLenByteArray, type.Width, default),
        TypeKind.Date32 => (PhysicalType.Int32, 0, new(LogicalKind.Date)),
        TypeKind.Date64 or TypeKind.Duration => (PhysicalType.Int64, 0, default),
        TypeKind.Time32 => (PhysicalType.Int32, 0, TimeType(LogicalKind.Time, type.Unit, false)),
        TypeKind.Time64 => (PhysicalType.Int64, 0, TimeType(LogicalKind.Time, type.Unit, false)),
        TypeKind.Timestamp => (PhysicalType.Int64, 0, TimeType(LogicalKind.Timestamp, type.Unit, !string.IsNullOrEmpty(type.TimeZone))),
        TypeKind.IntervalYearMonth or TypeKind.IntervalDayTime => (PhysicalType.FixedLenByteArray, 12, new(LogicalKind.Interval)),
        _ => throw new ParquetUnsupportedException($"column '{string.Join('.', path)}': Parquet has no place for values of type {type}"),
    };

    /// <summary>Parquet has no times in seconds; the embedded Arrow schema alone says what the numbers are.</summary>
    private static LogicalType TimeType(LogicalKind kind, TimeUnit unit, bool isUtc) => unit == TimeUnit.Second ? default : new(kind, unit, isUtc);

    private static (PhysicalType Physical, int Length, LogicalType Logical) DecimalType(DataType type, string[] path)
    {
        if (type.Scale < 0 || type.Scale > type.Precision)
        {
            throw new ParquetUnsupportedException($"column '{string.Join('.', path)}': Parquet has no place for values of type {type}");
        }
        var logical = new LogicalType(LogicalKind.Decimal, Scale: type.Scale, Precision: type.Precision);
        return type.Precision switch
        {
            <= 9 => (PhysicalType.Int32, 0, logical),
            <= 18 => (PhysicalType.Int64, 0, logical),
            // The least number of bytes that holds any number of so many digits and a sign.
            _ => (PhysicalType.FixedLenByteArray, (int)Math.Ceiling(((type.Precision * Math.Log2(10)) + 1) / 8), logical),
        };
    }
}
