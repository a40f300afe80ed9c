using System.Diagnostics.CodeAnalysis;
using Micromegas.Columnar;

namespace Micromegas.Engine;

/// <summary>The engine's errors, kept out of hot code.</summary>
internal static class Throw
{
    [DoesNotReturn]
    public static void Engine(string sqlState, string message) => throw new EngineException(sqlState, message);

    [DoesNotReturn]
    public static void DivideByZero() => throw new EngineException(SqlState.DivisionByZero, "Divide by zero error") { Hint = "NULLIF(divisor, 0) gives NULL instead." };

    [DoesNotReturn]
    public static void Overflow(string what) => throw new EngineException(SqlState.NumericValueOutOfRange, what);
}
