namespace Micromegas.Sql.Syntax;

/// <summary>A literal with its decoded value (spec/sql.md §5.3).</summary>
public abstract record Literal : Expression;

/// <summary><c>NULL</c>.</summary>
public sealed record NullLiteral : Literal;

/// <summary><c>TRUE</c> or <c>FALSE</c>.</summary>
/// <param name="Value">The value.</param>
public sealed record BooleanLiteral(bool Value) : Literal;

/// <summary>An integer that fits; also <c>-9223372036854775808</c>, whose sign belongs to the literal.</summary>
/// <param name="Value">The value.</param>
public sealed record Int64Literal(long Value) : Literal;

/// <summary>An integer above the range of Int64 and below 2^64.</summary>
/// <param name="Value">The value.</param>
public sealed record UInt64Literal(ulong Value) : Literal;

/// <summary>A number with a point or an exponent, or an integer too large for 64 bits.</summary>
/// <param name="Value">The nearest double.</param>
/// <param name="Text">The digits as written, for readers that need all of them.</param>
public sealed record Float64Literal(double Value, string Text) : Literal;

/// <summary>A string with escapes undone.</summary>
/// <param name="Value">The text.</param>
public sealed record StringLiteral(string Value) : Literal
{
    /// <summary>The prefix; national, Unicode and bit strings are not supported upstream.</summary>
    public StringPrefix Prefix { get; init; }
}

/// <summary>The prefix of a string literal that changes what it means.</summary>
public enum StringPrefix
{
    /// <summary><c>'…'</c>, <c>E'…'</c>, <c>$$…$$</c>: an ordinary string.</summary>
    None,

    /// <summary><c>N'…'</c>.</summary>
    National,

    /// <summary><c>U&amp;'…'</c>; the value is decoded.</summary>
    Unicode,

    /// <summary><c>B'…'</c>.</summary>
    Bit,
}

/// <summary><c>X'0aff'</c> or <c>0x0aff</c>.</summary>
/// <param name="Value">The bytes; with an odd number of digits the first byte has one digit.</param>
public sealed record BinaryLiteral(SyntaxList<byte> Value) : Literal;

/// <summary>A typed literal: <c>DATE '2024-02-29'</c>. It means the cast of the string.</summary>
/// <param name="Type">The type.</param>
/// <param name="Value">The text, escapes undone.</param>
public sealed record TypedLiteral(SqlTypeName Type, string Value) : Expression;

/// <summary><c>INTERVAL '1 day'</c>, <c>INTERVAL '5' HOUR</c>, <c>INTERVAL 5 DAY</c>, <c>INTERVAL -5 DAY</c> (spec/sql.md §5.5).</summary>
/// <param name="Value">The text or number.</param>
/// <param name="Unit">The unit word behind it, as written; null when there is none.</param>
public sealed record IntervalLiteral(Expression Value, string? Unit) : Expression
{
    /// <summary>The second unit of <c>YEAR TO MONTH</c>; refused upstream.</summary>
    public string? ToUnit { get; init; }
}
