using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>
/// The levels of spec/sql.md §5.4, and the operators on them. One difference: the JSON arrows stand between <c>+</c> and the
/// bit operators, as in PostgreSQL, so that <c>properties -&gt;&gt; 'k' = 'v'</c> means what it says; upstream refuses them in any case.
/// </summary>
internal static class Precedence
{
    public const int Lowest = 0;
    public const int Or = 5;
    public const int And = 10;
    public const int Not = 15;
    public const int Other = 16;
    public const int Is = 17;
    public const int Like = 19;
    public const int Comparison = 20;
    public const int BitOr = 21;
    public const int BitXor = 22;
    public const int BitAnd = 23;
    public const int Xor = 24;
    public const int Arrow = 25;
    public const int Additive = 30;
    public const int Multiplicative = 40;
    public const int AtTimeZone = 41;
    public const int Collate = 42;
    public const int Postfix = 50;
    public const int Member = 100;

    public static int Of(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => Or,
        BinaryOperator.And => And,
        BinaryOperator.Xor => Xor,
        BinaryOperator.IsDistinctFrom or BinaryOperator.IsNotDistinctFrom => Is,
        BinaryOperator.Add or BinaryOperator.Subtract => Additive,
        BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Modulo or BinaryOperator.IntegerDivide or BinaryOperator.Concat
            => Multiplicative,
        BinaryOperator.BitAnd => BitAnd,
        BinaryOperator.BitOr => BitOr,
        BinaryOperator.BitXor or BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight => BitXor,
        BinaryOperator.Arrow or BinaryOperator.LongArrow or BinaryOperator.HashArrow or BinaryOperator.HashLongArrow => Arrow,
        BinaryOperator.Contains or BinaryOperator.ContainedBy or BinaryOperator.JsonExists or BinaryOperator.JsonExistsAny
            or BinaryOperator.JsonExistsAll or BinaryOperator.JsonPathExists or BinaryOperator.JsonPathMatch or BinaryOperator.Overlap => Other,
        _ => Comparison,
    };

    /// <summary>The binary operator that a token spells; null for all other tokens.</summary>
    public static BinaryOperator? Operator(TokenKind kind) => kind switch
    {
        TokenKind.Plus => BinaryOperator.Add,
        TokenKind.Minus => BinaryOperator.Subtract,
        TokenKind.Star => BinaryOperator.Multiply,
        TokenKind.Slash => BinaryOperator.Divide,
        TokenKind.DoubleSlash => BinaryOperator.IntegerDivide,
        TokenKind.Percent => BinaryOperator.Modulo,
        TokenKind.Concat => BinaryOperator.Concat,
        TokenKind.Equal => BinaryOperator.Equal,
        TokenKind.NotEqual => BinaryOperator.NotEqual,
        TokenKind.Less => BinaryOperator.Less,
        TokenKind.LessOrEqual => BinaryOperator.LessOrEqual,
        TokenKind.Greater => BinaryOperator.Greater,
        TokenKind.GreaterOrEqual => BinaryOperator.GreaterOrEqual,
        TokenKind.Spaceship => BinaryOperator.Spaceship,
        TokenKind.ShiftLeft => BinaryOperator.ShiftLeft,
        TokenKind.ShiftRight => BinaryOperator.ShiftRight,
        TokenKind.Ampersand => BinaryOperator.BitAnd,
        TokenKind.Pipe => BinaryOperator.BitOr,
        TokenKind.Caret => BinaryOperator.BitXor,
        TokenKind.Tilde => BinaryOperator.RegexMatch,
        TokenKind.TildeStar => BinaryOperator.RegexMatchInsensitive,
        TokenKind.NotTilde => BinaryOperator.RegexNotMatch,
        TokenKind.NotTildeStar => BinaryOperator.RegexNotMatchInsensitive,
        TokenKind.DoubleTilde => BinaryOperator.LikeMatch,
        TokenKind.DoubleTildeStar => BinaryOperator.LikeMatchInsensitive,
        TokenKind.NotDoubleTilde => BinaryOperator.LikeNotMatch,
        TokenKind.NotDoubleTildeStar => BinaryOperator.LikeNotMatchInsensitive,
        TokenKind.Arrow => BinaryOperator.Arrow,
        TokenKind.LongArrow => BinaryOperator.LongArrow,
        TokenKind.HashArrow => BinaryOperator.HashArrow,
        TokenKind.HashLongArrow => BinaryOperator.HashLongArrow,
        TokenKind.AtArrow => BinaryOperator.Contains,
        TokenKind.ArrowAt => BinaryOperator.ContainedBy,
        TokenKind.QuestionMark => BinaryOperator.JsonExists,
        TokenKind.QuestionPipe => BinaryOperator.JsonExistsAny,
        TokenKind.QuestionAmpersand => BinaryOperator.JsonExistsAll,
        TokenKind.AtQuestion => BinaryOperator.JsonPathExists,
        TokenKind.AtAt => BinaryOperator.JsonPathMatch,
        TokenKind.DoubleAmpersand => BinaryOperator.Overlap,
        _ => null,
    };

    /// <summary>The operator in SQL.</summary>
    public static string Spell(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => "OR",
        BinaryOperator.And => "AND",
        BinaryOperator.Xor => "XOR",
        BinaryOperator.Equal => "=",
        BinaryOperator.NotEqual => "<>",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.Spaceship => "<=>",
        BinaryOperator.IsDistinctFrom => "IS DISTINCT FROM",
        BinaryOperator.IsNotDistinctFrom => "IS NOT DISTINCT FROM",
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.Modulo => "%",
        BinaryOperator.IntegerDivide => "//",
        BinaryOperator.Concat => "||",
        BinaryOperator.BitAnd => "&",
        BinaryOperator.BitOr => "|",
        BinaryOperator.BitXor => "^",
        BinaryOperator.ShiftLeft => "<<",
        BinaryOperator.ShiftRight => ">>",
        BinaryOperator.RegexMatch => "~",
        BinaryOperator.RegexMatchInsensitive => "~*",
        BinaryOperator.RegexNotMatch => "!~",
        BinaryOperator.RegexNotMatchInsensitive => "!~*",
        BinaryOperator.LikeMatch => "~~",
        BinaryOperator.LikeMatchInsensitive => "~~*",
        BinaryOperator.LikeNotMatch => "!~~",
        BinaryOperator.LikeNotMatchInsensitive => "!~~*",
        BinaryOperator.Arrow => "->",
        BinaryOperator.LongArrow => "->>",
        BinaryOperator.HashArrow => "#>",
        BinaryOperator.HashLongArrow => "#>>",
        BinaryOperator.Contains => "@>",
        BinaryOperator.ContainedBy => "<@",
        BinaryOperator.JsonExists => "?",
        BinaryOperator.JsonExistsAny => "?|",
        BinaryOperator.JsonExistsAll => "?&",
        BinaryOperator.JsonPathExists => "@?",
        BinaryOperator.JsonPathMatch => "@@",
        BinaryOperator.Overlap => "&&",
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "Unknown operator."),
    };
}
