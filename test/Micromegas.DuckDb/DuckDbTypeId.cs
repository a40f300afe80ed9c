namespace Micromegas.DuckDb;

/// <summary>DuckDB's types, with the numbers of its C interface.</summary>
public enum DuckDbTypeId
{
    Invalid = 0,
    Boolean = 1,
    TinyInt = 2,
    SmallInt = 3,
    Integer = 4,
    BigInt = 5,
    UTinyInt = 6,
    USmallInt = 7,
    UInteger = 8,
    UBigInt = 9,
    Float = 10,
    Double = 11,

    /// <summary>Microseconds since the epoch.</summary>
    Timestamp = 12,

    /// <summary>Days since the epoch.</summary>
    Date = 13,

    /// <summary>Microseconds since midnight.</summary>
    Time = 14,
    Interval = 15,
    HugeInt = 16,
    Varchar = 17,
    Blob = 18,
    Decimal = 19,
    TimestampSeconds = 20,
    TimestampMilliseconds = 21,
    TimestampNanoseconds = 22,
    Enum = 23,
    List = 24,
    Struct = 25,
    Map = 26,
    Uuid = 27,
    Union = 28,
    Bit = 29,
    TimeWithZone = 30,

    /// <summary>Microseconds since the epoch, UTC.</summary>
    TimestampWithZone = 31,
    UHugeInt = 32,
    Array = 33,
    Null = 36,

    /// <summary>Nanoseconds since midnight.</summary>
    TimeNanoseconds = 39,
}
