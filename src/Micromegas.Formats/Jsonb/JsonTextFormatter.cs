using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Micromegas.Formats;

/// <summary>Compact JSON text of JSONB values (spec/sql.md §2.5).</summary>
internal static class JsonTextFormatter
{
    // Everything below the blank, the quote and the backslash.
    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    public static void Format(JsonbValue value, PooledBuffer output, JsonExponent exponent, int depth)
    {
        switch (value.Kind)
        {
            case JsonbKind.Null:
                output.Write("null"u8);
                break;
            case JsonbKind.True:
                output.Write("true"u8);
                break;
            case JsonbKind.False:
                output.Write("false"u8);
                break;
            case JsonbKind.Number:
                value.Number.Format(output, exponent);
                break;
            case JsonbKind.String:
                FormatString(value.Utf8, output);
                break;
            case JsonbKind.Array:
                CheckDepth(depth, value);
                FormatArray(value, output, exponent, depth);
                break;
            case JsonbKind.Object:
                CheckDepth(depth, value);
                FormatObject(value, output, exponent, depth);
                break;
            default:
                output.Write((byte)'"');
                FormatExtension(value, output);
                output.Write((byte)'"');
                break;
        }
    }

    public static void FormatString(ReadOnlySpan<byte> utf8, PooledBuffer output)
    {
        output.Write((byte)'"');
        while (true)
        {
            int plain = utf8.IndexOfAny(Escaped);
            if (plain < 0)
            {
                output.Write(utf8);
                break;
            }

            output.Write(utf8[..plain]);
            byte special = utf8[plain];
            output.Write((byte)'\\');
            switch (special)
            {
                case (byte)'\b':
                    output.Write((byte)'b');
                    break;
                case (byte)'\f':
                    output.Write((byte)'f');
                    break;
                case (byte)'\n':
                    output.Write((byte)'n');
                    break;
                case (byte)'\r':
                    output.Write((byte)'r');
                    break;
                case (byte)'\t':
                    output.Write((byte)'t');
                    break;
                case < 0x20:
                    output.Write("u00"u8);
                    output.Write((byte)('0' + (special >> 4)));
                    output.Write((byte)"0123456789abcdef"[special & 15]);
                    break;
                default:
                    output.Write(special);
                    break;
            }

            utf8 = utf8[(plain + 1)..];
        }

        output.Write((byte)'"');
    }

    private static void FormatArray(JsonbValue array, PooledBuffer output, JsonExponent exponent, int depth)
    {
        output.Write((byte)'[');
        bool first = true;
        foreach (JsonbValue element in array.Elements)
        {
            Separate(ref first, output);
            Format(element, output, exponent, depth + 1);
        }

        output.Write((byte)']');
    }

    private static void FormatObject(JsonbValue value, PooledBuffer output, JsonExponent exponent, int depth)
    {
        output.Write((byte)'{');
        bool first = true;
        foreach (JsonbMember member in value.Members)
        {
            Separate(ref first, output);
            FormatString(member.Key, output);
            output.Write((byte)':');
            Format(member.Value, output, exponent, depth + 1);
        }

        output.Write((byte)'}');
    }

    private static void Separate(ref bool first, PooledBuffer output)
    {
        if (!first)
        {
            output.Write((byte)',');
        }

        first = false;
    }

    private static void CheckDepth(int depth, JsonbValue value)
    {
        if (depth >= JsonbLayout.MaxDepth)
        {
            CorruptDataException.Throw("JSONB is nested too deeply", value.Start);
        }
    }

    // Upstream never writes extensions; these texts follow the SQL forms of the types (spec/sql.md §2.3).
    private static void FormatExtension(JsonbValue value, PooledBuffer output)
    {
        ReadOnlySpan<byte> payload = value.Payload;
        string? text = null;
        if (!payload.IsEmpty)
        {
            ReadOnlySpan<byte> data = payload[1..];
            text = (payload[0], data.Length) switch
            {
                (0x00, _) => Convert.ToHexString(data),
                (0x10, 4) => Date(BinaryPrimitives.ReadInt32BigEndian(data)),
                (0x20, 8) => Timestamp(BinaryPrimitives.ReadInt64BigEndian(data), 0),
                (0x30, 12) => Zoned(BinaryPrimitives.ReadInt64BigEndian(data), BinaryPrimitives.ReadInt32BigEndian(data[8..])),
                (0x30, 9) => Zoned(BinaryPrimitives.ReadInt64BigEndian(data), (sbyte)data[8] * 3600),
                (0x40, 16) => Interval(data),
                _ => null,
            };
        }

        if (text is null)
        {
            CorruptDataException.Throw("JSONB extension is invalid", value.Start);
        }

        Encoding.ASCII.GetBytes(text, output.Append(text.Length));
    }

    private static string? Date(int days) =>
        Math.Abs((long)days) <= 700_000 ? DateTime.UnixEpoch.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    private static string? Timestamp(long microseconds, int offsetSeconds) =>
        Math.Abs(microseconds / 86_400_000_000) <= 700_000 && Math.Abs((long)offsetSeconds) <= 86_400
            ? DateTime.UnixEpoch.AddTicks(microseconds * 10).AddSeconds(offsetSeconds)
                .ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)
            : null;

    private static string? Zoned(long microseconds, int offsetSeconds)
    {
        string? local = Timestamp(microseconds, offsetSeconds);
        int minutes = Math.Abs(offsetSeconds / 60);
        return local is null
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{local} {(offsetSeconds < 0 ? '-' : '+')}{minutes / 60:00}{minutes % 60:00}");
    }

    private static string Interval(ReadOnlySpan<byte> data) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{BinaryPrimitives.ReadInt32BigEndian(data)} months {BinaryPrimitives.ReadInt32BigEndian(data[4..])} days {BinaryPrimitives.ReadInt64BigEndian(data[8..])} microseconds");
}
