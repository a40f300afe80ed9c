using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>WITH, set operations, ORDER BY and LIMIT: spec/sql.md §5.1, §5.2.</summary>
internal sealed partial class Parser
{
    private const int UnionLevel = 1;
    private const int IntersectLevel = 2;

    private bool AtQueryStart() => IsQueryStart(Current, Peek(1));

    private static bool IsQueryStart(in Token token, in Token next) => token.Keyword switch
    {
        Keyword.Select or Keyword.With => true,
        Keyword.From => next.Kind is not TokenKind.End,
        Keyword.Values => next.Kind is TokenKind.LeftParen || next.Keyword == Keyword.Row,
        Keyword.Table => next.Kind is TokenKind.Word or TokenKind.QuotedName,
        _ => false,
    };

    public Query ParseQuery()
    {
        Enter();
        var start = _position;
        var with = At(Keyword.With) ? ParseWith() : null;
        var query = ParseQueryTail(ParseSetOperations(ParseQueryPrimary(), 0, start), with, start);
        Leave();
        return query;
    }

    /// <summary>Whether the clause that comes next makes a query of the parenthesized query just read as an expression.</summary>
    private bool AtQueryContinuation() =>
        Current.Keyword is Keyword.Union or Keyword.Intersect or Keyword.Except or Keyword.Minus or Keyword.Order or Keyword.Limit
            or Keyword.Offset or Keyword.Fetch;

    /// <summary>Goes on with <c>((SELECT …) UNION …)</c>, whose inner parentheses were read as a scalar subquery.</summary>
    private Query ContinueQuery(Expression first)
    {
        if (first is not SubqueryExpression subquery)
            throw ErrorExpected("',' or ')'");
        return ContinueQuery(subquery.Query, subquery.Span);
    }

    private Query ContinueQuery(Query first, SourceSpan span)
    {
        // The first token of the parenthesized query: tokens are sorted by their place.
        var start = Array.BinarySearch(_tokens, 0, _position, new Token(TokenKind.End, Keyword.None, span.Start, 0), TokenOrder.Instance);
        return ParseQueryTail(ParseSetOperations(Simplify(first), 0, start), null, start);
    }

    /// <summary>A query without clauses of its own is its body; a set operation keeps its parentheses.</summary>
    private static QueryExpression Simplify(Query query) =>
        IsBare(query) && query.Body is not SetOperation ? query.Body : query;

    private static bool IsBare(Query query) =>
        query is { With: null, OrderBy.IsEmpty: true, Limit: null, Offset: null, Fetch: null, Unsupported.IsEmpty: true };

    private QueryExpression ParseSetOperations(QueryExpression left, int level, int start)
    {
        while (true)
        {
            (SetOperator Operator, int Level)? next = Current.Keyword switch
            {
                Keyword.Union => (SetOperator.Union, UnionLevel),
                Keyword.Except or Keyword.Minus => (SetOperator.Except, UnionLevel),
                Keyword.Intersect => (SetOperator.Intersect, IntersectLevel),
                _ => null,
            };
            if (next is not { } found || found.Level <= level)
                return left;
            _position++;
            var (all, byName) = ParseSetQuantifier();
            var rightStart = _position;
            var right = ParseSetOperations(ParseQueryPrimary(), found.Level, rightStart);
            left = new SetOperation(left, found.Operator, all, byName, right) { Span = SpanFrom(start) };
        }
    }

    private (bool All, bool ByName) ParseSetQuantifier()
    {
        var all = Accept(Keyword.All);
        if (!all)
            Accept(Keyword.Distinct);
        return (all, Accept(Keyword.By, Keyword.Name));
    }

    private QueryExpression ParseQueryPrimary()
    {
        var start = _position;
        switch (Current.Keyword)
        {
            case Keyword.Select or Keyword.From:
                return ParseSelect();
            case Keyword.Values:
                return ParseValues();
            case Keyword.Table:
                _position++;
                return new TableExpression(ParseTableName()) { Span = SpanFrom(start) };
        }

        Expect(TokenKind.LeftParen, "a query");
        var query = ParseQuery();
        Expect(TokenKind.RightParen, "')'");
        return Simplify(query);
    }

    private ValuesExpression ParseValues()
    {
        var start = _position;
        Expect(Keyword.Values);
        var rows = new ListBuilder<ValuesRow>();
        do
        {
            var rowStart = _position;
            Accept(Keyword.Row);
            Expect(TokenKind.LeftParen, "'('");
            var values = new ListBuilder<Expression>();
            do
            {
                values.Add(ParseExpressionOrDefault());
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParen, "',' or ')'");
            rows.Add(new ValuesRow(values.ToList()) { Span = SpanFrom(rowStart) });
        }
        while (Accept(TokenKind.Comma));
        return new ValuesExpression(rows.ToList()) { Span = SpanFrom(start) };
    }

    private Expression ParseExpressionOrDefault()
    {
        if (!At(Keyword.Default) || Peek(1).Kind is TokenKind.Dot or TokenKind.LeftParen)
            return ParseExpression();
        var start = _position++;
        return new DefaultValueExpression { Span = SpanFrom(start) };
    }

    private WithClause ParseWith()
    {
        var start = _position;
        Expect(Keyword.With);
        var recursive = Accept(Keyword.Recursive);
        var tables = new ListBuilder<CommonTableExpression>();
        do
        {
            var tableStart = _position;
            var name = ParseIdentifier();
            var columns = ParseOptionalNameList();
            Expect(Keyword.As);
            bool? materialized = Accept(Keyword.Materialized) ? true : Accept(Keyword.Not, Keyword.Materialized) ? false : null;
            Expect(TokenKind.LeftParen, "'('");
            var query = Current.Keyword is Keyword.Insert or Keyword.Update or Keyword.Delete ? ParseStatementQuery() : ParseQuery();
            Expect(TokenKind.RightParen, "')'");
            tables.Add(new CommonTableExpression(name, columns, query) { Materialized = materialized, Span = SpanFrom(tableStart) });
        }
        while (Accept(TokenKind.Comma) && !At(Keyword.Select));
        return new WithClause(recursive, tables.ToList()) { Span = SpanFrom(start) };
    }

    private Query ParseStatementQuery()
    {
        var statement = ParseStatement();
        return new Query(new StatementQuery(statement) { Span = statement.Span }) { Span = statement.Span };
    }

    private Query ParseQueryTail(QueryExpression body, WithClause? with, int start)
    {
        // (SELECT …) in parentheses and nothing else is that query itself.
        var query = body is Query inner && with is null && !AtQueryTail() ? inner : ParseQueryClauses(body, with, start);
        return At(TokenKind.PipeArrow) ? ParsePipes(query, start) : query;
    }

    private bool AtQueryTail() => Current.Keyword is Keyword.Order or Keyword.Limit or Keyword.Offset or Keyword.Fetch or Keyword.For;

    private Query ParseQueryClauses(QueryExpression body, WithClause? with, int start)
    {
        var orderBy = ParseOptionalOrderBy();
        var (limit, offset, fetch) = (default(Expression), default(Expression), default(FetchClause));
        var unsupported = new ListBuilder<UnsupportedClause>();
        while (true)
        {
            if (At(Keyword.Limit) && limit is null)
                ParseLimit(ref limit, ref offset, ref unsupported);
            else if (At(Keyword.Offset) && offset is null)
                offset = ParseOffset();
            else if (At(Keyword.Fetch) && fetch is null)
                fetch = ParseFetch();
            else
                break;
        }

        while (At(Keyword.For) && Peek(1).Keyword is Keyword.Update or Keyword.Share or Keyword.No or Keyword.Key)
            SkipLock();
        return new Query(body)
        {
            With = with,
            OrderBy = orderBy,
            Limit = limit,
            Offset = offset,
            Fetch = fetch,
            Unsupported = unsupported.ToList(),
            Span = SpanFrom(start),
        };
    }

    private void ParseLimit(ref Expression? limit, ref Expression? offset, ref ListBuilder<UnsupportedClause> unsupported)
    {
        var start = _position;
        Expect(Keyword.Limit);
        if (Accept(Keyword.All))
            return;
        limit = ParseExpression();
        if (At(TokenKind.Comma) && offset is null)
        {
            _position++;
            (offset, limit) = (limit, ParseExpression());
        }

        if (Accept(Keyword.By))
        {
            do
            {
                ParseExpression();
            }
            while (Accept(TokenKind.Comma));
            unsupported.Add(new UnsupportedClause("LIMIT BY", TextFrom(start)) { Span = SpanFrom(start) });
            limit = null;
        }
    }

    private Expression ParseOffset()
    {
        Expect(Keyword.Offset);
        var offset = ParseExpression();
        if (!Accept(Keyword.Row))
            Accept(Keyword.Rows);
        return offset;
    }

    private FetchClause ParseFetch()
    {
        var start = _position;
        Expect(Keyword.Fetch);
        if (!Accept(Keyword.First) && !Accept(Keyword.Next))
            ThrowExpected("FIRST or NEXT");
        var count = Current.Keyword is Keyword.Row or Keyword.Rows ? null : ParseExpression();
        var percent = Accept(Keyword.Percent);
        if (!Accept(Keyword.Row) && !Accept(Keyword.Rows))
            ThrowExpected("ROW or ROWS");
        var ties = Accept(Keyword.With, Keyword.Ties);
        if (!ties)
            Expect(Keyword.Only);
        return new FetchClause(count, percent, ties) { Span = SpanFrom(start) };
    }

    /// <summary><c>FOR UPDATE</c> and its kin are ignored, as upstream does.</summary>
    private void SkipLock()
    {
        _position++;
        while (Current.Keyword is Keyword.Update or Keyword.Share or Keyword.No or Keyword.Key)
            _position++;
        if (Accept(Keyword.Of))
            ParseQualifiedName();
        if (AcceptWord("SKIP"))
        {
            if (!AcceptWord("LOCKED"))
                ThrowExpected("LOCKED");
        }
        else
        {
            AcceptWord("NOWAIT");
        }
    }

    /// <summary>Orders tokens by where they start.</summary>
    private sealed class TokenOrder : IComparer<Token>
    {
        public static TokenOrder Instance { get; } = new();

        public int Compare(Token x, Token y) => x.Start.CompareTo(y.Start);
    }
}
