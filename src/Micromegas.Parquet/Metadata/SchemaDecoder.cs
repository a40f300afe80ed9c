using Micromegas.Columnar;
using Micromegas.Parquet.Thrift;

namespace Micromegas.Parquet.Metadata;

/// <summary>Builds the schema tree from the footer's depth-first list of elements.</summary>
internal sealed class SchemaDecoder
{
    private const int DeepestNesting = 64;

    private readonly List<Element> elements = [];
    private readonly List<ParquetNode> leaves = [];
    private int next;

    public ParquetNode[] Leaves => [.. leaves];

    public void ReadElements(ref ThriftReader reader)
    {
        var count = reader.ReadList(ThriftType.Struct);
        for (var i = 0; i < count; i++)
        {
            elements.Add(ReadElement(ref reader));
        }
    }

    public ParquetNode BuildTree()
    {
        if (elements.Count == 0 || elements[0].ChildCount is null)
        {
            Throw.Corrupt("the footer has no schema");
        }
        var root = Build(null, 0);
        if (next != elements.Count)
        {
            Throw.Corrupt("the schema has elements outside its tree");
        }
        return root;
    }

    private ParquetNode Build(ParquetNode? parent, int depth)
    {
        if (next >= elements.Count || depth > DeepestNesting)
        {
            Throw.Corrupt("the schema's tree is cut off or nested too deeply");
        }
        var element = elements[next++];
        var repetition = parent is null ? Repetition.Required : element.Repetition;
        if (repetition is < Repetition.Required or > Repetition.Repeated)
        {
            Throw.Corrupt($"schema element '{element.Name}' has an unknown repetition");
        }
        var isLeaf = element.Physical is not null;
        if (isLeaf == element.ChildCount > 0)
        {
            Throw.Corrupt($"schema element '{element.Name}' is neither a leaf nor a group");
        }
        var node = new ParquetNode
        {
            Name = element.Name,
            Repetition = repetition,
            IsLeaf = isLeaf,
            Physical = element.Physical ?? default,
            TypeLength = element.TypeLength,
            Logical = element.Logical.Kind != LogicalKind.None ? element.Logical : LogicalType.FromConverted(element.Converted, element.Scale, element.Precision),
            LeafOrdinal = isLeaf ? leaves.Count : -1,
            DefinitionLevel = (parent?.DefinitionLevel ?? 0) + (repetition == Repetition.Required ? 0 : 1),
            RepetitionLevel = (parent?.RepetitionLevel ?? 0) + (repetition == Repetition.Repeated ? 1 : 0),
            Path = parent is null ? "" : parent.Path.Length == 0 ? element.Name : parent.Path + "." + element.Name,
        };
        if (isLeaf)
        {
            CheckLeaf(node);
            leaves.Add(node);
            return node;
        }
        var children = new List<ParquetNode>();
        for (var i = 0; i < element.ChildCount; i++)
        {
            children.Add(Build(node, depth + 1));
        }
        node.Children = [.. children];
        return node;
    }

    private static void CheckLeaf(ParquetNode leaf)
    {
        if (leaf.Physical is < PhysicalType.Boolean or > PhysicalType.FixedLenByteArray)
        {
            Throw.Corrupt($"column '{leaf.Path}' has an unknown physical type");
        }
        if (leaf.Physical == PhysicalType.FixedLenByteArray && leaf.TypeLength <= 0)
        {
            Throw.Corrupt($"column '{leaf.Path}' has values of {leaf.TypeLength} bytes");
        }
    }

    private static Element ReadElement(ref ThriftReader reader)
    {
        var element = new Element();
        var outer = reader.BeginStruct();
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    element.Physical = (PhysicalType)reader.ReadInt32();
                    break;
                case 2:
                    element.TypeLength = reader.ReadInt32();
                    break;
                case 3:
                    element.Repetition = (Repetition)reader.ReadInt32();
                    break;
                case 4:
                    element.Name = reader.ReadText();
                    break;
                case 5:
                    element.ChildCount = reader.ReadInt32();
                    break;
                case 6:
                    element.Converted = reader.ReadInt32();
                    break;
                case 7:
                    element.Scale = reader.ReadInt32();
                    break;
                case 8:
                    element.Precision = reader.ReadInt32();
                    break;
                case 10:
                    reader.ExpectStruct();
                    element.Logical = ReadLogical(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        reader.EndStruct(outer);
        return element;
    }

    private static LogicalType ReadLogical(ref ThriftReader reader)
    {
        LogicalType logical = default;
        var outer = reader.BeginStruct();
        while (reader.NextField())
        {
            var kind = reader.Field switch
            {
                1 => LogicalKind.String,
                2 => LogicalKind.Map,
                3 => LogicalKind.List,
                4 => LogicalKind.Enum,
                5 => LogicalKind.Decimal,
                6 => LogicalKind.Date,
                7 => LogicalKind.Time,
                8 => LogicalKind.Timestamp,
                10 => LogicalKind.Integer,
                11 => LogicalKind.Unknown,
                12 => LogicalKind.Json,
                13 => LogicalKind.Bson,
                14 => LogicalKind.Uuid,
                15 => LogicalKind.Float16,
                _ => LogicalKind.None,
            };
            if (kind is LogicalKind.Decimal or LogicalKind.Time or LogicalKind.Timestamp or LogicalKind.Integer)
            {
                reader.ExpectStruct();
                logical = ReadParameters(ref reader, kind);
            }
            else
            {
                logical = new LogicalType(kind);
                reader.Skip();
            }
        }
        reader.EndStruct(outer);
        return logical;
    }

    private static LogicalType ReadParameters(ref ThriftReader reader, LogicalKind kind)
    {
        var logical = new LogicalType(kind);
        var outer = reader.BeginStruct();
        while (reader.NextField())
        {
            switch (kind, reader.Field)
            {
                case (LogicalKind.Decimal, 1):
                    logical = logical with { Scale = reader.ReadInt32() };
                    break;
                case (LogicalKind.Decimal, 2):
                    logical = logical with { Precision = reader.ReadInt32() };
                    break;
                case (LogicalKind.Time or LogicalKind.Timestamp, 1):
                    logical = logical with { IsUtc = reader.ReadBool() };
                    break;
                case (LogicalKind.Time or LogicalKind.Timestamp, 2):
                    reader.ExpectStruct();
                    logical = logical with { Unit = ReadUnit(ref reader) };
                    break;
                case (LogicalKind.Integer, 1):
                    logical = logical with { BitWidth = reader.ReadInt32() };
                    break;
                case (LogicalKind.Integer, 2):
                    logical = logical with { IsSigned = reader.ReadBool() };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        reader.EndStruct(outer);
        return logical;
    }

    private static TimeUnit ReadUnit(ref ThriftReader reader)
    {
        var unit = TimeUnit.Second;
        var outer = reader.BeginStruct();
        while (reader.NextField())
        {
            unit = reader.Field is >= 1 and <= 3 ? (TimeUnit)reader.Field : TimeUnit.Second;
            reader.Skip();
        }
        reader.EndStruct(outer);
        if (unit == TimeUnit.Second)
        {
            Throw.Corrupt("a time of the schema has an unknown unit");
        }
        return unit;
    }

    private sealed class Element
    {
        public PhysicalType? Physical;
        public int TypeLength;
        public Repetition Repetition;
        public string Name = "";
        public int? ChildCount;
        public int Converted = -1;
        public int Scale;
        public int Precision;
        public LogicalType Logical;
    }
}
