namespace Micromegas.Columnar;

/// <summary>
/// One value with its type, for literals, parameters and statistics; never used a row at a time in hot code.
/// Boxed as: <see cref="bool"/>; the integers, <see cref="Half"/>, <see cref="float"/>, <see cref="double"/>; <see cref="Int128"/> and <see cref="Int256"/>
/// (unscaled decimals); <see cref="string"/>; <c>byte[]</c> (binary, JSONB); <see cref="int"/> (Date32, Time32, year-month intervals);
/// <see cref="long"/> (Date64, Time64, timestamps, durations, day-time intervals); <see cref="MonthDayNano"/>;
/// <c>object?[]</c> (items of a list, members of a struct, and for a map an array of <c>[key, value]</c> arrays); <see langword="null"/>.
/// </summary>
public sealed record Scalar(DataType Type, object? Value)
{
    public static Scalar Null { get; } = new(DataType.Null, null);

    public bool IsNull => Value is null;

    public static Scalar Of(bool value) => new(DataType.Boolean, value);

    public static Scalar Of(int value) => new(DataType.Int32, value);

    public static Scalar Of(long value) => new(DataType.Int64, value);

    public static Scalar Of(double value) => new(DataType.Float64, value);

    public static Scalar Of(string value) => new(DataType.Utf8, value);

    /// <summary>A vector of this one value, owned by the caller.</summary>
    public Vector ToVector()
    {
        if (Type.Kind == TypeKind.Null)
        {
            return new NullVector(1);
        }
        using var builder = VectorBuilder.Create(Type.ValueType, 1);
        builder.AppendValue(Value);
        var vector = builder.Build();
        vector.Relabel(Type);
        return vector;
    }
}
