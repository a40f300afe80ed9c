using System.Collections.Immutable;
using static Micromegas.Columnar.ArrowMetadata;

namespace Micromegas.Columnar;

/// <summary>Decodes the metadata of a schema message.</summary>
internal static class ArrowSchemaReader
{
    /// <summary>Deeper nesting than any sensible schema has; keeps damaged bytes from exhausting the stack.</summary>
    private const int DeepestNesting = 64;

    /// <summary>The fields of a schema message.</summary>
    public static IpcField[] Read(ReadOnlySpan<byte> metadata)
    {
        var message = FlatBufferTable.Root(metadata);
        CheckVersion(message.Int16(Message.Version));
        if (message.Byte(Message.HeaderType) != HeaderSchema)
        {
            throw new ArrowFormatException("The Arrow message holds no schema.");
        }
        return ReadSchema(message.Table(Message.Header), metadata.Length);
    }

    public static void CheckVersion(short version)
    {
        if (version is not (VersionV4 or VersionV5))
        {
            throw new ArrowFormatException($"Arrow metadata version {version} is not supported.");
        }
    }

    /// <summary>The fields of a Schema table.</summary>
    /// <param name="schema">The table.</param>
    /// <param name="bytes">Bytes of the whole buffer.</param>
    public static IpcField[] ReadSchema(FlatBufferTable schema, int bytes)
    {
        if (schema.Int16(ArrowMetadata.Schema.Endianness) != 0)
        {
            throw new ArrowFormatException("Big-endian Arrow data is not supported.");
        }
        return ReadFields(schema, ArrowMetadata.Schema.Fields, 0, new Budget(bytes));
    }

    /// <summary>Fields may share their bytes in a damaged buffer; counting them keeps the result no larger than honest bytes can describe.</summary>
    private sealed class Budget(int bytes)
    {
        private int left = bytes / 4;

        public void Take()
        {
            if (--left < 0)
            {
                throw new ArrowFormatException("Damaged Arrow metadata: more fields than its bytes can hold.");
            }
        }
    }

    private static IpcField[] ReadFields(FlatBufferTable table, int field, int depth, Budget budget)
    {
        if (depth > DeepestNesting)
        {
            throw new ArrowFormatException($"An Arrow schema is nested deeper than {DeepestNesting} levels.");
        }
        var fields = new IpcField[table.VectorLength(field)];
        for (var i = 0; i < fields.Length; i++)
        {
            budget.Take();
            fields[i] = ReadField(table.VectorTable(field, i), depth, budget);
        }
        return fields;
    }

    private static IpcField ReadField(FlatBufferTable field, int depth, Budget budget)
    {
        var children = ReadFields(field, ArrowMetadata.Field.Children, depth + 1, budget);
        var type = ReadType(field, [.. children.Select(static child => child.Field)]);
        long dictionary = IpcField.NoDictionary;
        if (field.Has(ArrowMetadata.Field.Dictionary))
        {
            var encoding = field.Table(ArrowMetadata.Field.Dictionary);
            dictionary = encoding.Int64(DictionaryEncoding.Id);
            var index = encoding.Has(DictionaryEncoding.IndexType) ? ReadInt(encoding.Table(DictionaryEncoding.IndexType)) : DataType.Int32;
            type = DataType.Dictionary(index, type);
        }
        var name = field.Text(ArrowMetadata.Field.Name) ?? "";
        return new IpcField(new Columnar.Field(name, type, field.Bool(ArrowMetadata.Field.Nullable)), dictionary, children);
    }

    private static DataType ReadType(FlatBufferTable field, ImmutableArray<Columnar.Field> children)
    {
        var tag = (TypeTag)field.Byte(ArrowMetadata.Field.TypeKind);
        var type = field.Table(ArrowMetadata.Field.Type);
        return tag switch
        {
            TypeTag.Null => DataType.Null,
            TypeTag.Int => ReadInt(type),
            TypeTag.FloatingPoint => type.Int16(0) switch
            {
                0 => DataType.Float16,
                1 => DataType.Float32,
                2 => DataType.Float64,
                var other => throw Unknown("floating point precision", other),
            },
            TypeTag.Binary => DataType.Binary,
            TypeTag.Utf8 => DataType.Utf8,
            TypeTag.Bool => DataType.Boolean,
            TypeTag.Decimal => type.Int32(2, 128) switch
            {
                128 => DataType.Decimal128(Digits(type.Int32(0), 38), type.Int32(1)),
                256 => DataType.Decimal256(Digits(type.Int32(0), 76), type.Int32(1)),
                var other => throw Unknown("decimal width", other),
            },
            TypeTag.Date => type.Int16(0, 1) == 0 ? DataType.Date32 : DataType.Date64,
            TypeTag.Time => type.Int32(1, 32) == 32 ? DataType.Time32(Unit(type.Int16(0, 1))) : DataType.Time64(Unit(type.Int16(0, 1))),
            TypeTag.Timestamp => DataType.Timestamp(Unit(type.Int16(0)), type.Text(1)),
            TypeTag.Interval => type.Int16(0) switch
            {
                0 => DataType.IntervalYearMonth,
                1 => DataType.IntervalDayTime,
                2 => DataType.IntervalMonthDayNano,
                var other => throw Unknown("interval unit", other),
            },
            TypeTag.List => DataType.List(Only(children)),
            TypeTag.Struct => DataType.Struct(children.AsSpan()),
            TypeTag.FixedSizeBinary => DataType.FixedSizeBinary(NotNegative(type.Int32(0))),
            TypeTag.FixedSizeList => DataType.FixedSizeList(Only(children), NotNegative(type.Int32(0))),
            TypeTag.Map => DataType.Map(Entries(children)),
            TypeTag.Duration => DataType.Duration(Unit(type.Int16(0, 1))),
            TypeTag.LargeBinary => DataType.LargeBinary,
            TypeTag.LargeUtf8 => DataType.LargeUtf8,
            TypeTag.LargeList => DataType.LargeList(Only(children)),
            TypeTag.BinaryView => DataType.BinaryView,
            TypeTag.Utf8View => DataType.Utf8View,
            _ => throw new ArrowFormatException($"The Arrow type {tag} is not supported."),
        };
    }

    private static DataType ReadInt(FlatBufferTable type) => (type.Int32(0), type.Bool(1)) switch
    {
        (8, true) => DataType.Int8,
        (16, true) => DataType.Int16,
        (32, true) => DataType.Int32,
        (64, true) => DataType.Int64,
        (8, false) => DataType.UInt8,
        (16, false) => DataType.UInt16,
        (32, false) => DataType.UInt32,
        (64, false) => DataType.UInt64,
        var (width, _) => throw Unknown("integer width", width),
    };

    private static TimeUnit Unit(short unit) => unit is >= 0 and <= 3 ? (TimeUnit)unit : throw Unknown("time unit", unit);

    private static int Digits(int precision, int most) => precision >= 1 && precision <= most ? precision : throw Unknown("decimal precision", precision);

    private static int NotNegative(int width) => width >= 0 ? width : throw Unknown("width", width);

    private static Columnar.Field Only(ImmutableArray<Columnar.Field> children) =>
        children.Length == 1 ? children[0] : throw Unknown("number of children of a list or map:", children.Length);

    private static Columnar.Field Entries(ImmutableArray<Columnar.Field> children) =>
        Only(children) is { Type: { Kind: Columnar.TypeKind.Struct, Fields.Length: 2 } } entries
            ? entries
            : throw new ArrowFormatException("Damaged Arrow metadata: a map's entries are no pair of key and value.");

    private static ArrowFormatException Unknown(string what, int value) => new($"Damaged Arrow metadata: unknown {what} {value}.");
}
