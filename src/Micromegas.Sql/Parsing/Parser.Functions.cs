using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>Calls in common syntax: spec/sql.md §1, §5.2.</summary>
internal sealed partial class Parser
{
    /// <summary>A call whose name is read: arguments, then FILTER, OVER and the like.</summary>
    private FunctionCall ParseCall(QualifiedName name)
    {
        Expect(TokenKind.LeftParen, "'('");
        var distinct = Accept(Keyword.Distinct);
        if (!distinct && At(Keyword.All) && Peek(1).Kind is not (TokenKind.FatArrow or TokenKind.Assign))
            _position++;
        var arguments = ParseArguments();
        var orderBy = ParseOptionalOrderBy();
        var treatment = ParseNullTreatment();
        Expect(TokenKind.RightParen, "',' or ')'");
        var withinGroup = ParseWithinGroup();
        var filter = ParseFilter();
        if (treatment == NullTreatment.Default)
            treatment = ParseNullTreatment();
        filter ??= ParseFilter();
        return new FunctionCall(name, arguments)
        {
            Distinct = distinct,
            OrderBy = orderBy,
            WithinGroup = withinGroup,
            Filter = filter,
            NullTreatment = treatment,
            Over = ParseOver(),
        };
    }

    /// <summary>The arguments up to the closing parenthesis or a clause; the opening one is read.</summary>
    private SyntaxList<FunctionArgument> ParseArguments()
    {
        var arguments = new ListBuilder<FunctionArgument>();
        if (At(TokenKind.RightParen))
            return [];
        do
        {
            arguments.Add(ParseArgument(arguments.Count > 0));
        }
        while (Accept(TokenKind.Comma));
        return arguments.ToList();
    }

    private FunctionArgument ParseArgument(bool mayBeLambda)
    {
        var start = _position;
        if (AtStar())
            return new FunctionArgument(null, ParseStar()) { Span = SpanFrom(start) };
        if (AtQueryStart())
        {
            var query = new SubqueryExpression(ParseQuery()) { Span = SpanFrom(start) };
            return new FunctionArgument(null, query) { Span = query.Span };
        }

        Identifier? name = null;
        if (AtName && Peek(1).Kind is TokenKind.FatArrow or TokenKind.Assign)
        {
            name = TakeIdentifier();
            _position++;
        }

        var value = (mayBeLambda ? ParseLambda() : null) ?? ParseExpression();
        if (name is null && Accept(Keyword.As))
            name = At(TokenKind.String) ? TakeIdentifier() : ParseIdentifier("a field name");
        return new FunctionArgument(name, value) { Span = SpanFrom(start) };
    }

    /// <summary>
    /// <c>x -> body</c>, <c>(x, y) -> body</c>, <c>lambda x, y: body</c>; null where there is none. The arrow is also PostgreSQL's JSON operator: no function has a
    /// lambda as its first argument, and <c>x -> 'key'</c> and <c>x -> 0</c> are taken as access.
    /// </summary>
    private LambdaExpression? ParseLambda()
    {
        var start = _position;
        if (AtLambdaKeyword())
        {
            Enter();
            _position++;
            var names = new ListBuilder<Identifier>();
            do
            {
                names.Add(TakeIdentifier());
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.Colon, "':'");
            var value = ParseExpression();
            Leave();
            return new LambdaExpression(names.ToList(), value) { Span = SpanFrom(start) };
        }
        if (!AtLambda)
            return null;
        Enter();
        var parameters = At(TokenKind.LeftParen) ? ParseNameList() : [TakeIdentifier()];
        Expect(TokenKind.Arrow, "'->'");
        var body = ParseExpression();
        Leave();
        return new LambdaExpression(parameters, body) { Span = SpanFrom(start) };
    }

    private bool IsAccessKey(int offset) => Peek(offset).Kind switch
    {
        TokenKind.String or TokenKind.EscapeString or TokenKind.DollarString => true,
        TokenKind.Number or TokenKind.Parameter or TokenKind.QuestionMark => Peek(offset + 1).Kind is TokenKind.Comma or TokenKind.RightParen,
        _ => false,
    };

    /// <summary>Whether the text, as an argument, would be read as a lambda.</summary>
    public bool AtLambda => LambdaHead() is var length and > 0 && !IsAccessKey(length + 1);

    /// <summary>Whether DuckDB's form of a lambda starts here: the word, which is no reserved one, then names and a colon.</summary>
    private bool AtLambdaKeyword()
    {
        if (Current.Kind != TokenKind.Word || !TextOf(Current).Equals("lambda", StringComparison.OrdinalIgnoreCase))
            return false;
        var i = 1;
        while (Peek(i).Kind is TokenKind.Word or TokenKind.QuotedName && Peek(i + 1).Kind is TokenKind.Comma)
            i += 2;
        return Peek(i).Kind is TokenKind.Word or TokenKind.QuotedName && Peek(i + 1).Kind == TokenKind.Colon;
    }

    /// <summary>The number of tokens before the arrow of a lambda; 0 when there is no lambda.</summary>
    private int LambdaHead()
    {
        if (AtName)
            return Peek(1).Kind == TokenKind.Arrow ? 1 : 0;
        if (!At(TokenKind.LeftParen))
            return 0;
        var i = 1;
        while (Peek(i).Kind is TokenKind.Word or TokenKind.QuotedName && Peek(i + 1).Kind is TokenKind.Comma)
            i += 2;
        return Peek(i).Kind is TokenKind.Word or TokenKind.QuotedName && Peek(i + 1).Kind == TokenKind.RightParen
            && Peek(i + 2).Kind == TokenKind.Arrow ? i + 2 : 0;
    }

    private SyntaxList<OrderByItem> ParseOptionalOrderBy() => Accept(Keyword.Order, Keyword.By) ? ParseOrderByItems() : [];

    private SyntaxList<OrderByItem> ParseWithinGroup()
    {
        if (!Accept(Keyword.Within, Keyword.Group))
            return [];
        Expect(TokenKind.LeftParen, "'('");
        Expect(Keyword.Order, Keyword.By);
        var items = ParseOrderByItems();
        Expect(TokenKind.RightParen, "')'");
        return items;
    }

    private Expression? ParseFilter()
    {
        if (!At(Keyword.Filter, TokenKind.LeftParen))
            return null;
        _position += 2;
        Expect(Keyword.Where);
        var condition = ParseExpression();
        Expect(TokenKind.RightParen, "')'");
        return condition;
    }

    private NullTreatment ParseNullTreatment()
    {
        if (Accept(Keyword.Ignore, Keyword.Nulls))
            return NullTreatment.Ignore;
        return Accept(Keyword.Respect, Keyword.Nulls) ? NullTreatment.Respect : NullTreatment.Default;
    }
}
