using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Micromegas.Columnar;
using Micromegas.Engine;

namespace Micromegas.Lake.Tables.Static;

/// <summary>What a value looks like; a column that has seen several takes the one that holds them all.</summary>
internal enum TextKind
{
    None,
    Boolean,
    Integer,
    Number,
    Text,
}

/// <summary>A value of a record: its text, null for none.</summary>
internal readonly record struct TextValue(string? Text, TextKind Kind);

/// <summary>Values of text and their types.</summary>
internal static class TextValues
{
    // "NaN", "Infinity" and thousands separators are texts.
    private static readonly SearchValues<char> s_number = SearchValues.Create("0123456789+-.eE");

    public static TextKind Combine(TextKind a, TextKind b) =>
        a == TextKind.None ? b
        : b == TextKind.None || a == b ? a
        : (a, b) is (TextKind.Integer, TextKind.Number) or (TextKind.Number, TextKind.Integer) ? TextKind.Number
        : TextKind.Text;

    public static DataType TypeOf(TextKind kind) => kind switch
    {
        TextKind.Boolean => DataType.Boolean,
        TextKind.Integer => DataType.Int64,
        TextKind.Number => DataType.Float64,
        _ => DataType.Utf8,
    };

    /// <summary>What a value without quotes looks like.</summary>
    public static TextKind KindOf(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? TextKind.Integer
        : text is "true" or "false" or "True" or "False" or "TRUE" or "FALSE" ? TextKind.Boolean
        : text.AsSpan().IndexOfAnyExcept(s_number) < 0 && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? TextKind.Number
        : TextKind.Text;

    /// <exception cref="EngineException">Columns of static tables cannot have the type.</exception>
    public static void Check(DataType type)
    {
        if (!(type.ValueType is { IsUtf8: true } || type.IsInteger || type.Kind is TypeKind.Boolean or TypeKind.Float32 or TypeKind.Float64 or TypeKind.Date32 or TypeKind.Timestamp))
        {
            throw new EngineException(SqlState.FeatureNotSupported, $"columns of static tables cannot be of type {type}");
        }
    }

    /// <summary>The value as a column of the type keeps it; false when the text says no such value.</summary>
    public static bool TryConvert(string text, DataType type, out object? value)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        const NumberStyles Integer = NumberStyles.AllowLeadingSign;
        const NumberStyles Number = NumberStyles.Float;
        value = type.Kind switch
        {
            _ when type.ValueType.IsUtf8 => text,
            TypeKind.Boolean => bool.TryParse(text, out bool flag) ? flag : null,
            TypeKind.Int8 => sbyte.TryParse(text, Integer, culture, out sbyte number) ? number : null,
            TypeKind.Int16 => short.TryParse(text, Integer, culture, out short number) ? number : null,
            TypeKind.Int32 => int.TryParse(text, Integer, culture, out int number) ? number : null,
            TypeKind.Int64 => long.TryParse(text, Integer, culture, out long number) ? number : null,
            TypeKind.UInt8 => byte.TryParse(text, Integer, culture, out byte number) ? number : null,
            TypeKind.UInt16 => ushort.TryParse(text, Integer, culture, out ushort number) ? number : null,
            TypeKind.UInt32 => uint.TryParse(text, Integer, culture, out uint number) ? number : null,
            TypeKind.UInt64 => ulong.TryParse(text, Integer, culture, out ulong number) ? number : null,
            TypeKind.Float32 => float.TryParse(text, Number, culture, out float number) ? number : null,
            TypeKind.Float64 => double.TryParse(text, Number, culture, out double number) ? number : null,
            TypeKind.Date32 => DateOnly.TryParse(text, culture, out DateOnly day) ? day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber : null,
            TypeKind.Timestamp => Timestamp(text, type.Unit),
            _ => null,
        };
        return value is not null;
    }

    private static object? Timestamp(string text, TimeUnit unit)
    {
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time))
        {
            return null;
        }
        long ticks = time.UtcTicks - DateTime.UnixEpoch.Ticks;
        long Floor(long divisor) => ticks >= 0 ? ticks / divisor : ((ticks + 1) / divisor) - 1;
        return unit switch
        {
            TimeUnit.Second => Floor(TimeSpan.TicksPerSecond),
            TimeUnit.Millisecond => Floor(TimeSpan.TicksPerMillisecond),
            TimeUnit.Microsecond => Floor(TimeSpan.TicksPerMicrosecond),
            _ => ticks is > long.MaxValue / 100 or < long.MinValue / 100 ? null : ticks * 100,
        };
    }

    /// <summary>The members of a JSON object; lists and objects inside keep their JSON text.</summary>
    /// <exception cref="JsonException">The text is no object.</exception>
    public static IEnumerable<(string Name, TextValue Value)> OfJson(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("a line must be one JSON object");
        }
        foreach (JsonProperty member in document.RootElement.EnumerateObject())
        {
            JsonElement value = member.Value;
            yield return (member.Name, value.ValueKind switch
            {
                JsonValueKind.Null => new TextValue(null, TextKind.None),
                JsonValueKind.String => new TextValue(value.GetString(), TextKind.Text),
                JsonValueKind.True or JsonValueKind.False => new TextValue(value.GetRawText(), TextKind.Boolean),
                JsonValueKind.Number => new TextValue(value.GetRawText(), value.TryGetInt64(out _) ? TextKind.Integer : TextKind.Number),
                _ => new TextValue(value.GetRawText(), TextKind.Text),
            });
        }
    }

    /// <summary>The values of a CSV record. Quoted ones are text; without quotes, nothing is NULL.</summary>
    public static List<TextValue> OfCsv(string text)
    {
        var values = new List<TextValue>();
        for (int i = 0; i <= text.Length;)
        {
            if (i < text.Length && text[i] == '"')
            {
                var value = new System.Text.StringBuilder();
                for (i++; i < text.Length; i++)
                {
                    if (text[i] != '"')
                    {
                        value.Append(text[i]);
                    }
                    else if (i + 1 < text.Length && text[i + 1] == '"')
                    {
                        value.Append('"');
                        i++;
                    }
                    else
                    {
                        break;
                    }
                }
                values.Add(new TextValue(value.ToString(), TextKind.Text));
                int next = text.IndexOf(',', Math.Min(i, text.Length));
                i = next < 0 ? text.Length + 1 : next + 1;
            }
            else
            {
                int end = text.IndexOf(',', i);
                end = end < 0 ? text.Length : end;
                string value = text[i..end];
                values.Add(value.Length == 0 ? new TextValue(null, TextKind.None) : new TextValue(value, KindOf(value)));
                i = end + 1;
            }
        }
        return values;
    }
}
