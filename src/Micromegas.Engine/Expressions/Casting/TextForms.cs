using Micromegas.Columnar;
using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Expressions;

/// <summary>The text of values: what CAST to text, <c>||</c> and concat give (spec/sql.md §5.6).</summary>
internal static class TextForms
{
    /// <summary>Any value that is not null; used where the type is not known to the kernel. Nulls inside lists and structs print as nothing.</summary>
    public static void Write(ref BytesWriter writer, Vector vector, int row, DataType type)
    {
        type = type.ValueType;
        var plain = vector.Resolve(ref row);
        switch (plain)
        {
            case BitVector bits:
                writer.Append(bits[row] ? "true"u8 : "false"u8);
                break;
            case FlatVector<sbyte> flat:
                writer.Append(flat[row]);
                break;
            case FlatVector<byte> flat:
                writer.Append(flat[row]);
                break;
            case FlatVector<short> flat:
                writer.Append(flat[row]);
                break;
            case FlatVector<ushort> flat:
                writer.Append(flat[row]);
                break;
            case FlatVector<int> flat:
                WriteInt32(ref writer, flat[row], type);
                break;
            case FlatVector<uint> flat:
                writer.Append(flat[row]);
                break;
            case FlatVector<long> flat:
                WriteInt64(ref writer, flat[row], type);
                break;
            case FlatVector<ulong> flat:
                writer.Append(flat[row]);
                break;
            case FlatVector<Half> flat:
                NumberForms.Float(ref writer, (float)flat[row]);
                break;
            case FlatVector<float> flat:
                NumberForms.Float(ref writer, flat[row]);
                break;
            case FlatVector<double> flat:
                NumberForms.Float(ref writer, flat[row]);
                break;
            case FlatVector<Int128> flat:
                NumberForms.Decimal(ref writer, flat[row], type.Scale);
                break;
            case FlatVector<Int256> flat:
                NumberForms.Decimal(ref writer, flat[row].ToBigInteger(), type.Scale);
                break;
            case FlatVector<MonthDayNano> flat:
                TimeForms.Interval(ref writer, flat[row]);
                break;
            case BinaryVector bytes when type.IsUtf8:
                writer.Append(bytes[row]);
                break;
            case BinaryVector bytes:
                Hex(ref writer, bytes[row]);
                break;
            case ListVector list when type.Kind == TypeKind.Map:
                Map(ref writer, list, row, type);
                break;
            case ListVector list:
                List(ref writer, list, row, type);
                break;
            case StructVector structs:
                Struct(ref writer, structs, row, type);
                break;
            default:
                break;
        }
    }

    /// <summary>Lower-case hexadecimal.</summary>
    public static void Hex(ref BytesWriter writer, ReadOnlySpan<byte> value)
    {
        var target = writer.Reserve(value.Length * 2);
        Convert.TryToHexStringLower(value, target, out var written);
        writer.Advance(written);
    }

    private static void WriteInt32(ref BytesWriter writer, int value, DataType type)
    {
        switch (type.Kind)
        {
            case TypeKind.Date32:
                TimeForms.Date(ref writer, value);
                break;
            case TypeKind.Time32:
                TimeForms.TimeOfDay(ref writer, value * TimeUnits.Nanoseconds(type.Unit));
                break;
            case TypeKind.IntervalYearMonth:
                writer.Append(value / 12);
                writer.Append(" years "u8);
                writer.Append(value % 12);
                writer.Append(" mons"u8);
                break;
            default:
                writer.Append(value);
                break;
        }
    }

    private static void WriteInt64(ref BytesWriter writer, long value, DataType type)
    {
        switch (type.Kind)
        {
            case TypeKind.Date64:
                TimeForms.Timestamp(ref writer, value, TimeUnit.Millisecond, null);
                break;
            case TypeKind.Time64:
                TimeForms.TimeOfDay(ref writer, value * TimeUnits.Nanoseconds(type.Unit));
                break;
            case TypeKind.Timestamp:
                TimeForms.Timestamp(ref writer, value, type.Unit, type.TimeZone is null ? null : Zone.Find(type.TimeZone));
                break;
            case TypeKind.Duration:
                TimeForms.Duration(ref writer, value, type.Unit);
                break;
            case TypeKind.IntervalDayTime:
                TimeForms.Interval(ref writer, new MonthDayNano(0, (int)value, (value >> 32) * 1_000_000));
                break;
            default:
                writer.Append(value);
                break;
        }
    }

    private static unsafe void List(ref BytesWriter writer, ListVector list, int row, DataType type)
    {
        writer.Append((byte)'[');
        for (var i = list.Offsets[row]; i < list.Offsets[row + 1]; i++)
        {
            if (i > list.Offsets[row])
            {
                writer.Append(", "u8);
            }
            Nested(ref writer, list.Items, i, type.ItemField.Type);
        }
        writer.Append((byte)']');
    }

    private static unsafe void Map(ref BytesWriter writer, ListVector list, int row, DataType type)
    {
        var entries = type.ItemField.Type;
        writer.Append((byte)'{');
        for (var i = list.Offsets[row]; i < list.Offsets[row + 1]; i++)
        {
            if (i > list.Offsets[row])
            {
                writer.Append(", "u8);
            }
            var at = i;
            var pair = (StructVector)list.Items.Resolve(ref at);
            Nested(ref writer, pair.Children[0], at, entries.Fields[0].Type);
            writer.Append(": "u8);
            Nested(ref writer, pair.Children[1], at, entries.Fields[1].Type);
        }
        writer.Append((byte)'}');
    }

    private static void Struct(ref BytesWriter writer, StructVector structs, int row, DataType type)
    {
        writer.Append((byte)'{');
        for (var i = 0; i < type.Fields.Length; i++)
        {
            if (i > 0)
            {
                writer.Append(", "u8);
            }
            writer.Append(type.Fields[i].Name.AsSpan());
            writer.Append(": "u8);
            Nested(ref writer, structs.Children[i], row, type.Fields[i].Type);
        }
        writer.Append((byte)'}');
    }

    private static void Nested(ref BytesWriter writer, Vector vector, int row, DataType type)
    {
        if (!vector.IsNull(row))
        {
            Write(ref writer, vector, row, type);
        }
    }
}
