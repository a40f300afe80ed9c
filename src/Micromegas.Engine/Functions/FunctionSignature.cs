using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>How a call of a function was resolved: what the arguments are cast to and what comes out.</summary>
/// <param name="ArgumentTypes">One type an argument; the binder casts each argument to it.</param>
/// <param name="ReturnType">Type of the result.</param>
/// <param name="Nullable">Whether the result may be null.</param>
public sealed record FunctionSignature(IReadOnlyList<DataType> ArgumentTypes, DataType ReturnType, bool Nullable = true);

/// <summary>What is known of the arguments when a call is resolved.</summary>
/// <param name="Types">Their types.</param>
/// <param name="Constants">Their values where they are constant after folding, else null.</param>
/// <param name="Nullable">Whether each may be null.</param>
public sealed record FunctionArguments(IReadOnlyList<DataType> Types, IReadOnlyList<Scalar?> Constants, IReadOnlyList<bool> Nullable)
{
    public int Count => Types.Count;
}

/// <summary>What a function's result depends on.</summary>
public enum Volatility
{
    /// <summary>Its arguments only.</summary>
    Immutable,

    /// <summary>Its arguments and the statement (<c>now()</c>).</summary>
    Stable,

    /// <summary>A new value for every row (<c>random()</c>).</summary>
    Volatile,
}
