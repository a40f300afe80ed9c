using Micromegas.Columnar;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine;

/// <summary>Values of a statement's parameters: by name (<c>@name</c>, <c>:name</c>, <c>$name</c>) and by position (<c>$1</c>, <c>?</c>).</summary>
public sealed class StatementParameters
{
    private readonly Dictionary<string, Scalar> named = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Scalar> positional = [];

    /// <summary>No parameters.</summary>
    public static StatementParameters None { get; } = new();

    /// <summary>Adds a parameter; unnamed ones count by their position among all.</summary>
    public void Add(string? name, Scalar value)
    {
        positional.Add(value);
        if (!string.IsNullOrEmpty(name))
        {
            named[name] = value;
        }
    }

    internal int Count => positional.Count;

    internal IEnumerable<string> Names => named.Keys;

    /// <summary>Whether the other parameters have the same names, types and values. Lists count as different: they are compared by what holds them.</summary>
    internal bool Same(StatementParameters other)
    {
        if (positional.Count != other.positional.Count || named.Count != other.named.Count)
        {
            return false;
        }
        for (var i = 0; i < positional.Count; i++)
        {
            if (!Same(positional[i], other.positional[i]))
            {
                return false;
            }
        }
        foreach (var (name, value) in named)
        {
            if (!other.named.TryGetValue(name, out var same) || !Same(value, same))
            {
                return false;
            }
        }
        return true;
    }

    // Zeros of different sign are equal numbers, and divide differently.
    private static bool Same(Scalar left, Scalar right) => left == right && (left.Value, right.Value) switch
    {
        (double a, double b) => double.IsNegative(a) == double.IsNegative(b),
        (float a, float b) => float.IsNegative(a) == float.IsNegative(b),
        (Half a, Half b) => Half.IsNegative(a) == Half.IsNegative(b),
        _ => true,
    };

    internal Scalar? Find(ParameterExpression parameter)
    {
        if (parameter.Name is not null)
        {
            return named.GetValueOrDefault(parameter.Name);
        }
        return parameter.Number >= 1 && parameter.Number <= positional.Count ? positional[parameter.Number - 1] : null;
    }
}
