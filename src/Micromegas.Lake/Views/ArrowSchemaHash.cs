using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Formats;

namespace Micromegas.Lake.Views;

/// <summary>The schema hash of views that a query defines (spec/lakehouse.md C.2): eight bytes over names, types and nullability.</summary>
internal static class ArrowSchemaHash
{
    public static byte[] Compute(Schema schema)
    {
        var text = new ArrayBufferWriter<byte>();
        WriteFields(text, schema.Fields.AsSpan());
        byte[] hash = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(hash, SipHash13.Hash(text.WrittenSpan));
        return hash;
    }

    private static void WriteFields(ArrayBufferWriter<byte> text, ReadOnlySpan<Field> fields)
    {
        WriteInteger(text, fields.Length);
        foreach (Field field in fields)
        {
            WriteField(text, field);
        }
    }

    private static void WriteField(ArrayBufferWriter<byte> text, Field field)
    {
        WriteText(text, field.Name);
        WriteType(text, field.Type);
        text.Write([field.Nullable ? (byte)1 : (byte)0]);
    }

    private static void WriteType(ArrayBufferWriter<byte> text, DataType type)
    {
        WriteInteger(text, Ordinal(type.Kind));
        switch (type.Kind)
        {
            case TypeKind.Timestamp:
                WriteInteger(text, (long)type.Unit);
                WriteInteger(text, type.TimeZone is null ? 0 : 1);
                if (type.TimeZone is not null)
                {
                    WriteText(text, type.TimeZone);
                }
                break;
            case TypeKind.Time32 or TypeKind.Time64 or TypeKind.Duration:
                WriteInteger(text, (long)type.Unit);
                break;
            case TypeKind.FixedSizeBinary:
                Span<byte> width = stackalloc byte[4];
                BinaryPrimitives.WriteInt32LittleEndian(width, type.Width);
                text.Write(width);
                break;
            case TypeKind.List or TypeKind.LargeList:
                WriteField(text, type.ItemField);
                break;
            case TypeKind.Struct:
                WriteFields(text, type.Fields.AsSpan());
                break;
            case TypeKind.Dictionary:
                WriteType(text, type.IndexType!);
                WriteType(text, type.DictionaryValueType!);
                break;
            case TypeKind.Decimal128:
                text.Write([(byte)type.Precision, (byte)(sbyte)type.Scale]);
                break;
        }
    }

    private static long Ordinal(TypeKind kind) => kind switch
    {
        TypeKind.Null => 0,
        TypeKind.Boolean => 1,
        TypeKind.Int8 => 2,
        TypeKind.Int16 => 3,
        TypeKind.Int32 => 4,
        TypeKind.Int64 => 5,
        TypeKind.UInt8 => 6,
        TypeKind.UInt16 => 7,
        TypeKind.UInt32 => 8,
        TypeKind.UInt64 => 9,
        TypeKind.Float16 => 10,
        TypeKind.Float32 => 11,
        TypeKind.Float64 => 12,
        TypeKind.Timestamp => 13,
        TypeKind.Date32 => 14,
        TypeKind.Date64 => 15,
        TypeKind.Time32 => 16,
        TypeKind.Time64 => 17,
        TypeKind.Duration => 18,
        TypeKind.Binary or TypeKind.Jsonb => 20,
        TypeKind.FixedSizeBinary => 21,
        TypeKind.LargeBinary => 22,
        TypeKind.BinaryView => 23,
        TypeKind.Utf8 => 24,
        TypeKind.LargeUtf8 => 25,
        TypeKind.Utf8View => 26,
        TypeKind.List => 27,
        TypeKind.LargeList => 30,
        TypeKind.Struct => 32,
        TypeKind.Dictionary => 34,
        TypeKind.Decimal128 => 37,
        _ => throw new EngineException(SqlState.FeatureNotSupported, $"views have no columns of type {kind}"),
    };

    private static void WriteInteger(ArrayBufferWriter<byte> text, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(text.GetSpan(8), value);
        text.Advance(8);
    }

    private static void WriteText(ArrayBufferWriter<byte> text, string value)
    {
        text.Advance(Encoding.UTF8.GetBytes(value, text.GetSpan(Encoding.UTF8.GetMaxByteCount(value.Length))));
        text.Write([(byte)0xFF]);
    }
}
