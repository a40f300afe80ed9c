using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>Functions with a syntax of their own: spec/sql.md §5.3, special call syntax.</summary>
internal sealed partial class Parser
{
    /// <summary>The special form that the current word and parenthesis start; null where it is an ordinary call.</summary>
    private Expression? ParseSpecialForm()
    {
        if (Peek(3).Kind is TokenKind.FatArrow or TokenKind.Assign)
        {
            // substr(str => x): an argument with a name.
            return null;
        }
        switch (Current.Keyword)
        {
            case Keyword.Cast:
                return ParseCast(CastKind.Cast);
            case Keyword.TryCast or Keyword.SafeCast:
                return ParseCast(CastKind.TryCast);
            case Keyword.Exists:
                return ParseExists();
            case Keyword.Extract:
                return ParseExtract();
            case Keyword.Row:
                return ParseRow();
            case Keyword.Trim:
                return ParseTrim();
            case Keyword.Position:
                return ParsePosition();
            case Keyword.Substring or Keyword.Substr:
                return ParseSubstring();
            case Keyword.Overlay:
                return ParseOverlay();
            case Keyword.Floor or Keyword.Ceil or Keyword.Ceiling:
                return ParseRounding();
            default:
                return null;
        }
    }

    private Identifier TakeNameAndParenthesis()
    {
        var name = TakeIdentifier();
        Expect(TokenKind.LeftParen, "'('");
        return name;
    }

    private CastExpression ParseCast(CastKind kind)
    {
        TakeNameAndParenthesis();
        var operand = ParseExpression();
        Expect(Keyword.As);
        var type = ParseType();
        var format = Accept(Keyword.Format) ? ParseStringText("a format string") : null;
        Expect(TokenKind.RightParen, "')'");
        return new CastExpression(operand, type, kind) { Format = format };
    }

    private ExistsExpression? ParseExists()
    {
        // EXISTS((SELECT …)) is understood, exists(list, lambda) is a function.
        var i = 1;
        while (Peek(i).Kind == TokenKind.LeftParen)
            i++;
        if (!IsQueryStart(Peek(i), Peek(i + 1)))
            return null;
        TakeNameAndParenthesis();
        var query = ParseQuery();
        Expect(TokenKind.RightParen, "')'");
        return new ExistsExpression(query);
    }

    private ExtractExpression? ParseExtract()
    {
        if (Peek(2).Kind is not (TokenKind.Word or TokenKind.QuotedName or TokenKind.String) || Peek(3).Keyword != Keyword.From)
            return null;
        TakeNameAndParenthesis();
        var part = At(TokenKind.String) ? StringDecoder.Plain(TextOf(Current)) : AtName ? TakeIdentifier().Value : TextOf(Current).ToString();
        if (!At(Keyword.From))
            _position++;
        Expect(Keyword.From);
        var operand = ParseExpression();
        Expect(TokenKind.RightParen, "')'");
        return new ExtractExpression(part, operand);
    }

    private RowExpression ParseRow()
    {
        TakeNameAndParenthesis();
        var elements = new ListBuilder<Expression>();
        if (!At(TokenKind.RightParen))
        {
            do
            {
                elements.Add(ParseExpression());
            }
            while (Accept(TokenKind.Comma));
        }

        Expect(TokenKind.RightParen, "',' or ')'");
        return new RowExpression(elements.ToList(), true);
    }

    private Expression ParseTrim()
    {
        var name = TakeNameAndParenthesis();
        var side = Current.Keyword switch
        {
            Keyword.Both => TrimSide.Both,
            Keyword.Leading => TrimSide.Leading,
            Keyword.Trailing => TrimSide.Trailing,
            _ => TrimSide.Default,
        };
        if (side != TrimSide.Default)
            _position++;
        var first = At(Keyword.From) ? null : ParseExpression();
        if (Accept(Keyword.From))
        {
            var text = ParseExpression();
            Expect(TokenKind.RightParen, "')'");
            return new TrimExpression(side, first, text);
        }

        if (side == TrimSide.Default || At(TokenKind.Comma))
        {
            if (side != TrimSide.Default)
                ThrowExpected("FROM or ')'");
            return FinishCall(name, first!);
        }

        Expect(TokenKind.RightParen, "FROM or ')'");
        return new TrimExpression(side, null, first!);
    }

    private Expression ParsePosition()
    {
        var name = TakeNameAndParenthesis();
        var start = _position;
        var first = ParseExpression(Precedence.Comparison);
        if (!Accept(Keyword.In))
            return FinishCall(name, ParseOperators(first, Precedence.Lowest, start));
        var text = ParseExpression();
        Expect(TokenKind.RightParen, "')'");
        return new PositionExpression(first, text);
    }

    private Expression ParseSubstring()
    {
        var name = TakeNameAndParenthesis();
        var text = ParseExpression();
        if (Current.Keyword is not (Keyword.From or Keyword.For))
            return FinishCall(name, text);
        var from = Accept(Keyword.From) ? ParseExpression() : null;
        var length = Accept(Keyword.For) ? ParseExpression() : null;
        Expect(TokenKind.RightParen, "')'");
        return new SubstringExpression(text, from, length);
    }

    private Expression ParseOverlay()
    {
        var name = TakeNameAndParenthesis();
        var text = ParseExpression();
        if (!Accept(Keyword.Placing))
            return FinishCall(name, text);
        var placing = ParseExpression();
        Expect(Keyword.From);
        var from = ParseExpression();
        var length = Accept(Keyword.For) ? ParseExpression() : null;
        Expect(TokenKind.RightParen, "')'");
        return new OverlayExpression(text, placing, from, length);
    }

    private Expression ParseRounding()
    {
        var name = TakeNameAndParenthesis();
        var operand = ParseExpression();
        if (!Accept(Keyword.To))
            return FinishCall(name, operand);
        var unit = ParseIdentifier("a unit").Value;
        Expect(TokenKind.RightParen, "')'");
        return new RoundToUnitExpression(name, operand, unit);
    }

    /// <summary>The rest of an ordinary call whose name and first argument are read.</summary>
    private FunctionCall FinishCall(Identifier name, Expression first)
    {
        var arguments = new ListBuilder<FunctionArgument>();
        arguments.Add(new FunctionArgument(null, first) { Span = first.Span });
        while (Accept(TokenKind.Comma))
            arguments.Add(ParseArgument(true));
        Expect(TokenKind.RightParen, "',' or ')'");
        return new FunctionCall(new QualifiedName([name]) { Span = name.Span }, arguments.ToList());
    }
}
