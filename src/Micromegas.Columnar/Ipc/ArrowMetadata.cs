namespace Micromegas.Columnar;

/// <summary>Field numbers and constants of Arrow's Schema.fbs and Message.fbs that schema messages use.</summary>
internal static class ArrowMetadata
{
    public const short VersionV4 = 3;
    public const short VersionV5 = 4;
    public const byte HeaderSchema = 1;

    public static class Message
    {
        public const int Version = 0, HeaderType = 1, Header = 2, BodyLength = 3, FieldCount = 5;
    }

    public static class Schema
    {
        public const int Endianness = 0, Fields = 1, FieldCount = 4;
    }

    public static class Field
    {
        public const int Name = 0, Nullable = 1, TypeKind = 2, Type = 3, Dictionary = 4, Children = 5, FieldCount = 7;
    }

    public static class DictionaryEncoding
    {
        public const int Id = 0, IndexType = 1, IsOrdered = 2, FieldCount = 4;
    }

    /// <summary>Members of the union Type.</summary>
    public enum TypeTag : byte
    {
        None,
        Null,
        Int,
        FloatingPoint,
        Binary,
        Utf8,
        Bool,
        Decimal,
        Date,
        Time,
        Timestamp,
        Interval,
        List,
        Struct,
        Union,
        FixedSizeBinary,
        FixedSizeList,
        Map,
        Duration,
        LargeBinary,
        LargeUtf8,
        LargeList,
        RunEndEncoded,
        BinaryView,
        Utf8View,
        ListView,
        LargeListView,
    }
}
