namespace Micromegas.Parquet.Metadata;

/// <summary>A node of a file's schema tree with the levels that follow from its place.</summary>
internal sealed class ParquetNode
{
    public required string Name { get; init; }

    public required Repetition Repetition { get; init; }

    /// <summary>Physical type of a leaf.</summary>
    public PhysicalType Physical { get; init; }

    /// <summary>Bytes of a fixed-length byte array.</summary>
    public int TypeLength { get; init; }

    public LogicalType Logical { get; init; }

    public ParquetNode[] Children { get; set; } = [];

    public bool IsLeaf { get; init; }

    /// <summary>Ordinal among the leaves, which is the ordinal of the column chunk.</summary>
    public int LeafOrdinal { get; init; } = -1;

    /// <summary>Definition level at which the node is there.</summary>
    public required int DefinitionLevel { get; init; }

    /// <summary>Repeated nodes on the way here, this one included.</summary>
    public required int RepetitionLevel { get; init; }

    /// <summary>Names from the root, separated by dots; names may hold dots themselves.</summary>
    public required string Path { get; init; }

    /// <summary>Names from the root.</summary>
    public string[] PathParts { get; init; } = [];

    /// <summary>Bytes of a value in PLAIN encoding; 0 for booleans and byte arrays.</summary>
    public int PlainWidth => Physical switch
    {
        PhysicalType.Int32 or PhysicalType.Float => 4,
        PhysicalType.Int64 or PhysicalType.Double => 8,
        PhysicalType.Int96 => 12,
        PhysicalType.FixedLenByteArray => TypeLength,
        _ => 0,
    };
}
