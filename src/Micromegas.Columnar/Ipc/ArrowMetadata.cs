namespace Micromegas.Columnar;

/// <summary>Field numbers and constants of Arrow's Schema.fbs, Message.fbs and File.fbs.</summary>
internal static class ArrowMetadata
{
    public const short VersionV4 = 3;
    public const short VersionV5 = 4;
    public const byte HeaderSchema = 1;
    public const byte HeaderDictionaryBatch = 2;
    public const byte HeaderRecordBatch = 3;

    /// <summary>What a message begins with since format version 0.15; before, it began with the length.</summary>
    public const uint Continuation = 0xFFFFFFFF;

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

    public static class RecordBatch
    {
        public const int Length = 0, Nodes = 1, Buffers = 2, Compression = 3, VariadicCounts = 4, FieldCount = 5;

        /// <summary>Bytes of a FieldNode (rows, nulls) and of a Buffer (offset, length).</summary>
        public const int StructSize = 16;
    }

    public static class BodyCompression
    {
        public const int Codec = 0, Method = 1, FieldCount = 2;
        public const byte Lz4Frame = 0, Zstandard = 1, MethodBuffer = 0;
    }

    public static class DictionaryBatch
    {
        public const int Id = 0, Data = 1, IsDelta = 2, FieldCount = 3;
    }

    public static class Footer
    {
        public const int Version = 0, Schema = 1, Dictionaries = 2, RecordBatches = 3, FieldCount = 5;

        /// <summary>Bytes of a Block: offset, length of the metadata with its prefix (and padding), length of the body.</summary>
        public const int BlockSize = 24;
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
