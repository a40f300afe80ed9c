using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Micromegas.Columnar;

namespace Micromegas.Data.Reading;

/// <summary>Lists, structs and maps as JSON.</summary>
internal static class NestedJson
{
    /// <summary>The value as a <see cref="JsonDocument"/> or <see cref="JsonElement"/>; false for other types.</summary>
    internal static bool TryRead(ColumnReader column, Type type, int row, out object? value)
    {
        value = type == typeof(JsonDocument) ? JsonDocument.Parse(ToText(column, row))
            : type == typeof(JsonElement) ? ToElement(ToText(column, row))
            : null;
        return value is not null;
    }

    internal static JsonElement ToElement(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    internal static string ToText(ColumnReader column, int row)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, column, row);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    internal static void Write(Utf8JsonWriter writer, ColumnReader column, int row)
    {
        if (column.IsNull(row))
        {
            writer.WriteNullValue();
        }
        else
        {
            column.WriteJson(writer, row);
        }
    }

    internal static void WriteScalar(Utf8JsonWriter writer, ColumnReader column, int row)
    {
        switch (column.Type.Kind)
        {
            case TypeKind.Null:
                writer.WriteNullValue();
                break;
            case TypeKind.Boolean:
                writer.WriteBooleanValue(column.GetBoolean(row));
                break;
            case TypeKind.Int8 or TypeKind.Int16 or TypeKind.Int32 or TypeKind.Int64 or TypeKind.UInt8 or TypeKind.UInt16 or TypeKind.UInt32:
                writer.WriteNumberValue(column.GetInt64(row));
                break;
            case TypeKind.UInt64:
                writer.WriteNumberValue(column.GetUInt64(row));
                break;
            case TypeKind.Float16 or TypeKind.Float32 or TypeKind.Float64:
                WriteDouble(writer, column.GetDouble(row));
                break;
            case TypeKind.Decimal128 or TypeKind.Decimal256:
                writer.WriteRawValue(column.GetString(row));
                break;
            case TypeKind.Jsonb:
                writer.WriteRawValue(column.GetString(row));
                break;
            case TypeKind.Binary or TypeKind.LargeBinary or TypeKind.BinaryView or TypeKind.FixedSizeBinary:
                writer.WriteBase64StringValue(column.GetBytes(row));
                break;
            case TypeKind.Timestamp:
                writer.WriteStringValue(Instant(column, row));
                break;
            case TypeKind.Date32 or TypeKind.Date64:
                writer.WriteStringValue(column.GetDateOnly(row).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                break;
            default:
                writer.WriteStringValue(Convert.ToString(column.GetValue(row), CultureInfo.InvariantCulture));
                break;
        }
    }

    /// <summary>ISO 8601 with the digits that the value needs; coarser units reach further than nanoseconds do.</summary>
    internal static string Instant(ColumnReader column, int row) => column.Type.Unit == TimeUnit.Nanosecond
        ? column.GetNanoTimestamp(row).ToString()
        : column.GetDateTime(row).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);

    // JSON has no words for these; texts keep the document well-formed.
    private static void WriteDouble(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }
}
