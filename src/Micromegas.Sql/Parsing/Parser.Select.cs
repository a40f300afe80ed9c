using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>The select and its clauses: spec/sql.md §5.2.</summary>
internal sealed partial class Parser
{
    private SelectCore ParseSelect()
    {
        var start = _position;
        var unsupported = new ListBuilder<UnsupportedClause>();
        var from = Accept(Keyword.From) ? ParseTableList() : [];
        DistinctClause? distinct = null;
        SyntaxList<SelectItem> items;
        if (from.IsEmpty || At(Keyword.Select))
        {
            Expect(Keyword.Select);
            distinct = ParseDistinct();
            ParseTop(ref unsupported);
            items = ParseSelectItems();
            ParseInto(ref unsupported);
            if (from.IsEmpty && Accept(Keyword.From))
                from = ParseTableList();
        }
        else
        {
            items = [new SelectItem(new StarExpression(null), null)];
        }

        while (At(Keyword.Lateral, Keyword.View))
            ParseLateralView(ref unsupported);
        var where = Accept(Keyword.Where) ? ParseExpression() : null;
        var groupBy = At(Keyword.Group, Keyword.By) ? ParseGroupBy() : null;
        ParseSortClauses(ref unsupported);
        var having = Accept(Keyword.Having) ? ParseExpression() : null;
        var windows = At(Keyword.Window) ? ParseWindowClause() : [];
        var qualify = Accept(Keyword.Qualify) ? ParseExpression() : null;
        if (windows.IsEmpty && At(Keyword.Window))
            windows = ParseWindowClause();
        ParseSortClauses(ref unsupported);
        return new SelectCore(items)
        {
            Distinct = distinct,
            From = from,
            Where = where,
            GroupBy = groupBy,
            Having = having,
            Windows = windows,
            Qualify = qualify,
            Unsupported = unsupported.ToList(),
            Span = SpanFrom(start),
        };
    }

    private DistinctClause? ParseDistinct()
    {
        var start = _position;
        if (!Accept(Keyword.Distinct))
        {
            Accept(Keyword.All);
            return null;
        }

        var on = new ListBuilder<Expression>();
        if (Accept(Keyword.On))
        {
            Expect(TokenKind.LeftParen, "'('");
            do
            {
                on.Add(ParseExpression());
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParen, "',' or ')'");
        }

        return new DistinctClause(on.ToList()) { Span = SpanFrom(start) };
    }

    private SyntaxList<SelectItem> ParseSelectItems()
    {
        var items = new ListBuilder<SelectItem>();
        do
        {
            // A trailing comma is allowed (§5.2).
            if (items.Count > 0 && (AtEnd || At(TokenKind.RightParen) || At(TokenKind.Semicolon) || AtSelectEnd()))
                break;
            items.Add(ParseSelectItem());
        }
        while (Accept(TokenKind.Comma));
        return items.ToList();
    }

    private bool AtSelectEnd() => Current.Keyword is Keyword.From or Keyword.Where or Keyword.Having or Keyword.Union
        or Keyword.Intersect or Keyword.Except or Keyword.Limit or Keyword.Qualify or Keyword.Into
        || At(Keyword.Group, Keyword.By) || At(Keyword.Order, Keyword.By);

    private SelectItem ParseSelectItem()
    {
        var start = _position;
        if (AtStar())
            return new SelectItem(ParseStar(), null) { Span = SpanFrom(start) };
        var expression = ParseExpression();
        return new SelectItem(expression, ParseOptionalAlias()) { Span = SpanFrom(start) };
    }

    /// <summary>Whether <c>*</c> or <c>a.b.*</c> comes.</summary>
    private bool AtStar()
    {
        var i = 0;
        while (Peek(i).Kind is TokenKind.Word or TokenKind.QuotedName && Peek(i + 1).Kind == TokenKind.Dot)
            i += 2;
        return Peek(i).Kind == TokenKind.Star;
    }

    private StarExpression ParseStar()
    {
        var start = _position;
        var parts = new ListBuilder<Identifier>();
        while (!At(TokenKind.Star))
        {
            parts.Add(TakeIdentifier());
            Expect(TokenKind.Dot, "'.'");
        }

        var qualifier = parts.Count == 0 ? null : new QualifiedName(parts.ToList()) { Span = SpanFrom(start) };
        Expect(TokenKind.Star, "'*'");
        var pattern = Accept(Keyword.Ilike) ? ParseStringText("a pattern as a string") : null;
        var exclude = ParseStarExclusion();
        var replace = ParseStarReplacement();
        var rename = ParseStarRenaming();
        return new StarExpression(qualifier) { ILike = pattern, Exclude = exclude, Replace = replace, Rename = rename, Span = SpanFrom(start) };
    }

    private SyntaxList<Identifier> ParseStarExclusion()
    {
        if (Accept(Keyword.Exclude))
            return At(TokenKind.LeftParen) ? ParseNameList() : [ParseIdentifier("a column name")];

        // '* EXCEPT (SELECT …' is a set operation.
        if (!At(Keyword.Except, TokenKind.LeftParen) || Peek(2).Kind == TokenKind.LeftParen || IsQueryStart(Peek(2), Peek(3)))
            return [];
        _position++;
        return ParseNameList();
    }

    private SyntaxList<SelectItem> ParseStarReplacement()
    {
        if (!At(Keyword.Replace, TokenKind.LeftParen))
            return [];
        _position += 2;
        var items = new ListBuilder<SelectItem>();
        do
        {
            var start = _position;
            var expression = ParseExpression();
            Accept(Keyword.As);
            items.Add(new SelectItem(expression, ParseIdentifier("a column name")) { Span = SpanFrom(start) });
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen, "',' or ')'");
        return items.ToList();
    }

    private SyntaxList<RenamedColumn> ParseStarRenaming()
    {
        if (!Accept(Keyword.Rename))
            return [];
        var columns = new ListBuilder<RenamedColumn>();
        var parenthesized = Accept(TokenKind.LeftParen);
        do
        {
            var start = _position;
            var column = ParseIdentifier("a column name");
            Expect(Keyword.As);
            columns.Add(new RenamedColumn(column, ParseIdentifier("a column name")) { Span = SpanFrom(start) });
        }
        while (parenthesized && Accept(TokenKind.Comma));
        if (parenthesized)
            Expect(TokenKind.RightParen, "',' or ')'");
        return columns.ToList();
    }

    private void ParseTop(ref ListBuilder<UnsupportedClause> unsupported)
    {
        if (!At(Keyword.Top) || Peek(1).Kind is not (TokenKind.Number or TokenKind.LeftParen))
            return;
        var start = _position++;
        ParsePrefix();
        Accept(Keyword.Percent);
        Accept(Keyword.With, Keyword.Ties);
        unsupported.Add(new UnsupportedClause("TOP", TextFrom(start)) { Span = SpanFrom(start) });
    }

    private void ParseInto(ref ListBuilder<UnsupportedClause> unsupported)
    {
        if (!At(Keyword.Into))
            return;
        var start = _position++;
        ParseQualifiedName("a table name");
        unsupported.Add(new UnsupportedClause("INTO", TextFrom(start)) { Span = SpanFrom(start) });
    }

    private void ParseLateralView(ref ListBuilder<UnsupportedClause> unsupported)
    {
        var start = _position;
        _position += 2;
        Accept(Keyword.Outer);
        ParseExpression();
        if (AtName && !ReservedWords.AsTableAlias(Current.Keyword))
            ParseIdentifier();
        if (Accept(Keyword.As))
        {
            do
            {
                ParseIdentifier();
            }
            while (Accept(TokenKind.Comma));
        }

        unsupported.Add(new UnsupportedClause("LATERAL VIEW", TextFrom(start)) { Span = SpanFrom(start) });
    }

    private void ParseSortClauses(ref ListBuilder<UnsupportedClause> unsupported)
    {
        while (Current.Keyword is Keyword.Sort or Keyword.Cluster or Keyword.Distribute && Peek(1).Keyword == Keyword.By)
        {
            var start = _position;
            var name = $"{TakeUpper()} {TakeUpper()}";
            ParseOrderByItems();
            unsupported.Add(new UnsupportedClause(name, TextFrom(start)) { Span = SpanFrom(start) });
        }
    }
}
