using System.Collections.Frozen;
using Micromegas.Sql;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Functions;

/// <summary>A function that is an expression of others: names of PostgreSQL and DuckDB that people try first.</summary>
/// <param name="Name">Its name in lower case.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Body">The expression; parameters stand in it as columns.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="IsAggregate">Whether the expression is an aggregate.</param>
internal sealed record SqlMacro(string Name, string[] Parameters, string Body, string Summary, bool IsAggregate = false)
{
    private readonly Lazy<Expression> expression = new(() => Parse(Body));

    /// <summary>The body, parsed once.</summary>
    public Expression Expression => expression.Value;

    /// <summary>The text that positions in <see cref="Expression"/> refer to.</summary>
    public string Text => Prefix + Body;

    public string Usage => $"({string.Join(", ", Parameters)})";

    private const string Prefix = "SELECT ";

    private static Expression Parse(string body) =>
        SqlParser.ParseStatements(Prefix + body)[0] is QueryStatement { Query.Body: SelectCore { Items: [var item] } }
            ? item.Expression
            : throw new InvalidOperationException($"'{body}' is no expression.");
}

/// <summary>The macros by name and number of arguments.</summary>
internal static class SqlMacros
{
    public static IReadOnlyList<SqlMacro> All { get; } = [.. ScalarMacros.All, .. AggregateMacros.All];

    private static readonly FrozenDictionary<(string, int), SqlMacro> ByName =
        All.ToFrozenDictionary(static macro => (macro.Name, macro.Parameters.Length));

    public static SqlMacro? Find(string name, int arguments) => ByName.GetValueOrDefault((name, arguments));

    /// <summary>The forms of a name, whatever their number of arguments.</summary>
    public static IEnumerable<SqlMacro> Named(string name) => All.Where(macro => macro.Name == name);
}
