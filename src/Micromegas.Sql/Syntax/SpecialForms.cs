namespace Micromegas.Sql.Syntax;

/// <summary><c>CASE [operand] WHEN … THEN … [ELSE …] END</c>.</summary>
/// <param name="Operand">The operand of a simple CASE; null for a searched one.</param>
/// <param name="Branches">The branches, at least one.</param>
/// <param name="Else">The value when none applies.</param>
public sealed record CaseExpression(Expression? Operand, SyntaxList<CaseBranch> Branches, Expression? Else) : Expression;

/// <summary>A branch of a CASE.</summary>
/// <param name="When">The condition or, with an operand, the value compared.</param>
/// <param name="Then">The result.</param>
public sealed record CaseBranch(Expression When, Expression Then) : SyntaxNode;

/// <summary>How a cast was written.</summary>
public enum CastKind
{
    /// <summary><c>CAST(x AS t)</c>.</summary>
    Cast,

    /// <summary><c>TRY_CAST(x AS t)</c>, <c>SAFE_CAST(x AS t)</c>.</summary>
    TryCast,

    /// <summary><c>x::t</c>.</summary>
    DoubleColon,
}

/// <summary>A cast. Its output column name is its operand's (spec/sql.md §5.2).</summary>
/// <param name="Operand">The value.</param>
/// <param name="Type">The target type.</param>
/// <param name="Kind">How it was written.</param>
public sealed record CastExpression(Expression Operand, SqlTypeName Type, CastKind Kind) : Expression
{
    /// <summary>The text of <c>CAST(x AS t FORMAT '…')</c>; not implemented upstream.</summary>
    public string? Format { get; init; }
}

/// <summary><c>EXTRACT(part FROM x)</c>.</summary>
/// <param name="Part">The part as written.</param>
/// <param name="Operand">The time.</param>
public sealed record ExtractExpression(string Part, Expression Operand) : Expression;

/// <summary><c>POSITION(needle IN text)</c>.</summary>
/// <param name="Needle">What is looked for.</param>
/// <param name="Text">Where.</param>
public sealed record PositionExpression(Expression Needle, Expression Text) : Expression;

/// <summary><c>SUBSTRING(text FROM start FOR length)</c>; with commas it is a <see cref="FunctionCall"/>.</summary>
/// <param name="Text">The text.</param>
/// <param name="From">The 1-based start.</param>
/// <param name="For">The length.</param>
public sealed record SubstringExpression(Expression Text, Expression? From, Expression? For) : Expression;

/// <summary>The sides a trim works on.</summary>
public enum TrimSide
{
    /// <summary>Nothing was written: both.</summary>
    Default,

    /// <summary><c>BOTH</c>.</summary>
    Both,

    /// <summary><c>LEADING</c>.</summary>
    Leading,

    /// <summary><c>TRAILING</c>.</summary>
    Trailing,
}

/// <summary><c>TRIM([side] [characters] FROM text)</c> or <c>TRIM(side text)</c>; with plain arguments it is a <see cref="FunctionCall"/>.</summary>
/// <param name="Side">The side.</param>
/// <param name="Characters">The characters to remove; null means blanks.</param>
/// <param name="Text">The text.</param>
public sealed record TrimExpression(TrimSide Side, Expression? Characters, Expression Text) : Expression;

/// <summary><c>OVERLAY(text PLACING replacement FROM start [FOR length])</c>.</summary>
/// <param name="Text">The text.</param>
/// <param name="Placing">The replacement.</param>
/// <param name="From">The 1-based start.</param>
/// <param name="For">The number of characters replaced.</param>
public sealed record OverlayExpression(Expression Text, Expression Placing, Expression From, Expression? For) : Expression;

/// <summary><c>FLOOR(x TO unit)</c> or <c>CEIL(x TO unit)</c>; not implemented upstream.</summary>
/// <param name="Function"><c>floor</c> or <c>ceil</c>.</param>
/// <param name="Operand">The time.</param>
/// <param name="Unit">The unit as written.</param>
public sealed record RoundToUnitExpression(Identifier Function, Expression Operand, string Unit) : Expression;

/// <summary><c>x AT TIME ZONE zone</c>.</summary>
/// <param name="Operand">The time.</param>
/// <param name="Zone">The zone's name.</param>
public sealed record AtTimeZoneExpression(Expression Operand, Expression Zone) : Expression;

/// <summary><c>x COLLATE name</c>; not implemented upstream.</summary>
/// <param name="Operand">The text.</param>
/// <param name="Collation">The collation.</param>
public sealed record CollateExpression(Expression Operand, QualifiedName Collation) : Expression;

/// <summary><c>[a, b]</c> or <c>ARRAY[a, b]</c>.</summary>
/// <param name="Elements">The elements.</param>
public sealed record ArrayExpression(SyntaxList<Expression> Elements) : Expression;

/// <summary><c>(a, b)</c> or <c>ROW(a, b)</c>.</summary>
/// <param name="Elements">The elements: at least two, or any number with the keyword.</param>
/// <param name="Explicit">Whether the keyword is there.</param>
public sealed record RowExpression(SyntaxList<Expression> Elements, bool Explicit) : Expression;

/// <summary><c>{a: 1, 'b': 2}</c>.</summary>
/// <param name="Fields">The fields.</param>
public sealed record StructExpression(SyntaxList<StructField> Fields) : Expression;

/// <summary>A field of a struct literal.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
public sealed record StructField(Identifier Name, Expression Value) : SyntaxNode;

/// <summary><c>MAP {k: v}</c>.</summary>
/// <param name="Entries">The entries.</param>
public sealed record MapExpression(SyntaxList<MapEntry> Entries) : Expression;

/// <summary>An entry of a map literal.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
public sealed record MapEntry(Expression Key, Expression Value) : SyntaxNode;
