using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>ORDER BY and windows: spec/sql.md §5.9, §5.10.</summary>
internal sealed partial class Parser
{
    private SyntaxList<OrderByItem> ParseOrderByItems()
    {
        var items = new ListBuilder<OrderByItem>();
        do
        {
            items.Add(ParseOrderByItem(items.Count == 0));
        }
        while (Accept(TokenKind.Comma));
        return items.ToList();
    }

    private OrderByItem ParseOrderByItem(bool mayBeAll)
    {
        var start = _position;
        Expression key;
        if (mayBeAll && Accept(Keyword.All))
            key = new AllColumnsExpression { Span = SpanFrom(start) };
        else
            key = ParseExpression();

        var direction = Accept(Keyword.Asc) ? SortDirection.Ascending : Accept(Keyword.Desc) ? SortDirection.Descending : SortDirection.Default;
        var nulls = Accept(Keyword.Nulls, Keyword.First) ? NullOrder.First : Accept(Keyword.Nulls, Keyword.Last) ? NullOrder.Last : NullOrder.Default;
        return new OrderByItem(key, direction, nulls) { Span = SpanFrom(start) };
    }

    private Window? ParseOver()
    {
        if (!At(Keyword.Over) || Peek(1).Kind is not (TokenKind.LeftParen or TokenKind.Word or TokenKind.QuotedName))
            return null;
        _position++;
        return ParseWindow();
    }

    private Window ParseWindow()
    {
        if (At(TokenKind.LeftParen))
            return ParseWindowSpecification();
        var name = ParseIdentifier("a window name");
        return new WindowName(name) { Span = name.Span };
    }

    private WindowSpecification ParseWindowSpecification()
    {
        Enter();
        var start = _position;
        Expect(TokenKind.LeftParen, "'('");
        var startsClause = Current.Keyword is Keyword.Partition or Keyword.Order or Keyword.Rows or Keyword.Range or Keyword.Groups;
        var baseWindow = AtName && !startsClause ? TakeIdentifier() : null;
        var partitionBy = new ListBuilder<Expression>();
        if (Accept(Keyword.Partition))
        {
            Expect(Keyword.By);
            do
            {
                partitionBy.Add(ParseExpression());
            }
            while (Accept(TokenKind.Comma));
        }

        var orderBy = ParseOptionalOrderBy();
        var frame = ParseFrame();
        Expect(TokenKind.RightParen, "a window clause or ')'");
        Leave();
        return new WindowSpecification(baseWindow, partitionBy.ToList(), orderBy, frame) { Span = SpanFrom(start) };
    }

    private WindowFrame? ParseFrame()
    {
        var start = _position;
        FrameUnits units;
        if (Accept(Keyword.Rows))
            units = FrameUnits.Rows;
        else if (Accept(Keyword.Range))
            units = FrameUnits.Range;
        else if (Accept(Keyword.Groups))
            units = FrameUnits.Groups;
        else
            return null;
        FrameBound? end = null;
        FrameBound first;
        if (Accept(Keyword.Between))
        {
            first = ParseFrameBound();
            Expect(Keyword.And);
            end = ParseFrameBound();
        }
        else
        {
            first = ParseFrameBound();
        }

        return new WindowFrame(units, first, end, ParseExclusion()) { Span = SpanFrom(start) };
    }

    private FrameBound ParseFrameBound()
    {
        var start = _position;
        if (Accept(Keyword.Current, Keyword.Row))
            return new FrameBound(FrameBoundKind.CurrentRow, null) { Span = SpanFrom(start) };
        var offset = Accept(Keyword.Unbounded) ? null : ParseExpression(Precedence.Not);
        if (offset is StringLiteral amount && ParseIntervalUnit() is { } unit)
        {
            // '1' DAY PRECEDING: an interval without its keyword.
            offset = new IntervalLiteral(amount, unit) { Span = SpanFrom(start) };
        }
        FrameBoundKind kind;
        if (Accept(Keyword.Preceding))
            kind = offset is null ? FrameBoundKind.UnboundedPreceding : FrameBoundKind.Preceding;
        else if (Accept(Keyword.Following))
            kind = offset is null ? FrameBoundKind.UnboundedFollowing : FrameBoundKind.Following;
        else
            throw ErrorExpected("PRECEDING or FOLLOWING");
        return new FrameBound(kind, offset) { Span = SpanFrom(start) };
    }

    private FrameExclusion ParseExclusion()
    {
        if (!Accept(Keyword.Exclude))
            return FrameExclusion.None;
        if (Accept(Keyword.Current, Keyword.Row))
            return FrameExclusion.CurrentRow;
        if (Accept(Keyword.Group))
            return FrameExclusion.Group;
        if (Accept(Keyword.Ties))
            return FrameExclusion.Ties;
        if (Accept(Keyword.No, Keyword.Others))
            return FrameExclusion.None;
        throw ErrorExpected("CURRENT ROW, GROUP, TIES or NO OTHERS");
    }

    private SyntaxList<WindowDefinition> ParseWindowClause()
    {
        Expect(Keyword.Window);
        var windows = new ListBuilder<WindowDefinition>();
        do
        {
            var start = _position;
            var name = ParseIdentifier("a window name");
            Expect(Keyword.As);
            windows.Add(new WindowDefinition(name, ParseWindow()) { Span = SpanFrom(start) });
        }
        while (Accept(TokenKind.Comma));
        return windows.ToList();
    }
}
