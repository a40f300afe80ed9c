using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>FROM: spec/sql.md §5.2.</summary>
internal sealed partial class Parser
{
    private SyntaxList<TableReference> ParseTableList()
    {
        var tables = new ListBuilder<TableReference>();
        do
        {
            tables.Add(ParseTableReference());
        }
        while (Accept(TokenKind.Comma));
        return tables.ToList();
    }

    private TableReference ParseTableReference()
    {
        var start = _position;
        return ParseJoins(ParseTableFactor(), start);
    }

    private TableReference ParseJoins(TableReference left, int start)
    {
        for (var joins = 0; ParseJoinKind(out var kind, out var natural); joins++)
        {
            if (joins == MaximumJoins)
                Throw.Syntax(_text, Current.Start, $"More than {MaximumJoins} joins in one FROM item");
            var right = ParseTableFactor();
            var unconditional = kind is JoinKind.Cross or JoinKind.CrossApply or JoinKind.OuterApply;
            var condition = natural ? new JoinNatural() : unconditional ? null : ParseJoinCondition();
            left = new JoinedTable(left, kind, right, condition) { Span = SpanFrom(start) };
        }

        return left;
    }

    private bool ParseJoinKind(out JoinKind kind, out bool natural)
    {
        natural = Accept(Keyword.Natural);
        switch (Current.Keyword)
        {
            case Keyword.Join:
                kind = JoinKind.Inner;
                break;
            case Keyword.Inner:
                _position++;
                kind = JoinKind.Inner;
                break;
            case Keyword.Cross when !natural:
                _position++;
                kind = At(Keyword.Apply) ? JoinKind.CrossApply : JoinKind.Cross;
                break;
            case Keyword.Outer when Peek(1).Keyword == Keyword.Apply:
                _position++;
                kind = JoinKind.OuterApply;
                break;
            case Keyword.Left:
                _position++;
                kind = Accept(Keyword.Semi) ? JoinKind.LeftSemi : Accept(Keyword.Anti) ? JoinKind.LeftAnti : JoinKind.Left;
                break;
            case Keyword.Right:
                _position++;
                kind = Accept(Keyword.Semi) ? JoinKind.RightSemi : Accept(Keyword.Anti) ? JoinKind.RightAnti : JoinKind.Right;
                break;
            case Keyword.Full:
                _position++;
                kind = JoinKind.Full;
                break;
            case Keyword.Semi:
                _position++;
                kind = JoinKind.LeftSemi;
                break;
            case Keyword.Anti:
                _position++;
                kind = JoinKind.LeftAnti;
                break;
            case Keyword.Asof:
                _position++;
                kind = JoinKind.AsOf;
                Accept(Keyword.Left);
                break;
            default:
                kind = default;
                if (natural)
                    ThrowExpected("a join");
                return false;
        }

        if (kind is JoinKind.CrossApply or JoinKind.OuterApply)
        {
            Expect(Keyword.Apply);
            return true;
        }

        if (kind is JoinKind.Left or JoinKind.Right or JoinKind.Full)
            Accept(Keyword.Outer);
        Expect(Keyword.Join);
        return true;
    }

    private JoinCondition? ParseJoinCondition()
    {
        var start = _position;
        if (Accept(Keyword.On))
        {
            var condition = ParseExpression();
            return new JoinOn(condition) { Span = SpanFrom(start) };
        }

        if (!Accept(Keyword.Using))
            return null;
        var columns = ParseNameList();
        return new JoinUsing(columns) { Span = SpanFrom(start) };
    }

    private TableReference ParseTableFactor()
    {
        Enter();
        var start = _position;
        var table = ParseTablePrimary();
        if (table.Span == default)
            table.Locate(SpanFrom(start));
        table = ParseTableSuffixes(table, start);
        Leave();
        return table;
    }

    private TableReference ParseTablePrimary()
    {
        var lateral = Accept(Keyword.Lateral);
        if (At(TokenKind.LeftParen))
            return ParseParenthesizedTable(lateral);
        if (At(Keyword.Values, TokenKind.LeftParen))
        {
            var values = ParseValues();
            return new DerivedTable(new Query(values) { Span = values.Span }, ParseTableAlias()) { Lateral = lateral };
        }

        if (At(Keyword.Unnest, TokenKind.LeftParen))
            return ParseUnnest(lateral);
        if (At(Keyword.Table, TokenKind.LeftParen))
            return ParseTableOfFunction(lateral);
        var name = ParseTableName();
        if (At(TokenKind.LeftParen))
            return ParseTableFunction(name, lateral);
        if (lateral)
            ThrowExpected("'('");
        return new NamedTable(name, ParseTableAlias());
    }

    private TableFunctionCall ParseTableFunction(QualifiedName name, bool lateral)
    {
        Expect(TokenKind.LeftParen, "'('");
        var arguments = ParseArguments();
        Expect(TokenKind.RightParen, "',' or ')'");
        var ordinality = Accept(Keyword.With, Keyword.Ordinality);
        return new TableFunctionCall(name, arguments, ParseTableAlias()) { Lateral = lateral, WithOrdinality = ordinality };
    }

    /// <summary><c>TABLE(f(…))</c> is <c>f(…)</c>.</summary>
    private TableFunctionCall ParseTableOfFunction(bool lateral)
    {
        _position += 2;
        var call = ParseTableFunction(ParseTableName(), lateral);
        Expect(TokenKind.RightParen, "')'");
        return call.Alias is null ? call with { Alias = ParseTableAlias() } : call;
    }

    private UnnestTable ParseUnnest(bool lateral)
    {
        Expect(Keyword.Unnest);
        Expect(TokenKind.LeftParen, "'('");
        var expressions = new ListBuilder<Expression>();
        do
        {
            expressions.Add(ParseExpression());
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen, "',' or ')'");
        var ordinality = Accept(Keyword.With, Keyword.Ordinality);
        var alias = ParseTableAlias();
        var offset = Accept(Keyword.With, Keyword.Offset);
        var offsetAlias = offset && Accept(Keyword.As) ? ParseIdentifier("an alias") : null;
        return new UnnestTable(expressions.ToList(), alias)
        {
            Lateral = lateral,
            WithOrdinality = ordinality,
            WithOffset = offset,
            OffsetAlias = offsetAlias,
        };
    }

    /// <summary>A derived table, or tables and joins in parentheses. Inner parentheses are read as a table and made a query if one goes on.</summary>
    private TableReference ParseParenthesizedTable(bool lateral)
    {
        Expect(TokenKind.LeftParen, "'('");
        if (AtQueryStart())
        {
            var query = ParseQuery();
            Expect(TokenKind.RightParen, "')'");
            return new DerivedTable(query, ParseTableAlias()) { Lateral = lateral };
        }

        var start = _position;
        var first = ParseTableFactor();
        if (first is DerivedTable { Alias: null, Lateral: false } derived)
        {
            var query = AtQueryContinuation() || At(TokenKind.PipeArrow) ? ContinueQuery(derived.Query, derived.Span) : derived.Query;
            if (Accept(TokenKind.RightParen))
                return new DerivedTable(query, ParseTableAlias()) { Lateral = lateral };
        }

        var inner = ParseJoins(first, start);
        Expect(TokenKind.RightParen, "a join or ')'");
        if (lateral)
            Throw.Syntax(_text, _tokens[start].Start, "Expected a query or table function behind LATERAL");
        return new ParenthesizedTable(inner, ParseTableAlias());
    }

    private TableAlias? ParseTableAlias()
    {
        var start = _position;
        Identifier name;
        if (Accept(Keyword.As))
            name = At(TokenKind.String) ? TakeIdentifier() : ParseIdentifier("an alias");
        else if (At(TokenKind.QuotedName) || (At(TokenKind.Word) && !ReservedWords.AsTableAlias(Current.Keyword)))
            name = TakeIdentifier();
        else
            return null;
        var columns = ParseOptionalNameList();
        return new TableAlias(name, columns) { Span = SpanFrom(start) };
    }

    /// <summary>TABLESAMPLE, PIVOT and the like: known, so that they are refused by name.</summary>
    private TableReference ParseTableSuffixes(TableReference table, int start)
    {
        for (var suffixes = 0; suffixes < MaximumNesting; suffixes++)
        {
            var suffix = _position;
            switch (Current.Keyword)
            {
                case Keyword.Tablesample:
                    _position++;
                    if (AtName)
                        _position++;
                    SkipParentheses();
                    if (Accept(Keyword.Repeatable))
                        SkipParentheses();
                    break;
                case Keyword.Pivot or Keyword.Unpivot or Keyword.MatchRecognize when Peek(1).Kind == TokenKind.LeftParen:
                    _position++;
                    SkipParentheses();
                    ParseTableAlias();
                    break;
                default:
                    return table;
            }

            var name = TextOf(_tokens[suffix]).ToString().ToUpperInvariant();
            var clause = new UnsupportedClause(name, TextFrom(suffix)) { Span = SpanFrom(suffix) };
            table = new UnsupportedTable(table, clause) { Span = SpanFrom(start) };
        }

        return table;
    }

    /// <summary>Skips from an opening parenthesis behind the matching closing one.</summary>
    private void SkipParentheses()
    {
        if (!At(TokenKind.LeftParen))
            ThrowExpected("'('");
        var depth = 0;
        do
        {
            if (AtEnd)
                ThrowExpected("')'");
            depth += At(TokenKind.LeftParen) ? 1 : At(TokenKind.RightParen) ? -1 : 0;
            _position++;
        }
        while (depth > 0);
    }
}
