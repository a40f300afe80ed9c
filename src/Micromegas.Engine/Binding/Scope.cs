using Micromegas.Engine.Plans;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>A column as a FROM clause offers it.</summary>
/// <param name="Relation">Alias or table name that qualifies it; null when nothing does.</param>
/// <param name="Name">Its name in this scope.</param>
/// <param name="Column">The plan column.</param>
/// <param name="Merged">Whether it is one side of a USING column: found by its qualified name only, and left out of <c>*</c>.</param>
internal sealed record ScopeColumn(string? Relation, string Name, PlanColumn Column, bool Merged = false)
{
    /// <summary>Schema of the table that it comes from.</summary>
    public string Schema { get; init; } = EngineNames.DefaultSchema;
}

/// <summary>The columns that expressions of one SELECT can name, and the scope around it for correlated subqueries.</summary>
internal sealed class Scope(Scope? outer, IReadOnlyList<ScopeColumn> columns)
{
    public static Scope Empty(Scope? outer) => new(outer, []);

    public Scope? Outer { get; } = outer;

    public IReadOnlyList<ScopeColumn> Columns { get; } = columns;

    /// <summary>The SELECT whose FROM it is; null where nothing can be aggregated.</summary>
    public SelectBinder? Owner { get; init; }

    /// <summary>Parameters of the lambdas around the expression being bound, innermost last.</summary>
    public List<ScopeColumn> Lambdas { get; } = [];

    /// <summary>What a column reference means here: the column and how many of its parts name it (the rest are struct fields).</summary>
    /// <returns>Null when this scope (without the outer ones) has no such column.</returns>
    /// <exception cref="EngineException">Several columns match.</exception>
    public (ScopeColumn Column, int Used)? Resolve(SyntaxList<Identifier> parts, BindingError errors, SyntaxNode node)
    {
        if (parts.Count == 1)
        {
            for (var i = Lambdas.Count - 1; i >= 0; i--)
            {
                if (Lambdas[i].Name == parts[0].Value)
                {
                    return (Lambdas[i], 1);
                }
            }
        }

        // schema.table.column, then table.column, then column.field: the longest qualifier that exists wins.
        for (var qualifier = Math.Min(parts.Count - 1, 3); qualifier >= 1; qualifier--)
        {
            var relation = parts[qualifier - 1].Value;
            var name = parts[qualifier].Value;
            ScopeColumn? found = null;
            foreach (var column in Columns)
            {
                if (column.Relation == relation && column.Name == name && IsSchemaOf(column, parts, qualifier))
                {
                    if (found is not null && !ReferenceEquals(found.Column, column.Column))
                    {
                        throw errors.At(node, SqlState.AmbiguousColumn, $"Column '{relation}.{name}' is ambiguous.", "Give the tables different aliases, and the columns different names.");
                    }
                    found = column;
                }
            }
            if (found is not null)
            {
                return (found, qualifier + 1);
            }
        }

        ScopeColumn? match = null;
        foreach (var column in Columns)
        {
            if (column.Name == parts[0].Value && !column.Merged)
            {
                if (match is not null && !ReferenceEquals(match.Column, column.Column))
                {
                    throw errors.At(node, SqlState.AmbiguousColumn, $"Column '{parts[0].Value}' is ambiguous; qualify it with a table name.",
                        BindingError.Candidates([.. Columns.Where(c => c.Name == column.Name && !c.Merged && c.Relation is not null).Select(static c => $"{c.Relation}.{c.Name}")]));
                }
                match = column;
            }
        }
        return match is null ? null : (match, 1);
    }

    /// <summary>Whether the parts before the table name are the catalogue and schema of the column's table.</summary>
    private static bool IsSchemaOf(ScopeColumn column, SyntaxList<Identifier> parts, int qualifier) => qualifier switch
    {
        1 => true,
        2 => parts[0].Value == column.Schema,
        _ => parts[0].Value == EngineNames.DefaultCatalog && parts[1].Value == column.Schema,
    };
}

/// <summary>Names under which upstream's clients know the one catalogue and schema (spec/sql.md §0.1).</summary>
internal static class EngineNames
{
    public const string DefaultCatalog = "datafusion";
    public const string DefaultSchema = "public";
    public const string InformationSchema = "information_schema";
}
