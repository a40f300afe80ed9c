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

    internal Scalar? Find(ParameterExpression parameter)
    {
        if (parameter.Name is not null)
        {
            return named.GetValueOrDefault(parameter.Name);
        }
        return parameter.Number >= 1 && parameter.Number <= positional.Count ? positional[parameter.Number - 1] : null;
    }
}
