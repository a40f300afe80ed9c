namespace Micromegas.Sql.Syntax;

/// <summary>
/// A value expression. Trees are at most a few hundred levels deep except along <see cref="BinaryExpression.Left"/>: chains such as
/// <c>a AND b AND c …</c> may have tens of thousands of terms and must be walked by a loop.
/// </summary>
public abstract record Expression : SyntaxNode;

/// <summary>A column, possibly qualified, possibly followed by struct fields: <c>a</c>, <c>t.a</c>, <c>s.t.a.field</c>. The binder tells which.</summary>
/// <param name="Parts">The names, at least one.</param>
public sealed record ColumnReference(SyntaxList<Identifier> Parts) : Expression;

/// <summary><c>*</c> or <c>t.*</c>, in a select list or as the argument of a function.</summary>
/// <param name="Qualifier">The relation; null for a bare star.</param>
public sealed record StarExpression(QualifiedName? Qualifier) : Expression
{
    /// <summary>The columns left out: <c>EXCLUDE (a, b)</c>, <c>EXCEPT (a, b)</c>.</summary>
    public SyntaxList<Identifier> Exclude { get; init; } = [];

    /// <summary>The columns computed anew: <c>REPLACE (e AS c)</c>; every item has an alias.</summary>
    public SyntaxList<SelectItem> Replace { get; init; } = [];

    /// <summary>The columns renamed: <c>RENAME (a AS b)</c>; not implemented upstream.</summary>
    public SyntaxList<RenamedColumn> Rename { get; init; } = [];

    /// <summary>The pattern of <c>ILIKE 'p'</c> that column names must match.</summary>
    public string? ILike { get; init; }
}

/// <summary><c>a AS b</c> in a star's <c>RENAME</c>.</summary>
/// <param name="Column">The column.</param>
/// <param name="Alias">Its new name.</param>
public sealed record RenamedColumn(Identifier Column, Identifier Alias) : SyntaxNode;

/// <summary>A parameter: <c>$1</c>, <c>$name</c>, <c>@name</c>, <c>:name</c> or <c>?</c>.</summary>
/// <param name="Marker">The first character: <c>$</c>, <c>@</c>, <c>:</c> or <c>?</c>.</param>
/// <param name="Name">The name without its marker, as written; null for numbered and <c>?</c> parameters.</param>
/// <param name="Number">1-based number of <c>$1</c>, or the 1-based rank of a <c>?</c> among those of its statement; 0 for named ones.</param>
public sealed record ParameterExpression(char Marker, string? Name, int Number) : Expression;

/// <summary>A field of a struct value that is not a plain name: <c>(x).f</c>, <c>g(x).f</c>, <c>x[1].f</c>.</summary>
/// <param name="Operand">The struct.</param>
/// <param name="Field">The field.</param>
public sealed record FieldAccess(Expression Operand, Identifier Field) : Expression;

/// <summary><c>x[i]</c>: an element of a list, a field of a struct, a value of a map.</summary>
/// <param name="Operand">The list, struct or map.</param>
/// <param name="Index">The 1-based position, field name or key.</param>
public sealed record SubscriptExpression(Expression Operand, Expression Index) : Expression;

/// <summary><c>x[lower:upper]</c> or <c>x[lower:upper:stride]</c>; each part may be absent.</summary>
/// <param name="Operand">The list.</param>
/// <param name="Lower">The first position.</param>
/// <param name="Upper">The last position, inclusive.</param>
/// <param name="Stride">The step.</param>
public sealed record SliceExpression(Expression Operand, Expression? Lower, Expression? Upper, Expression? Stride) : Expression;

/// <summary>The word <c>ALL</c> in <c>ORDER BY ALL</c>: every column of the select list, from left to right.</summary>
public sealed record AllColumnsExpression : Expression;
