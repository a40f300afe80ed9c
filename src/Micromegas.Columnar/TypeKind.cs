namespace Micromegas.Columnar;

/// <summary>The kinds of <see cref="DataType"/>: Arrow's logical types, and <see cref="Jsonb"/>.</summary>
public enum TypeKind : byte
{
    /// <summary>The type of the literal <c>NULL</c>; every value is null.</summary>
    Null,
    Boolean,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float16,
    Float32,
    Float64,
    Decimal128,
    Decimal256,
    Utf8,
    LargeUtf8,
    Utf8View,
    Binary,
    LargeBinary,
    BinaryView,
    FixedSizeBinary,

    /// <summary>A JSON document in the binary form of the <c>jsonb</c> crate; stored, printed and hashed as <see cref="Binary"/>.</summary>
    Jsonb,
    Date32,
    Date64,
    Time32,
    Time64,
    Timestamp,
    Duration,
    IntervalYearMonth,
    IntervalDayTime,
    IntervalMonthDayNano,
    List,
    LargeList,
    FixedSizeList,
    Struct,
    Map,
    Dictionary,
}

/// <summary>The unit of a time, timestamp or duration.</summary>
public enum TimeUnit : byte
{
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
}

/// <summary>How the values of a type lie in a vector, whatever they mean.</summary>
public enum StorageKind : byte
{
    /// <summary>No values: every row is null.</summary>
    None,

    /// <summary>One bit a row: <see cref="BitVector"/>.</summary>
    Bit,

    /// <summary>A fixed number of bytes a row: <see cref="FlatVector{T}"/>.</summary>
    Flat,

    /// <summary>Offsets and bytes: <see cref="BinaryVector"/> and <see cref="Utf8Vector"/>.</summary>
    Bytes,

    /// <summary>Offsets and a child: <see cref="ListVector"/> (maps too: a list of key-value structs).</summary>
    List,

    /// <summary>One child a field: <see cref="StructVector"/>.</summary>
    Struct,
}
