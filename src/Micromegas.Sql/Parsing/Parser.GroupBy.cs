using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>GROUP BY: spec/sql.md §5.2.</summary>
internal sealed partial class Parser
{
    private GroupByClause ParseGroupBy()
    {
        var start = _position;
        Expect(Keyword.Group, Keyword.By);
        if (Accept(Keyword.All))
            return new GroupByClause([], true) { Span = SpanFrom(start) };
        return new GroupByClause(ParseGroupByItems(), false) { Span = SpanFrom(start) };
    }

    private SyntaxList<GroupByItem> ParseGroupByItems()
    {
        var items = new ListBuilder<GroupByItem>();
        do
        {
            items.Add(ParseGroupByItem());
        }
        while (Accept(TokenKind.Comma));
        return items.ToList();
    }

    private GroupByItem ParseGroupByItem()
    {
        var start = _position;
        if (At(Keyword.Rollup, TokenKind.LeftParen))
            return ParseGroupingElement(GroupingKind.Rollup, 1);
        if (At(Keyword.Cube, TokenKind.LeftParen))
            return ParseGroupingElement(GroupingKind.Cube, 1);
        if (At(Keyword.Grouping, Keyword.Sets) && Peek(2).Kind == TokenKind.LeftParen)
            return ParseGroupingElement(GroupingKind.GroupingSets, 2);
        if (At(TokenKind.LeftParen) && Peek(1).Kind == TokenKind.RightParen)
        {
            _position += 2;
            return new GroupingElement(GroupingKind.Set, []) { Span = SpanFrom(start) };
        }

        var expression = ParseExpression();
        if (expression is not RowExpression { Explicit: false } row)
            return new GroupByExpression(expression) { Span = SpanFrom(start) };
        var keys = new ListBuilder<GroupByItem>();
        foreach (var element in row.Elements)
            keys.Add(new GroupByExpression(element) { Span = element.Span });
        return new GroupingElement(GroupingKind.Set, keys.ToList()) { Span = row.Span };
    }

    private GroupingElement ParseGroupingElement(GroupingKind kind, int words)
    {
        Enter();
        var start = _position;
        _position += words;
        Expect(TokenKind.LeftParen, "'('");
        var items = At(TokenKind.RightParen) ? [] : ParseGroupByItems();
        Expect(TokenKind.RightParen, "',' or ')'");
        Leave();
        return new GroupingElement(kind, items) { Span = SpanFrom(start) };
    }
}
