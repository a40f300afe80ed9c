using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>Pipe operators (spec/sql.md §5.2). Each is rewritten into a select around the query before it, so nobody else need know them.</summary>
internal sealed partial class Parser
{
    private Query ParsePipes(Query query, int start)
    {
        var with = query.With;
        query = query with { With = null };
        for (var pipes = 0; Accept(TokenKind.PipeArrow); pipes++)
        {
            if (pipes == MaximumNesting)
                Throw.Syntax(_text, Current.Start, $"Nested too deeply (more than {MaximumNesting} pipe operators)");
            query = ParsePipe(query, start);
            query.Locate(SpanFrom(start));
        }

        return query with { With = with };
    }

    private Query ParsePipe(Query query, int start)
    {
        switch (Current.Keyword)
        {
            case Keyword.Where:
                _position++;
                return PipeWhere(query, ParseExpression());
            case Keyword.Select:
                _position++;
                var distinct = ParseDistinct();
                return Wrap(new SelectCore(ParseSelectItems()) { Distinct = distinct, From = Source(query) });
            case Keyword.Extend:
                _position++;
                return Wrap(new SelectCore([Star(), .. ParseSelectItems()]) { From = Source(query) });
            case Keyword.Set:
                _position++;
                return Wrap(new SelectCore([Star(replace: ParsePipeAssignments())]) { From = Source(query) });
            case Keyword.Drop:
                _position++;
                return Wrap(new SelectCore([Star(exclude: ParsePipeNames())]) { From = Source(query) });
            case Keyword.Rename:
                _position++;
                return Wrap(new SelectCore([Star(rename: ParsePipeRenames())]) { From = Source(query) });
            case Keyword.As:
                _position++;
                return Wrap(new SelectCore([Star()]) { From = [new DerivedTable(query, new TableAlias(ParseIdentifier("an alias"), []))] });
            case Keyword.Distinct:
                _position++;
                return Wrap(new SelectCore([Star()]) { Distinct = new DistinctClause([]), From = Source(query) });
            case Keyword.Order:
                Expect(Keyword.Order, Keyword.By);
                return PipeTarget(query, query.OrderBy.IsEmpty) with { OrderBy = ParseOrderByItems() };
            case Keyword.Limit:
                _position++;
                var target = PipeTarget(query, true);
                return target with { Limit = ParseExpression(), Offset = Accept(Keyword.Offset) ? ParseExpression() : null };
            case Keyword.Aggregate:
                _position++;
                return PipeAggregate(query);
            case Keyword.Union or Keyword.Except or Keyword.Intersect:
                return PipeSetOperation(query);
            default:
                return PipeJoin(query, start);
        }
    }

    private static Query Wrap(QueryExpression body) => new(body);

    private static SelectItem Star(
        SyntaxList<SelectItem>? replace = null, SyntaxList<Identifier>? exclude = null, SyntaxList<RenamedColumn>? rename = null) =>
        new(new StarExpression(null) { Replace = replace ?? [], Exclude = exclude ?? [], Rename = rename ?? [] }, null);

    /// <summary>What to select from: the tables of <c>FROM t</c> themselves, so that their aliases stay in scope, else the query.</summary>
    private static SyntaxList<TableReference> Source(Query query) =>
        IsBare(query) && PlainSelect(query) is { Where: null } select ? select.From : [new DerivedTable(query, null)];

    /// <summary>The body if it is <c>SELECT * FROM … [WHERE …]</c>.</summary>
    private static SelectCore? PlainSelect(Query query) =>
        query.Body is SelectCore
        {
            Items:
            [
                {
                    Expression: StarExpression
                    {
                        Qualifier: null, Exclude.IsEmpty: true, Replace.IsEmpty: true, Rename.IsEmpty: true, ILike: null,
                    },
                },
            ],
            Distinct: null, GroupBy: null, Having: null, Windows.IsEmpty: true, Qualify: null, Unsupported.IsEmpty: true, From.IsEmpty: false,
        } select
            ? select
            : null;

    private static Query PipeWhere(Query query, Expression condition)
    {
        if (!IsBare(query) || PlainSelect(query) is not { } select)
            return Wrap(new SelectCore([Star()]) { From = [new DerivedTable(query, null)], Where = condition });
        var where = select.Where is null ? condition : new BinaryExpression(select.Where, BinaryOperator.And, condition);
        return Wrap(select with { Where = where });
    }

    /// <summary>The query to which ORDER BY or LIMIT may be added: itself while it has no limit, else a select around it.</summary>
    private static Query PipeTarget(Query query, bool free) =>
        free && query is { Limit: null, Offset: null, Fetch: null, Unsupported.IsEmpty: true }
            ? query
            : Wrap(new SelectCore([Star()]) { From = [new DerivedTable(query, null)] });

    private Query PipeAggregate(Query query)
    {
        SyntaxList<SelectItem> items = At(Keyword.Group, Keyword.By) ? [] : ParseSelectItems();
        if (!Accept(Keyword.Group, Keyword.By))
            return Wrap(new SelectCore(items) { From = Source(query) });
        var keys = ParseSelectItems();
        var groups = new ListBuilder<GroupByItem>();
        foreach (var key in keys)
            groups.Add(new GroupByExpression(key.Expression) { Span = key.Expression.Span });
        return Wrap(new SelectCore([.. keys, .. items]) { From = Source(query), GroupBy = new GroupByClause(groups.ToList(), false) });
    }

    private Query PipeSetOperation(Query query)
    {
        var op = At(Keyword.Union) ? SetOperator.Union : At(Keyword.Except) ? SetOperator.Except : SetOperator.Intersect;
        _position++;
        var (all, byName) = ParseSetQuantifier();
        QueryExpression body = Simplify(query);
        do
        {
            Expect(TokenKind.LeftParen, "'('");
            var right = ParseQuery();
            Expect(TokenKind.RightParen, "')'");
            body = new SetOperation(body, op, all, byName, Simplify(right));
        }
        while (Accept(TokenKind.Comma));
        return Wrap(body);
    }

    private Query PipeJoin(Query query, int start)
    {
        var source = Source(query);
        var left = source.Count == 1 ? source[0] : new DerivedTable(query, null);
        if (left is DerivedTable { Alias: null } derived && Accept(Keyword.As))
            left = derived with { Alias = new TableAlias(ParseIdentifier("an alias"), []) };
        var joined = ParseJoins(left, start);
        if (ReferenceEquals(joined, left))
            ThrowExpected("a pipe operator");
        return Wrap(new SelectCore([Star()]) { From = [joined] });
    }

    private SyntaxList<SelectItem> ParsePipeAssignments()
    {
        var items = new ListBuilder<SelectItem>();
        do
        {
            var name = ParseIdentifier("a column name");
            Expect(TokenKind.Equal, "'='");
            items.Add(new SelectItem(ParseExpression(), name));
        }
        while (Accept(TokenKind.Comma));
        return items.ToList();
    }

    private SyntaxList<Identifier> ParsePipeNames()
    {
        var names = new ListBuilder<Identifier>();
        do
        {
            names.Add(ParseIdentifier("a column name"));
        }
        while (Accept(TokenKind.Comma));
        return names.ToList();
    }

    private SyntaxList<RenamedColumn> ParsePipeRenames()
    {
        var columns = new ListBuilder<RenamedColumn>();
        do
        {
            var column = ParseIdentifier("a column name");
            Accept(Keyword.As);
            columns.Add(new RenamedColumn(column, ParseIdentifier("a column name")));
        }
        while (Accept(TokenKind.Comma));
        return columns.ToList();
    }
}
