using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>SHOW, SET and transactions: spec/sql.md §5.1.</summary>
internal sealed partial class Parser
{
    private Statement ParseShow()
    {
        Expect(Keyword.Show);
        if (Accept(Keyword.Create))
        {
            if (!At(TokenKind.Word))
                ThrowExpected("TABLE or VIEW");
            return new ShowCreateStatement(TakeUpper(), ParseTableName());
        }

        var start = _position;
        var extended = Accept(Keyword.Extended);
        var full = Accept(Keyword.Full);
        ShowKind? kind = Current.Keyword switch
        {
            Keyword.Tables => ShowKind.Tables,
            Keyword.Views => ShowKind.Views,
            Keyword.Columns => ShowKind.Columns,
            Keyword.Functions => ShowKind.Functions,
            Keyword.Schemas => ShowKind.Schemas,
            Keyword.Databases => ShowKind.Databases,
            Keyword.Catalogs => ShowKind.Catalogs,
            _ => null,
        };
        if (kind is not null)
            return ParseShowObjects(kind.Value, extended, full);
        _position = start;
        return ParseShowVariable();
    }

    private ShowObjectsStatement ParseShowObjects(ShowKind kind, bool extended, bool full)
    {
        _position++;
        QualifiedName? from = null;
        if (Accept(Keyword.From) || Accept(Keyword.In))
            from = ParseTableName();
        else if (kind == ShowKind.Columns)
            ThrowExpected("FROM or IN");
        return new ShowObjectsStatement(kind) { Extended = extended, Full = full, From = from, Filter = ParseShowFilter() };
    }

    private ShowFilter? ParseShowFilter()
    {
        var start = _position;
        if (Accept(Keyword.Where))
        {
            var condition = ParseExpression();
            return new ShowFilter(null, false, condition) { Span = SpanFrom(start) };
        }

        var insensitive = At(Keyword.Ilike);
        if (insensitive || At(Keyword.Like))
            _position++;
        else if (!At(TokenKind.String))
            return null;
        var pattern = ParseStringText("a pattern as a string");
        return new ShowFilter(pattern, insensitive, null) { Span = SpanFrom(start) };
    }

    private ShowVariableStatement ParseShowVariable()
    {
        if (Accept(Keyword.Time, Keyword.Zone))
            return new ShowVariableStatement("timezone", Accept(Keyword.Verbose));
        var name = ParseDottedName("what to show");
        var verbose = false;
        while (!verbose && AtName)
        {
            verbose = At(Keyword.Verbose) && Peek(1).Kind is TokenKind.End or TokenKind.Semicolon;
            if (verbose)
                _position++;
            else
                name += "." + ParseDottedName("the name of a setting");
        }

        return new ShowVariableStatement(name, verbose);
    }

    private string ParseSettingName()
    {
        if (Accept(Keyword.Time, Keyword.Zone))
            return "timezone";
        return ParseDottedName("the name of a setting");
    }

    private Statement ParseSet()
    {
        Expect(Keyword.Set);
        if (Accept(Keyword.Session, Keyword.Characteristics))
        {
            Expect(Keyword.As);
            Expect(Keyword.Transaction);
            return new SetTransactionStatement(ParseTransactionModes());
        }

        if (At(Keyword.Transaction) && Peek(1).Kind == TokenKind.Word && Peek(1).Keyword != Keyword.To)
        {
            _position++;
            return new SetTransactionStatement(ParseTransactionModes());
        }

        var scope = SetScope.Default;
        if (Peek(1).Kind is TokenKind.Word or TokenKind.QuotedName && Peek(1).Keyword != Keyword.To)
        {
            if (Accept(Keyword.Session))
                scope = SetScope.Session;
            else if (Accept(Keyword.Local))
                scope = SetScope.Local;
            else if (Accept(Keyword.Global))
                scope = SetScope.Global;
        }

        if (Accept(Keyword.Time, Keyword.Zone))
        {
            AcceptAssignment();
            return new SetStatement("timezone", ParseSettingValues(), scope);
        }

        var name = ParseDottedName("the name of a setting");
        if (!AcceptAssignment() && name is not ("names" or "role"))
            ThrowExpected("'=' or TO");
        return new SetStatement(name, ParseSettingValues(), scope);
    }

    private bool AcceptAssignment() => Accept(TokenKind.Equal) || Accept(TokenKind.Assign) || Accept(Keyword.To);

    private SyntaxList<Expression> ParseSettingValues()
    {
        var values = new ListBuilder<Expression>();
        do
        {
            values.Add(ParseSettingValue());
        }
        while (Accept(TokenKind.Comma));
        return values.ToList();
    }

    /// <summary>A value of a setting or option. A bare word, reserved or not, is a name: <c>on</c>, <c>utc</c>, <c>parquet</c>.</summary>
    private Expression ParseSettingValue()
    {
        var start = _position;
        var single = Peek(1).Kind is TokenKind.End or TokenKind.Semicolon or TokenKind.Comma or TokenKind.RightParen;
        if (!single || !AtName || Current.Keyword is Keyword.True or Keyword.False or Keyword.Null)
            return ParseExpression();
        if (Accept(Keyword.Default))
            return new DefaultValueExpression { Span = SpanFrom(start) };
        var word = TakeIdentifier();
        return new ColumnReference([word]) { Span = word.Span };
    }

    /// <summary><c>(name = value, 'key' 'value', FLAG, …)</c>.</summary>
    private SyntaxList<SqlOption> ParseOptions()
    {
        Expect(TokenKind.LeftParen, "'('");
        var options = new ListBuilder<SqlOption>();
        while (!At(TokenKind.RightParen))
        {
            var start = _position;
            var name = TakeString() ?? ParseDottedName("the name of an option");
            Accept(TokenKind.Equal);
            var value = At(TokenKind.Comma) || At(TokenKind.RightParen) ? null : ParseSettingValue();
            options.Add(new SqlOption(name, value) { Span = SpanFrom(start) });
            if (!Accept(TokenKind.Comma))
                break;
        }

        Expect(TokenKind.RightParen, "',' or ')'");
        return options.ToList();
    }

    private TransactionStatement ParseTransaction()
    {
        var command = Current.Keyword;
        _position++;
        switch (command)
        {
            case Keyword.Savepoint:
                return new TransactionStatement(TransactionCommand.Savepoint, ParseIdentifier("the name of a savepoint"), []);
            case Keyword.Release:
                Accept(Keyword.Savepoint);
                return new TransactionStatement(TransactionCommand.Release, ParseIdentifier("the name of a savepoint"), []);
            case Keyword.Begin or Keyword.Start:
                if (command == Keyword.Start)
                    Expect(Keyword.Transaction);
                else if (Current.Keyword is Keyword.Transaction or Keyword.Work)
                    _position++;
                return new TransactionStatement(TransactionCommand.Begin, null, ParseTransactionModes());
        }

        if (Current.Keyword is Keyword.Transaction or Keyword.Work)
            _position++;
        if (command is Keyword.Rollback or Keyword.Abort && Accept(Keyword.To))
        {
            Accept(Keyword.Savepoint);
            return new TransactionStatement(TransactionCommand.RollbackTo, ParseIdentifier("the name of a savepoint"), []);
        }

        if (Accept(Keyword.And))
        {
            Accept(Keyword.No);
            Expect(Keyword.Chain);
        }

        var undo = command is Keyword.Rollback or Keyword.Abort;
        return new TransactionStatement(undo ? TransactionCommand.Rollback : TransactionCommand.Commit, null, []);
    }

    private SyntaxList<string> ParseTransactionModes()
    {
        var modes = new ListBuilder<string>();
        while (At(TokenKind.Word))
        {
            modes.Add(ParseTransactionMode());
            Accept(TokenKind.Comma);
        }

        return modes.ToList();
    }

    private string ParseTransactionMode()
    {
        if (AcceptWord("ISOLATION"))
        {
            Expect(Keyword.Level);
            if (AcceptWord("SERIALIZABLE"))
                return "ISOLATION LEVEL SERIALIZABLE";
            if (AcceptWord("SNAPSHOT"))
                return "ISOLATION LEVEL SNAPSHOT";
            if (AcceptWord("REPEATABLE") && Accept(Keyword.Read))
                return "ISOLATION LEVEL REPEATABLE READ";
            if (Accept(Keyword.Read))
            {
                if (AcceptWord("COMMITTED"))
                    return "ISOLATION LEVEL READ COMMITTED";
                if (AcceptWord("UNCOMMITTED"))
                    return "ISOLATION LEVEL READ UNCOMMITTED";
            }

            throw ErrorExpected("an isolation level");
        }

        if (Accept(Keyword.Read))
        {
            if (Accept(Keyword.Only))
                return "READ ONLY";
            Expect(Keyword.Write);
            return "READ WRITE";
        }

        if (Accept(Keyword.Not, Keyword.Deferrable))
            return "NOT DEFERRABLE";
        if (Accept(Keyword.Deferrable))
            return "DEFERRABLE";
        throw ErrorExpected("a transaction mode");
    }
}
