namespace Micromegas.Golden.Types;

/// <summary>How values of a type are read and compared.</summary>
internal enum GoldenKind
{
    Null,
    Boolean,
    Integer,
    Float32,
    Float64,
    Decimal,
    Text,
    Binary,

    /// <summary>Date, time, timestamp, duration: a whole number of the type's unit.</summary>
    Temporal,
    Interval,
    List,
    Struct,
    Map,
}
