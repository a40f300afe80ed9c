using System.Collections.Immutable;
using static Micromegas.Columnar.ArrowMetadata;

namespace Micromegas.Columnar;

/// <summary>Encodes schemas: the metadata of a schema message, or the schema of a file's footer. Dictionary ids as <see cref="IpcField.Number"/> counts them.</summary>
internal sealed class ArrowSchemaWriter(FlatBufferWriter writer)
{
    private long dictionaries;

    /// <summary>The metadata of a schema message.</summary>
    public static byte[] WriteMessage(Columnar.Schema schema)
    {
        var writer = new FlatBufferWriter();
        var root = new ArrowSchemaWriter(writer).WriteTable(schema);
        writer.StartTable(Message.FieldCount);
        writer.AddInt64(Message.BodyLength, 0);
        writer.AddReference(Message.Header, root);
        writer.AddInt16(Message.Version, VersionV5);
        writer.AddByte(Message.HeaderType, HeaderSchema);
        return writer.Finish(writer.EndTable()).ToArray();
    }

    /// <summary>Writes a Schema table and returns its offset.</summary>
    public int WriteTable(Columnar.Schema schema)
    {
        var fields = WriteFields(schema.Fields);
        writer.StartTable(ArrowMetadata.Schema.FieldCount);
        writer.AddReference(ArrowMetadata.Schema.Fields, fields);
        return writer.EndTable();
    }

    private int WriteFields(ImmutableArray<Columnar.Field> fields)
    {
        var offsets = new int[fields.Length];
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = WriteField(fields[i]);
        }
        return writer.WriteVector(offsets);
    }

    private int WriteField(Columnar.Field field)
    {
        // The id of a dictionary is taken before those of its children: depth first, parents first.
        var dictionary = field.Type.IsDictionary ? WriteDictionary(field.Type.IndexType!) : 0;
        var type = field.Type.ValueType;
        var children = WriteFields(type.Fields);
        var name = writer.WriteText(field.Name);
        var (tag, body) = WriteType(type);
        writer.StartTable(ArrowMetadata.Field.FieldCount);
        writer.AddReference(ArrowMetadata.Field.Name, name);
        writer.AddReference(ArrowMetadata.Field.Type, body);
        if (dictionary != 0)
        {
            writer.AddReference(ArrowMetadata.Field.Dictionary, dictionary);
        }
        writer.AddReference(ArrowMetadata.Field.Children, children);
        writer.AddByte(ArrowMetadata.Field.TypeKind, (byte)tag);
        writer.AddBool(ArrowMetadata.Field.Nullable, field.Nullable);
        return writer.EndTable();
    }

    private int WriteDictionary(DataType index)
    {
        var (_, body) = WriteType(index);
        writer.StartTable(DictionaryEncoding.FieldCount);
        writer.AddInt64(DictionaryEncoding.Id, dictionaries++);
        writer.AddReference(DictionaryEncoding.IndexType, body);
        return writer.EndTable();
    }

    private (TypeTag Tag, int Body) WriteType(DataType type) => type.Kind switch
    {
        TypeKind.Null => (TypeTag.Null, Empty()),
        TypeKind.Boolean => (TypeTag.Bool, Empty()),
        >= TypeKind.Int8 and <= TypeKind.UInt64 => (TypeTag.Int, Int(type.FlatSize * 8, type.IsSignedInteger)),
        TypeKind.Float16 => (TypeTag.FloatingPoint, Enumeration(0)),
        TypeKind.Float32 => (TypeTag.FloatingPoint, Enumeration(1)),
        TypeKind.Float64 => (TypeTag.FloatingPoint, Enumeration(2)),
        TypeKind.Decimal128 => (TypeTag.Decimal, Decimal(type, 128)),
        TypeKind.Decimal256 => (TypeTag.Decimal, Decimal(type, 256)),
        TypeKind.Utf8 => (TypeTag.Utf8, Empty()),
        TypeKind.LargeUtf8 => (TypeTag.LargeUtf8, Empty()),
        TypeKind.Utf8View => (TypeTag.Utf8View, Empty()),
        TypeKind.Binary or TypeKind.Jsonb => (TypeTag.Binary, Empty()),
        TypeKind.LargeBinary => (TypeTag.LargeBinary, Empty()),
        TypeKind.BinaryView => (TypeTag.BinaryView, Empty()),
        TypeKind.FixedSizeBinary => (TypeTag.FixedSizeBinary, Number(type.Width)),
        TypeKind.Date32 => (TypeTag.Date, Enumeration(0)),
        TypeKind.Date64 => (TypeTag.Date, Enumeration(1)),
        TypeKind.Time32 => (TypeTag.Time, Time(type.Unit, 32)),
        TypeKind.Time64 => (TypeTag.Time, Time(type.Unit, 64)),
        TypeKind.Timestamp => (TypeTag.Timestamp, Timestamp(type)),
        TypeKind.Duration => (TypeTag.Duration, Enumeration((short)type.Unit)),
        TypeKind.IntervalYearMonth => (TypeTag.Interval, Enumeration(0)),
        TypeKind.IntervalDayTime => (TypeTag.Interval, Enumeration(1)),
        TypeKind.IntervalMonthDayNano => (TypeTag.Interval, Enumeration(2)),
        TypeKind.List => (TypeTag.List, Empty()),
        TypeKind.LargeList => (TypeTag.LargeList, Empty()),
        TypeKind.FixedSizeList => (TypeTag.FixedSizeList, Number(type.Width)),
        TypeKind.Struct => (TypeTag.Struct, Empty()),
        TypeKind.Map => (TypeTag.Map, Empty()),
        _ => throw new ArgumentException($"{type} is not a value type of Arrow.", nameof(type)),
    };

    private int Empty()
    {
        writer.StartTable(0);
        return writer.EndTable();
    }

    private int Enumeration(short value)
    {
        writer.StartTable(1);
        writer.AddInt16(0, value);
        return writer.EndTable();
    }

    private int Number(int value)
    {
        writer.StartTable(1);
        writer.AddInt32(0, value);
        return writer.EndTable();
    }

    private int Int(int width, bool signed)
    {
        writer.StartTable(2);
        writer.AddInt32(0, width);
        writer.AddBool(1, signed);
        return writer.EndTable();
    }

    private int Decimal(DataType type, int width)
    {
        writer.StartTable(3);
        writer.AddInt32(0, type.Precision);
        writer.AddInt32(1, type.Scale);
        writer.AddInt32(2, width);
        return writer.EndTable();
    }

    private int Time(TimeUnit unit, int width)
    {
        writer.StartTable(2);
        writer.AddInt32(1, width);
        writer.AddInt16(0, (short)unit);
        return writer.EndTable();
    }

    private int Timestamp(DataType type)
    {
        var zone = type.TimeZone is null ? 0 : writer.WriteText(type.TimeZone);
        writer.StartTable(2);
        if (zone != 0)
        {
            writer.AddReference(1, zone);
        }
        writer.AddInt16(0, (short)type.Unit);
        return writer.EndTable();
    }
}
