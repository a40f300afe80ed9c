using Micromegas.Columnar;

namespace Micromegas.Parquet.Metadata;

/// <summary>Physical types, numbered as in parquet.thrift.</summary>
internal enum PhysicalType
{
    Boolean = 0,
    Int32 = 1,
    Int64 = 2,
    Int96 = 3,
    Float = 4,
    Double = 5,
    ByteArray = 6,
    FixedLenByteArray = 7,
}

internal enum Repetition
{
    Required = 0,
    Optional = 1,
    Repeated = 2,
}

internal enum PageType
{
    Data = 0,
    Index = 1,
    Dictionary = 2,
    DataV2 = 3,
}

internal enum LogicalKind
{
    None,
    String,
    Map,
    MapKeyValue,
    List,
    Enum,
    Decimal,
    Date,
    Time,
    Timestamp,
    Integer,
    Unknown,
    Json,
    Bson,
    Uuid,
    Float16,
    Interval,
}

/// <summary>What a physical value means: the logical type, or the older converted type brought into the same form.</summary>
internal readonly record struct LogicalType(
    LogicalKind Kind, TimeUnit Unit = TimeUnit.Second, bool IsUtc = false, int BitWidth = 0, bool IsSigned = false, int Scale = 0, int Precision = 0)
{
    public static LogicalType FromConverted(int converted, int scale, int precision) => converted switch
    {
        0 => new(LogicalKind.String),
        1 => new(LogicalKind.Map),
        2 => new(LogicalKind.MapKeyValue),
        3 => new(LogicalKind.List),
        4 => new(LogicalKind.Enum),
        5 => new(LogicalKind.Decimal, Scale: scale, Precision: precision),
        6 => new(LogicalKind.Date),
        7 => new(LogicalKind.Time, TimeUnit.Millisecond, true),
        8 => new(LogicalKind.Time, TimeUnit.Microsecond, true),
        9 => new(LogicalKind.Timestamp, TimeUnit.Millisecond, true),
        10 => new(LogicalKind.Timestamp, TimeUnit.Microsecond, true),
        >= 11 and <= 14 => new(LogicalKind.Integer, BitWidth: 8 << (converted - 11)),
        >= 15 and <= 18 => new(LogicalKind.Integer, BitWidth: 8 << (converted - 15), IsSigned: true),
        19 => new(LogicalKind.Json),
        20 => new(LogicalKind.Bson),
        21 => new(LogicalKind.Interval),
        _ => default,
    };
}
