using System.Diagnostics.CodeAnalysis;
using System.Text;
using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>What casts raise when a value does not fit.</summary>
internal static class CastFailure
{
    private const string Hint = "TRY_CAST gives NULL instead.";

    [DoesNotReturn]
    public static void Number<T>(T value, DataType target) => throw new EngineException(
        SqlState.NumericValueOutOfRange, FormattableString.Invariant($"Can't cast value {value} to type {target}")) { Hint = Hint };

    [DoesNotReturn]
    public static void Text(ReadOnlySpan<byte> value, DataType target)
    {
        var text = Encoding.UTF8.GetString(value.Length > 200 ? value[..200] : value);
        var state = target.IsTemporal || target.IsInterval ? SqlState.InvalidDatetimeFormat : SqlState.InvalidTextRepresentation;
        throw new EngineException(state, $"Cannot cast string '{text}' to value of {target} type") { Hint = Hint };
    }
}
