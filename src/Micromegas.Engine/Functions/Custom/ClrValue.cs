using System.Text;
using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>How values of a CLR type are read from and written to vectors.</summary>
/// <typeparam name="T">bool, int, long, float, double, string, byte[], DateTime or TimeSpan, or one of those that are structs as Nullable.</typeparam>
internal static class ClrValue<T>
{
    private static readonly Type Plain = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);

    /// <summary>Whether NULL is a value, so that a function is called with it.</summary>
    public static bool TakesNull { get; } = Nullable.GetUnderlyingType(typeof(T)) is not null;

    /// <summary>The type of results.</summary>
    public static DataType Type { get; } =
        Plain == typeof(bool) ? DataType.Boolean
        : Plain == typeof(int) ? DataType.Int32
        : Plain == typeof(long) ? DataType.Int64
        : Plain == typeof(float) ? DataType.Float32
        : Plain == typeof(double) ? DataType.Float64
        : Plain == typeof(string) ? DataType.Utf8
        : Plain == typeof(byte[]) ? DataType.Binary
        : Plain == typeof(DateTime) ? DataType.Timestamp(TimeUnit.Nanosecond, "+00:00")
        : Plain == typeof(TimeSpan) ? DataType.Duration(TimeUnit.Nanosecond)
        : throw new NotSupportedException($"Functions take and give bool, int, long, float, double, string, byte[], DateTime and TimeSpan, not {typeof(T)}.");

    /// <summary>What an argument is cast to before it is read: one of the layouts that rows are read in.</summary>
    public static DataType ArgumentType { get; } = Type.Kind switch
    {
        TypeKind.Boolean or TypeKind.Int32 => DataType.Int64,
        TypeKind.Float32 => DataType.Float64,
        _ => Type,
    };

    /// <summary>Whether an argument of a type can be given: itself, or what converts to it without saying so.</summary>
    public static bool Accepts(DataType type) => type.ValueType is var plain && (plain.Kind == TypeKind.Null || Type.Kind switch
    {
        TypeKind.Boolean => plain.Kind == TypeKind.Boolean,
        TypeKind.Int32 or TypeKind.Int64 => plain.IsInteger,
        TypeKind.Float32 or TypeKind.Float64 => plain.IsNumeric,
        TypeKind.Utf8 => plain.IsUtf8,
        TypeKind.Binary => plain.IsBinary || plain.IsUtf8,
        TypeKind.Timestamp => plain.Kind is TypeKind.Timestamp or TypeKind.Date32 or TypeKind.Date64,
        _ => plain.Kind == TypeKind.Duration,
    });

    /// <summary>Reads an argument that is not null, or may be where <see cref="TakesNull"/>.</summary>
    public static Func<RowArguments, int, int, T> Read { get; } = MakeReader();

    /// <summary>A value as builders and constants take it.</summary>
    public static object? Box(T value) => value switch
    {
        null => null,
        DateTime time => checked((time.ToUniversalTime().Ticks - DateTime.UnixEpoch.Ticks) * 100),
        TimeSpan span => checked(span.Ticks * 100),
        _ => value,
    };

    /// <summary>The value of a boxed item of a list, as vectors give it.</summary>
    public static T Unbox(object value) => (T)(object)(Type.Kind switch
    {
        TypeKind.Timestamp => DateTime.UnixEpoch.AddTicks((long)value / 100),
        TypeKind.Duration => TimeSpan.FromTicks((long)value / 100),
        TypeKind.Boolean => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture) != 0,
        TypeKind.Int32 => checked((int)(long)value),
        TypeKind.Float32 => (float)(double)value,
        _ => value,
    });

    private static Func<RowArguments, int, int, T> MakeReader()
    {
        Delegate read = Type.Kind switch
        {
            TypeKind.Boolean => Of(static (a, i, row) => a.Int64(i, row) != 0),
            TypeKind.Int32 => Of(static (a, i, row) => checked((int)a.Int64(i, row))),
            TypeKind.Int64 => Of(static (a, i, row) => a.Int64(i, row)),
            TypeKind.Float32 => Of(static (a, i, row) => (float)a.Float64(i, row)),
            TypeKind.Float64 => Of(static (a, i, row) => a.Float64(i, row)),
            TypeKind.Timestamp => Of(static (a, i, row) => DateTime.UnixEpoch.AddTicks(a.Int64(i, row) / 100)),
            TypeKind.Duration => Of(static (a, i, row) => TimeSpan.FromTicks(a.Int64(i, row) / 100)),
            TypeKind.Utf8 => (Func<RowArguments, int, int, string>)(static (a, i, row) => Encoding.UTF8.GetString(a.Text(i, row))),
            _ => (Func<RowArguments, int, int, byte[]>)(static (a, i, row) => a.Text(i, row).ToArray()),
        };
        return (Func<RowArguments, int, int, T>)read;

        static Delegate Of<TPlain>(Func<RowArguments, int, int, TPlain> plain)
            where TPlain : struct => TakesNull ? (Func<RowArguments, int, int, TPlain?>)((a, i, row) => a.IsNull(i, row) ? null : plain(a, i, row)) : plain;
    }
}
