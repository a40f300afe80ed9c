using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>Expressions by precedence climbing: spec/sql.md §5.4.</summary>
internal sealed partial class Parser
{
    public Expression ParseExpression() => ParseExpression(Precedence.Lowest);

    /// <summary>An expression whose operators all bind tighter than the given level.</summary>
    private Expression ParseExpression(int level)
    {
        var start = _position;
        var outer = _wraps;
        _wraps = 0;
        var result = ParseOperators(ParsePrefix(), level, start);
        _wraps = Math.Max(_wraps, outer);
        return result;
    }

    /// <summary>The operators behind a left operand that is already read. Chains grow to the left by this loop, not by recursion.</summary>
    private Expression ParseOperators(Expression left, int level, int start)
    {
        while (true)
        {
            var next = NextPrecedence();
            if (next <= level)
                return left;
            left = ParseInfix(left, next);
            left.Locate(SpanFrom(start));
        }
    }

    /// <summary>The level of the operator that comes next; 0 when none does.</summary>
    private int NextPrecedence()
    {
        ref readonly var token = ref Current;
        switch (token.Kind)
        {
            case TokenKind.Word:
                return token.Keyword == Keyword.None ? 0 : NextWordPrecedence(token.Keyword);
            case TokenKind.Dot:
                return Precedence.Member;
            case TokenKind.DoubleColon or TokenKind.LeftBracket:
                return Precedence.Postfix;
            default:
                return Precedence.Operator(token.Kind) is { } op ? Precedence.Of(op) : 0;
        }
    }

    private int NextWordPrecedence(Keyword keyword) => keyword switch
    {
        Keyword.And => Precedence.And,
        Keyword.Or => Precedence.Or,
        Keyword.Xor => Precedence.Xor,
        Keyword.Between or Keyword.In => Precedence.Comparison,
        Keyword.Like or Keyword.Ilike or Keyword.Rlike or Keyword.Regexp => Precedence.Like,
        Keyword.Similar when Peek(1).Keyword == Keyword.To => Precedence.Like,
        Keyword.Is or Keyword.Isnull or Keyword.Notnull => Precedence.Is,
        Keyword.At when Peek(1).Keyword == Keyword.Time && Peek(2).Keyword == Keyword.Zone => Precedence.AtTimeZone,
        Keyword.Collate => Precedence.Collate,
        Keyword.Operator when Peek(1).Kind == TokenKind.LeftParen => Precedence.Arrow,
        Keyword.Not => Peek(1).Keyword switch
        {
            Keyword.Between or Keyword.In => Precedence.Comparison,
            Keyword.Like or Keyword.Ilike or Keyword.Rlike or Keyword.Regexp or Keyword.Similar => Precedence.Like,
            _ => 0,
        },
        _ => 0,
    };

    private Expression ParseInfix(Expression left, int level)
    {
        if (Precedence.Operator(Current.Kind) is { } op)
        {
            _position++;
            return ParseBinary(left, op, level);
        }

        switch (Current.Keyword)
        {
            case Keyword.And:
                _position++;
                return ParseBinary(left, BinaryOperator.And, level);
            case Keyword.Or:
                _position++;
                return ParseBinary(left, BinaryOperator.Or, level);
            case Keyword.Xor:
                _position++;
                return ParseBinary(left, BinaryOperator.Xor, level);
        }

        // Every other form puts its left operand one level down: bounded like nesting, or trees would be as deep as texts are long.
        if (++_wraps > MaximumNesting)
            Throw.Syntax(_text, Current.Start, $"Chained too deeply (more than {MaximumNesting} levels)");
        return Current.Kind switch
        {
            TokenKind.Dot => ParseFieldAccess(left),
            TokenKind.DoubleColon => ParseColonCast(left),
            TokenKind.LeftBracket => ParseSubscript(left),
            _ => ParseWordInfix(left),
        };
    }

    private Expression ParseBinary(Expression left, BinaryOperator op, int level)
    {
        if (level == Precedence.Comparison && Current.Keyword is Keyword.Any or Keyword.Some or Keyword.All && Peek(1).Kind == TokenKind.LeftParen)
            return ParseQuantified(left, op);
        return new BinaryExpression(left, op, ParseExpression(level));
    }

    private QuantifiedComparison ParseQuantified(Expression left, BinaryOperator op)
    {
        if (++_wraps > MaximumNesting)
            Throw.Syntax(_text, Current.Start, $"Chained too deeply (more than {MaximumNesting} levels)");
        var quantifier = At(Keyword.All) ? Quantifier.All : Quantifier.Any;
        _position++;
        return new QuantifiedComparison(left, op, quantifier, ParseParenthesized());
    }

    private Expression ParseWordInfix(Expression left)
    {
        switch (Current.Keyword)
        {
            case Keyword.Is:
                return ParseIs(left);
            case Keyword.Isnull or Keyword.Notnull:
                var negated = At(Keyword.Notnull);
                _position++;
                return new IsExpression(left, TruthTest.Null, negated);
            case Keyword.At:
                _position += 3;
                return new AtTimeZoneExpression(left, ParseExpression(Precedence.AtTimeZone));
            case Keyword.Collate:
                _position++;
                return new CollateExpression(left, ParseQualifiedName("a collation name"));
            case Keyword.Operator:
                return ParseNamedOperator(left);
            default:
                return ParseNegatable(left, Accept(Keyword.Not));
        }
    }

    /// <summary><c>x OPERATOR(pg_catalog.~) y</c>, as PostgreSQL clients write it.</summary>
    private BinaryExpression ParseNamedOperator(Expression left)
    {
        _position += 2;
        while (AtName)
        {
            _position++;
            Expect(TokenKind.Dot, "'.'");
        }

        if (Precedence.Operator(Current.Kind) is not { } op)
            throw ErrorExpected("an operator");
        _position++;
        Expect(TokenKind.RightParen, "')'");
        return new BinaryExpression(left, op, ParseExpression(Precedence.Arrow));
    }

    private Expression ParseIs(Expression left)
    {
        Expect(Keyword.Is);
        var negated = Accept(Keyword.Not);
        if (Accept(Keyword.Distinct, Keyword.From))
        {
            var op = negated ? BinaryOperator.IsNotDistinctFrom : BinaryOperator.IsDistinctFrom;
            return new BinaryExpression(left, op, ParseExpression(Precedence.Is));
        }

        TruthTest? test = Current.Keyword switch
        {
            Keyword.Null => TruthTest.Null,
            Keyword.True => TruthTest.True,
            Keyword.False => TruthTest.False,
            Keyword.Unknown => TruthTest.Unknown,
            _ => null,
        };
        if (test is null)
            ThrowExpected("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM");
        _position++;
        return new IsExpression(left, test.Value, negated);
    }

    private Expression ParseNegatable(Expression left, bool negated)
    {
        switch (Current.Keyword)
        {
            case Keyword.Between:
                return ParseBetween(left, negated);
            case Keyword.In:
                return ParseIn(left, negated);
            case Keyword.Like:
                _position++;
                return ParseLike(left, PatternKind.Like, negated);
            case Keyword.Ilike:
                _position++;
                return ParseLike(left, PatternKind.ILike, negated);
            case Keyword.Rlike or Keyword.Regexp:
                _position++;
                return ParseLike(left, PatternKind.Regexp, negated);
            default:
                Expect(Keyword.Similar, Keyword.To);
                return ParseLike(left, PatternKind.SimilarTo, negated);
        }
    }

    private BetweenExpression ParseBetween(Expression left, bool negated)
    {
        Expect(Keyword.Between);
        var symmetric = Accept(Keyword.Symmetric);
        var lower = ParseExpression(Precedence.Comparison);
        Expect(Keyword.And);
        var upper = ParseExpression(Precedence.Comparison);
        return new BetweenExpression(left, lower, upper, negated) { Symmetric = symmetric };
    }

    private Expression ParseIn(Expression left, bool negated)
    {
        Expect(Keyword.In);
        if (At(Keyword.Unnest, TokenKind.LeftParen))
        {
            // IN UNNEST(list) is = ANY(list).
            _position++;
            var any = new QuantifiedComparison(left, BinaryOperator.Equal, Quantifier.Any, ParseParenthesized());
            return negated ? new UnaryExpression(UnaryOperator.Not, any) : any;
        }

        Expect(TokenKind.LeftParen, "'(' behind IN");
        if (AtQueryStart())
        {
            var query = ParseQuery();
            Expect(TokenKind.RightParen, "')'");
            return new InSubqueryExpression(left, query, negated);
        }

        var items = new ListBuilder<Expression>();
        items.Add(ParseExpression());
        if (items.Count == 1 && AtQueryContinuation())
        {
            var list = items.ToList();
            var query = ContinueQuery(list[0]);
            Expect(TokenKind.RightParen, "')'");
            return new InSubqueryExpression(left, query, negated);
        }

        while (Accept(TokenKind.Comma))
            items.Add(ParseExpression());
        Expect(TokenKind.RightParen, "',' or ')'");
        return new InListExpression(left, items.ToList(), negated);
    }

    private LikeExpression ParseLike(Expression left, PatternKind kind, bool negated)
    {
        Quantifier? quantifier = null;
        if (Current.Keyword is Keyword.Any or Keyword.Some or Keyword.All && Peek(1).Kind == TokenKind.LeftParen)
        {
            quantifier = At(Keyword.All) ? Quantifier.All : Quantifier.Any;
            _position++;
        }

        var pattern = ParseExpression(Precedence.Like);
        var escape = Accept(Keyword.Escape) ? ParseStringText("the escape character as a string") : null;
        return new LikeExpression(left, kind, pattern, negated) { Escape = escape, Quantifier = quantifier };
    }

    private FieldAccess ParseFieldAccess(Expression left)
    {
        Expect(TokenKind.Dot, "'.'");
        return new FieldAccess(left, ParseIdentifier("a field name"));
    }

    private CastExpression ParseColonCast(Expression left)
    {
        Expect(TokenKind.DoubleColon, "'::'");
        return new CastExpression(left, ParseType(), CastKind.DoubleColon);
    }

    /// <summary><c>x[i]</c>, <c>x[a:b]</c>, <c>x[a:b:c]</c>; in a slice a colon never starts a parameter.</summary>
    private Expression ParseSubscript(Expression left)
    {
        Expect(TokenKind.LeftBracket, "'['");
        Enter();
        var lower = At(TokenKind.Colon) ? null : ParseExpression();
        Leave();
        if (lower is not null && Accept(TokenKind.RightBracket))
            return new SubscriptExpression(left, lower);
        Expect(TokenKind.Colon, "':' or ']'");
        var upper = At(TokenKind.Colon) || At(TokenKind.RightBracket) ? null : ParseExpression();
        var stride = Accept(TokenKind.Colon) && !At(TokenKind.RightBracket) ? ParseExpression() : null;
        Expect(TokenKind.RightBracket, "']'");
        return new SliceExpression(left, lower, upper, stride);
    }
}
