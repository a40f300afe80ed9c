using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Micromegas.Golden.Types;

namespace Micromegas.Golden.Answers;

/// <summary>
/// Values in the one form in which both sides are compared: <see langword="null"/>, <see cref="bool"/>, <see cref="Int128"/> (integers and
/// everything temporal), <see cref="double"/>, <see cref="BigInteger"/> (a decimal's unscaled digits), <see cref="string"/> (text, and bytes in
/// hex), <see cref="IntervalValue"/>, and <c>object?[]</c> (items of a list, fields of a struct, entries of a map, each entry a pair).
/// </summary>
internal static class RecordedValue
{
    /// <summary>Reads a value as the answer files spell it.</summary>
    public static object? Read(JsonElement json, GoldenType type)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return type.Kind switch
        {
            GoldenKind.Boolean => json.GetBoolean(),
            GoldenKind.Integer or GoldenKind.Temporal => Int128.Parse(json.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
            GoldenKind.Float64 => ReadFloat(json),
            GoldenKind.Float32 => (double)(float)ReadFloat(json),
            GoldenKind.Decimal => ReadDecimal(json.GetString()!, type.Scale),
            GoldenKind.Text => json.GetString(),
            GoldenKind.Binary => json.GetString()!.ToLowerInvariant(),
            GoldenKind.Interval => new IntervalValue(json[0].GetInt32(), json[1].GetInt32(), json[2].GetInt64()),
            GoldenKind.List => json.EnumerateArray().Select(item => Read(item, type.Fields[0].Type)).ToArray(),
            GoldenKind.Struct => type.Fields.Select(field => Read(json.GetProperty(field.Name), field.Type)).ToArray(),
            GoldenKind.Map => json.EnumerateArray().Select(ReadEntry).ToArray(),
            _ => throw new FormatException($"A value of type {type}: {json.GetRawText()}."),
        };

        object? ReadEntry(JsonElement entry) => new[] { Read(entry[0], type.Fields[0].Type), Read(entry[1], type.Fields[1].Type) };
    }

    /// <summary>The digits of a decimal as an integer, after checking that it has as many behind the point as its type says.</summary>
    public static BigInteger ReadDecimal(string text, int scale)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? 0 : text.Length - point - 1;
        if (digits > Math.Max(scale, 0))
        {
            throw new FormatException($"Decimal {text} has more than {scale} digits after the point.");
        }

        var unscaled = BigInteger.Parse(text.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return unscaled * BigInteger.Pow(10, Math.Max(scale, 0) - digits);
    }

    private static double ReadFloat(JsonElement json) => json.ValueKind == JsonValueKind.Number
        ? json.GetDouble()
        : json.GetString() switch
        {
            "NaN" => double.NaN,
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "-0" => -0.0,
            var other => throw new FormatException($"'{other}' is not a floating-point number."),
        };
}
