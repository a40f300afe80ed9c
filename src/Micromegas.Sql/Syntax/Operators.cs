namespace Micromegas.Sql.Syntax;

/// <summary>A binary operator (spec/sql.md §5.4).</summary>
public enum BinaryOperator
{
    /// <summary><c>OR</c>.</summary>
    Or,

    /// <summary><c>AND</c>.</summary>
    And,

    /// <summary><c>XOR</c>.</summary>
    Xor,

    /// <summary><c>=</c>, <c>==</c>.</summary>
    Equal,

    /// <summary><c>&lt;&gt;</c>, <c>!=</c>.</summary>
    NotEqual,

    /// <summary><c>&lt;</c>.</summary>
    Less,

    /// <summary><c>&lt;=</c>.</summary>
    LessOrEqual,

    /// <summary><c>&gt;</c>.</summary>
    Greater,

    /// <summary><c>&gt;=</c>.</summary>
    GreaterOrEqual,

    /// <summary><c>&lt;=&gt;</c>: equal, with NULL equal to NULL.</summary>
    Spaceship,

    /// <summary><c>IS DISTINCT FROM</c>.</summary>
    IsDistinctFrom,

    /// <summary><c>IS NOT DISTINCT FROM</c>.</summary>
    IsNotDistinctFrom,

    /// <summary><c>+</c>.</summary>
    Add,

    /// <summary><c>-</c>.</summary>
    Subtract,

    /// <summary><c>*</c>.</summary>
    Multiply,

    /// <summary><c>/</c>.</summary>
    Divide,

    /// <summary><c>%</c>.</summary>
    Modulo,

    /// <summary><c>//</c> and <c>DIV</c>; not implemented upstream.</summary>
    IntegerDivide,

    /// <summary><c>||</c>.</summary>
    Concat,

    /// <summary><c>&amp;</c>.</summary>
    BitAnd,

    /// <summary><c>|</c>.</summary>
    BitOr,

    /// <summary><c>^</c>: bitwise exclusive or, not power.</summary>
    BitXor,

    /// <summary><c>&lt;&lt;</c>.</summary>
    ShiftLeft,

    /// <summary><c>&gt;&gt;</c>.</summary>
    ShiftRight,

    /// <summary><c>~</c>.</summary>
    RegexMatch,

    /// <summary><c>~*</c>.</summary>
    RegexMatchInsensitive,

    /// <summary><c>!~</c>.</summary>
    RegexNotMatch,

    /// <summary><c>!~*</c>.</summary>
    RegexNotMatchInsensitive,

    /// <summary><c>~~</c>.</summary>
    LikeMatch,

    /// <summary><c>~~*</c>.</summary>
    LikeMatchInsensitive,

    /// <summary><c>!~~</c>.</summary>
    LikeNotMatch,

    /// <summary><c>!~~*</c>.</summary>
    LikeNotMatchInsensitive,

    /// <summary><c>-&gt;</c>.</summary>
    Arrow,

    /// <summary><c>-&gt;&gt;</c>.</summary>
    LongArrow,

    /// <summary><c>#&gt;</c>.</summary>
    HashArrow,

    /// <summary><c>#&gt;&gt;</c>.</summary>
    HashLongArrow,

    /// <summary><c>@&gt;</c>.</summary>
    Contains,

    /// <summary><c>&lt;@</c>.</summary>
    ContainedBy,

    /// <summary><c>?</c> between two operands.</summary>
    JsonExists,

    /// <summary><c>?|</c>.</summary>
    JsonExistsAny,

    /// <summary><c>?&amp;</c>.</summary>
    JsonExistsAll,

    /// <summary><c>@?</c>.</summary>
    JsonPathExists,

    /// <summary><c>@@</c>.</summary>
    JsonPathMatch,

    /// <summary><c>&amp;&amp;</c>: the two lists have an element in common.</summary>
    Overlap,
}

/// <summary>A prefix operator.</summary>
public enum UnaryOperator
{
    /// <summary><c>-</c>.</summary>
    Negate,

    /// <summary><c>+</c>.</summary>
    Plus,

    /// <summary><c>NOT</c>.</summary>
    Not,

    /// <summary><c>~</c>; parsed, not supported upstream.</summary>
    BitNot,
}

/// <summary>A binary operation. Equal levels associate left, so long chains grow along <see cref="Left"/> and must be walked by a loop.</summary>
/// <param name="Left">The left operand.</param>
/// <param name="Operator">The operator.</param>
/// <param name="Right">The right operand.</param>
public sealed record BinaryExpression(Expression Left, BinaryOperator Operator, Expression Right) : Expression
{
    /// <summary>Compares along the left spine by a loop: chains of tens of thousands of terms are allowed.</summary>
    public bool Equals(BinaryExpression? other)
    {
        var mine = this;
        while (true)
        {
            if (ReferenceEquals(mine, other))
                return true;
            if (other is null || mine.Operator != other.Operator || !mine.Right.Equals(other.Right))
                return false;
            if (mine.Left is not BinaryExpression left)
                return mine.Left.Equals(other.Left);
            (mine, other) = (left, other.Left as BinaryExpression);
        }
    }

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        Expression node = this;
        for (; node is BinaryExpression binary; node = binary.Left)
        {
            hash.Add(binary.Operator);
            hash.Add(binary.Right);
        }

        hash.Add(node);
        return hash.ToHashCode();
    }
}

/// <summary>A prefix operation.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Operand">The operand.</param>
public sealed record UnaryExpression(UnaryOperator Operator, Expression Operand) : Expression;
