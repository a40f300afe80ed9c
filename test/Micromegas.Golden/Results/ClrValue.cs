using System.Collections;
using System.Globalization;
using System.Numerics;
using Micromegas.Data;
using Micromegas.Golden.Answers;
using Micromegas.Golden.Types;

namespace Micromegas.Golden.Results;

/// <summary>Brings values as <c>GetValue</c> hands them out, and those nested in them, into the form of <see cref="RecordedValue"/>.</summary>
internal static class ClrValue
{
    public static object? Convert(object? value, GoldenType type) => value is null or DBNull
        ? null
        : type.Kind switch
        {
            GoldenKind.Boolean when value is bool => value,
            GoldenKind.Integer => Integer(value),
            GoldenKind.Float32 or GoldenKind.Float64 => value switch
            {
                double number => number,
                float number => (double)number,
                Half number => (double)number,
                _ => throw Unexpected(value, type),
            },
            GoldenKind.Decimal => Decimal(value, type),
            GoldenKind.Text when value is string => value,
            GoldenKind.Binary when value is byte[] bytes => System.Convert.ToHexStringLower(bytes),
            GoldenKind.Temporal => Temporal(value, type),
            GoldenKind.Interval when value is MicromegasInterval interval => new IntervalValue(interval.Months, interval.Days, interval.Nanoseconds),
            GoldenKind.List when value is IEnumerable items and not string => items.Cast<object?>().Select(item => Convert(item, type.Fields[0].Type)).ToArray(),
            GoldenKind.Struct when value is IDictionary<string, object?> fields => Struct(fields, type),
            GoldenKind.Map when value is IEnumerable entries and not string => Entries(entries, type).ToArray(),
            _ => throw Unexpected(value, type),
        };

    private static Int128 Integer(object value) => value switch
    {
        sbyte number => (Int128)number,
        short number => (Int128)number,
        int number => (Int128)number,
        long number => (Int128)number,
        byte number => (Int128)number,
        ushort number => (Int128)number,
        uint number => (Int128)number,
        ulong number => (Int128)number,
        _ => throw new InvalidCastException($"An integer column gave a {value.GetType()}."),
    };

    private static BigInteger Decimal(object value, GoldenType type) => value switch
    {
        decimal number => RecordedValue.ReadDecimal(number.ToString(CultureInfo.InvariantCulture), type.Scale),
        string text => RecordedValue.ReadDecimal(text, type.Scale),
        // Digits without a point: the type's scale says where it stands.
        BigInteger unscaled => unscaled,
        _ => throw Unexpected(value, type),
    };

    // Only values inside lists, structs and maps come this way: columns are read as numbers of their unit.
    private static Int128 Temporal(object value, GoldenType type) => value switch
    {
        long number => (Int128)number,
        int number => (Int128)number,
        NanoTimestamp time => time.UnixNanoseconds / (Int128)NanosecondsPerUnit(type),
        DateOnly date => (Int128)(date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber),
        DateTime time => type.Name == "Date32"
            ? (Int128)(time - DateTime.UnixEpoch).Days
            : InUnit((time - DateTime.UnixEpoch).Ticks, type),
        DateTimeOffset time => InUnit((time - DateTimeOffset.UnixEpoch).Ticks, type),
        TimeOnly time => InUnit(time.Ticks, type),
        TimeSpan span => InUnit(span.Ticks, type),
        _ => throw Unexpected(value, type),
    };

    private static Int128 InUnit(long ticks, GoldenType type) => (Int128)ticks * TimeSpan.NanosecondsPerTick / NanosecondsPerUnit(type);

    private static long NanosecondsPerUnit(GoldenType type)
    {
        var unit = type.Name[(type.Name.IndexOf('(', StringComparison.Ordinal) + 1)..].Split(',', ')')[0];
        return unit switch
        {
            "s" => 1_000_000_000,
            "ms" => 1_000_000,
            "µs" => 1000,
            "ns" => 1,
            _ => throw new FormatException($"Type {type} has no unit."),
        };
    }

    private static object?[] Struct(IDictionary<string, object?> fields, GoldenType type)
    {
        if (!fields.Keys.SequenceEqual(type.Fields.Select(field => field.Name), StringComparer.Ordinal))
        {
            throw new InvalidCastException($"A value of {type} has the fields {string.Join(", ", fields.Keys)}.");
        }

        return type.Fields.Select(field => Convert(fields[field.Name], field.Type)).ToArray();
    }

    private static IEnumerable<object?> Entries(IEnumerable entries, GoldenType type)
    {
        if (entries is IDictionary dictionary)
        {
            foreach (DictionaryEntry entry in dictionary)
            {
                yield return Pair(entry.Key, entry.Value);
            }
        }
        else
        {
            foreach (var entry in entries)
            {
                yield return entry is KeyValuePair<string, object?> pair ? Pair(pair.Key, pair.Value) : throw Unexpected(entry, type);
            }
        }

        object?[] Pair(object? key, object? value) => [Convert(key, type.Fields[0].Type), Convert(value, type.Fields[1].Type)];
    }

    private static InvalidCastException Unexpected(object? value, GoldenType type) =>
        new($"A value of type {type} was given as {value?.GetType().ToString() ?? "null"}.");
}
