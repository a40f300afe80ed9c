using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>What an expression can start with.</summary>
internal sealed partial class Parser
{
    private Expression ParsePrefix()
    {
        Enter();
        var start = _position;
        var result = ParsePrimary();
        Leave();
        if (result.Span == default)
            result.Locate(SpanFrom(start));
        return result;
    }

    private Expression ParsePrimary()
    {
        switch (Current.Kind)
        {
            case TokenKind.Word:
                return ParseWordPrimary();
            case TokenKind.QuotedName:
                return ParseNamePrimary();
            case TokenKind.Number:
                return ParseNumber();
            case TokenKind.String or TokenKind.EscapeString or TokenKind.DollarString:
                return new StringLiteral(ParseStringText("a string"));
            case TokenKind.NationalString or TokenKind.BitString or TokenKind.UnicodeString:
                return ParsePrefixedString();
            case TokenKind.HexString or TokenKind.HexNumber:
                return ParseBinary();
            case TokenKind.Parameter or TokenKind.QuestionMark or TokenKind.Colon:
                return ParseParameter();
            case TokenKind.LeftParen:
                return ParseParenthesized();
            case TokenKind.LeftBracket:
                return ParseArray();
            case TokenKind.LeftBrace:
                return ParseStruct();
            case TokenKind.Minus:
                return ParseNegation();
            case TokenKind.Plus:
                _position++;
                return new UnaryExpression(UnaryOperator.Plus, ParseExpression(Precedence.Multiplicative));
            case TokenKind.Tilde:
                _position++;
                return new UnaryExpression(UnaryOperator.BitNot, ParseExpression(Precedence.Multiplicative));
            default:
                throw ErrorExpected("an expression");
        }
    }

    private Expression ParseWordPrimary()
    {
        var called = Peek(1).Kind == TokenKind.LeftParen;
        switch (Current.Keyword)
        {
            case Keyword.None:
                break;
            case Keyword.Null:
                _position++;
                return new NullLiteral();
            case Keyword.True or Keyword.False:
                var value = At(Keyword.True);
                _position++;
                return new BooleanLiteral(value);
            case Keyword.Not:
                _position++;
                return new UnaryExpression(UnaryOperator.Not, ParseExpression(Precedence.Not));
            case Keyword.Case:
                return ParseCase();
            case Keyword.Interval when AtIntervalLiteral():
                return ParseInterval();
            case Keyword.Array when Peek(1).Kind == TokenKind.LeftBracket:
                _position++;
                return ParseArray();
            case Keyword.Map when Peek(1).Kind == TokenKind.LeftBrace:
                return ParseMap();
            case Keyword.CurrentDate or Keyword.CurrentTime or Keyword.CurrentTimestamp or Keyword.Localtime or Keyword.Localtimestamp
                or Keyword.CurrentUser or Keyword.SessionUser or Keyword.User or Keyword.CurrentCatalog or Keyword.CurrentRole
                or Keyword.CurrentSchema when !called && Peek(1).Kind != TokenKind.Dot:
                var name = TakeIdentifier();
                return new FunctionCall(new QualifiedName([name]) { Span = name.Span }, []) { Niladic = true };
            default:
                if (called && ParseSpecialForm() is { } special)
                    return special;
                break;
        }

        if (AtTypedLiteral())
            return ParseTypedLiteral();
        if (ReservedWords.InExpression(Current.Keyword))
            ThrowExpected("an expression");
        return ParseNamePrimary();
    }

    /// <summary>A column, <c>a.b.c</c>, or the call of a function.</summary>
    private Expression ParseNamePrimary()
    {
        var start = _position;
        var parts = new ListBuilder<Identifier>();
        parts.Add(TakeIdentifier());
        while (At(TokenKind.Dot) && Peek(1).Kind is TokenKind.Word or TokenKind.QuotedName)
        {
            _position++;
            parts.Add(TakeIdentifier());
        }

        var names = parts.ToList();
        var span = SpanFrom(start);
        return At(TokenKind.LeftParen) ? ParseCall(new QualifiedName(names) { Span = span }) : new ColumnReference(names) { Span = span };
    }

    /// <summary>An expression, row or query in parentheses.</summary>
    private Expression ParseParenthesized()
    {
        var start = _position;
        Expect(TokenKind.LeftParen, "'('");
        if (AtQueryStart())
        {
            var query = ParseQuery();
            Expect(TokenKind.RightParen, "')'");
            return new SubqueryExpression(query) { Span = SpanFrom(start) };
        }

        var first = ParseExpression();
        if (AtQueryContinuation())
        {
            var query = ContinueQuery(first);
            Expect(TokenKind.RightParen, "')'");
            return new SubqueryExpression(query) { Span = SpanFrom(start) };
        }

        if (Accept(TokenKind.RightParen))
            return first;
        var elements = new ListBuilder<Expression>();
        elements.Add(first);
        while (Accept(TokenKind.Comma))
            elements.Add(ParseExpression());
        Expect(TokenKind.RightParen, "',' or ')'");
        return new RowExpression(elements.ToList(), false) { Span = SpanFrom(start) };
    }

    /// <summary>A minus sign directly before a number belongs to the literal, else the smallest Int64 could not be written (§5.3).</summary>
    private Expression ParseNegation()
    {
        Expect(TokenKind.Minus, "'-'");
        var number = At(TokenKind.Number) ? Current.Start : -1;
        var operand = ParseExpression(Precedence.Multiplicative);
        if (operand is Literal literal && literal.Span.Start == number && Negate(literal) is { } negative)
            return negative;
        return new UnaryExpression(UnaryOperator.Negate, operand);
    }

    private ArrayExpression ParseArray()
    {
        Expect(TokenKind.LeftBracket, "'['");
        var elements = new ListBuilder<Expression>();
        while (!At(TokenKind.RightBracket))
        {
            elements.Add(ParseExpression());
            if (!Accept(TokenKind.Comma))
                break;
        }

        Expect(TokenKind.RightBracket, "',' or ']'");
        return new ArrayExpression(elements.ToList());
    }

    private StructExpression ParseStruct()
    {
        Expect(TokenKind.LeftBrace, "'{'");
        var fields = new ListBuilder<StructField>();
        while (!At(TokenKind.RightBrace))
        {
            var start = _position;
            if (!AtName && !At(TokenKind.String))
                ThrowExpected("a field name");
            var name = TakeIdentifier();
            Expect(TokenKind.Colon, "':'");
            fields.Add(new StructField(name, ParseExpression()) { Span = SpanFrom(start) });
            if (!Accept(TokenKind.Comma))
                break;
        }

        Expect(TokenKind.RightBrace, "',' or '}'");
        return new StructExpression(fields.ToList());
    }

    private MapExpression ParseMap()
    {
        Expect(Keyword.Map);
        Expect(TokenKind.LeftBrace, "'{'");
        var entries = new ListBuilder<MapEntry>();
        while (!At(TokenKind.RightBrace))
        {
            var start = _position;
            var key = ParseExpression();
            Expect(TokenKind.Colon, "':'");
            entries.Add(new MapEntry(key, ParseExpression()) { Span = SpanFrom(start) });
            if (!Accept(TokenKind.Comma))
                break;
        }

        Expect(TokenKind.RightBrace, "',' or '}'");
        return new MapExpression(entries.ToList());
    }

    private CaseExpression ParseCase()
    {
        Expect(Keyword.Case);
        var operand = At(Keyword.When) ? null : ParseExpression();
        var branches = new ListBuilder<CaseBranch>();
        do
        {
            var start = _position;
            Expect(Keyword.When);
            var condition = ParseExpression();
            Expect(Keyword.Then);
            branches.Add(new CaseBranch(condition, ParseExpression()) { Span = SpanFrom(start) });
        }
        while (At(Keyword.When));
        var otherwise = Accept(Keyword.Else) ? ParseExpression() : null;
        Expect(Keyword.End);
        return new CaseExpression(operand, branches.ToList(), otherwise);
    }
}
