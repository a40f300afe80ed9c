using System.Numerics;
using System.Reflection;
using System.Text.Json;

namespace Micromegas.Data.Mapping;

/// <summary>Fields as values of a type that is known only at run time.</summary>
internal static class BoxedFields
{
    private static readonly Dictionary<Type, Func<MicromegasDataReader, int, object?>> Getters = Create();

    /// <summary><see cref="MicromegasDataReader.GetFieldValue{T}"/>.</summary>
    internal static MethodInfo GetFieldValue { get; } = typeof(MicromegasDataReader).GetMethod(nameof(MicromegasDataReader.GetFieldValue))!;

    /// <summary><see cref="MicromegasDataReader.IsDBNull"/>.</summary>
    internal static MethodInfo IsDBNull { get; } = typeof(MicromegasDataReader).GetMethod(nameof(MicromegasDataReader.IsDBNull))!;

    /// <summary>Whether a single column may be read as the type.</summary>
    internal static bool Knows(Type type) => type.IsEnum || Getters.ContainsKey(type) || Nullable.GetUnderlyingType(type) is { } underlying && Knows(underlying);

    internal static object? Get(MicromegasDataReader reader, int ordinal, Type type)
    {
        if (!type.IsValueType || Nullable.GetUnderlyingType(type) is not null)
        {
            if (reader.IsDBNull(ordinal))
            {
                return null;
            }

            type = Nullable.GetUnderlyingType(type) ?? type;
        }

        if (Getters.TryGetValue(type, out var getter))
        {
            return getter(reader, ordinal);
        }

        if (type.IsEnum)
        {
            return reader.GetFieldType(ordinal) == typeof(string) ? Enum.Parse(type, reader.GetString(ordinal), ignoreCase: true) : Enum.ToObject(type, reader.GetInt64(ordinal));
        }

        var value = reader.GetValue(ordinal);
        return type.IsInstanceOfType(value)
            ? value
            : throw new InvalidCastException($"Column '{reader.GetName(ordinal)}' has type {reader.GetDataTypeName(ordinal)} and cannot be read as {type}.");
    }

    private static Dictionary<Type, Func<MicromegasDataReader, int, object?>> Create()
    {
        var getters = new Dictionary<Type, Func<MicromegasDataReader, int, object?>>();
        Add<bool>();
        Add<sbyte>();
        Add<byte>();
        Add<short>();
        Add<ushort>();
        Add<int>();
        Add<uint>();
        Add<long>();
        Add<ulong>();
        Add<Int128>();
        Add<BigInteger>();
        Add<Half>();
        Add<float>();
        Add<double>();
        Add<decimal>();
        Add<char>();
        Add<string>();
        Add<Guid>();
        Add<DateTime>();
        Add<DateTimeOffset>();
        Add<NanoTimestamp>();
        Add<DateOnly>();
        Add<TimeOnly>();
        Add<TimeSpan>();
        Add<MicromegasInterval>();
        Add<byte[]>();
        Add<ReadOnlyMemory<byte>>();
        Add<JsonElement>();
        Add<JsonDocument>();
        Add<Dictionary<string, string>>();
        Add<IReadOnlyDictionary<string, string>>();
        return getters;

        void Add<T>() => getters.Add(typeof(T), static (reader, ordinal) => reader.GetFieldValue<T>(ordinal));
    }
}
