using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>CREATE, DROP, REFRESH: spec/sql.md §5.1.</summary>
internal sealed partial class Parser
{
    private Statement ParseCreate()
    {
        var start = _position;
        Expect(Keyword.Create);
        var orReplace = Accept(Keyword.Or, Keyword.Replace);
        if (At(Keyword.External, Keyword.Table) || (AtWord("UNBOUNDED") && Peek(1).Keyword == Keyword.External))
            return ParseCreateExternalTable(orReplace, false);
        if (Peek(1).Keyword != Keyword.Temp && (At(Keyword.Global) || At(Keyword.Local)))
            _position++;
        var temporary = Accept(Keyword.Temp) || Accept(Keyword.Temporary);
        switch (Current.Keyword)
        {
            case Keyword.Table:
                return ParseCreateTable(orReplace, temporary);
            case Keyword.View:
                return ParseCreateView(orReplace, temporary, false);
            case Keyword.Materialized when Peek(1).Keyword == Keyword.View:
                _position++;
                return ParseCreateView(orReplace, temporary, true);
            case Keyword.External:
                return ParseCreateExternalTable(orReplace, temporary);
            case Keyword.Schema:
                _position++;
                return ParseCreateSchema();
            case Keyword.Database:
                _position++;
                var missing = ParseIfNotExists();
                return new CreateSchemaStatement(ParseQualifiedName("a database name"), true, missing);
            case Keyword.Function when !AtEnd:
                return ParseCreateFunction(orReplace, temporary);
            case Keyword.Index:
                return ParseCreateIndex(false);
            case Keyword.Unique when Peek(1).Keyword == Keyword.Index:
                _position++;
                return ParseCreateIndex(true);
        }

        if (!At(TokenKind.Word))
            ThrowExpected("TABLE, VIEW, SCHEMA or another kind of object");
        var kind = TextOf(Current).ToString().ToUpperInvariant();
        _position = start;
        return SkipUnsupported("CREATE " + kind);
    }

    private bool ParseIfNotExists()
    {
        if (!Accept(Keyword.If))
            return false;
        Expect(Keyword.Not);
        Expect(Keyword.Exists);
        return true;
    }

    private CreateSchemaStatement ParseCreateSchema()
    {
        var missing = ParseIfNotExists();
        var name = At(Keyword.Authorization) ? null : ParseQualifiedName("a schema name");
        var owner = Accept(Keyword.Authorization) ? ParseQualifiedName("a role name") : null;
        return new CreateSchemaStatement(name ?? owner!, false, missing);
    }

    private CreateTableStatement ParseCreateTable(bool orReplace, bool temporary)
    {
        Expect(Keyword.Table);
        var missing = ParseIfNotExists();
        var name = ParseTableName();
        missing |= ParseIfNotExists();
        var (columns, constraints) = At(TokenKind.LeftParen) && !IsQueryStart(Peek(1), Peek(2)) ? ParseColumnDefinitions() : ([], []);
        var options = Accept(Keyword.With) ? ParseOptions() : [];
        var query = Accept(Keyword.As) || AtQueryStart() || At(TokenKind.LeftParen) ? ParseQuery() : null;
        if (query is null && columns.IsEmpty && constraints.IsEmpty && _tokens[_position - 1].Kind != TokenKind.RightParen)
            ThrowExpected("'(' or AS");
        return new CreateTableStatement(name)
        {
            OrReplace = orReplace,
            Temporary = temporary,
            IfNotExists = missing,
            Columns = columns,
            Constraints = constraints,
            Query = query,
            Options = options,
        };
    }

    private CreateViewStatement ParseCreateView(bool orReplace, bool temporary, bool materialized)
    {
        Expect(Keyword.View);
        var missing = ParseIfNotExists();
        var name = ParseTableName();
        missing |= ParseIfNotExists();
        var columns = ParseOptionalNameList();
        var options = At(Keyword.With, TokenKind.LeftParen) && Accept(Keyword.With) ? ParseOptions()
            : Accept(Keyword.Options) ? ParseOptions() : [];
        Expect(Keyword.As);
        var query = ParseQuery();
        var text = _text.Substring(query.Span.Start, query.Span.Length);
        bool? withData = null;
        if (Accept(Keyword.With))
        {
            withData = !Accept(Keyword.No);
            Expect(Keyword.Data);
        }

        return new CreateViewStatement(name, query)
        {
            OrReplace = orReplace,
            Temporary = temporary,
            Materialized = materialized,
            IfNotExists = missing,
            Columns = columns,
            Options = options,
            WithData = withData,
            QueryText = text,
        };
    }

    private RefreshViewStatement ParseRefresh()
    {
        Expect(Keyword.Refresh);
        Expect(Keyword.Materialized);
        Expect(Keyword.View);
        var concurrently = Accept(Keyword.Concurrently);
        var name = ParseTableName();
        var (begin, end) = (default(Expression), default(Expression));
        if (Accept(Keyword.From))
        {
            begin = ParseExpression();
            Expect(Keyword.To);
            end = ParseExpression();
        }

        return new RefreshViewStatement(name, concurrently, begin, end);
    }

    private CreateIndexStatement ParseCreateIndex(bool unique)
    {
        Expect(Keyword.Index);
        Accept(Keyword.Concurrently);
        var missing = ParseIfNotExists();
        var name = At(Keyword.On) ? null : ParseQualifiedName("an index name");
        Expect(Keyword.On);
        var table = ParseTableName();
        if (Accept(Keyword.Using))
            ParseIdentifier("an index method");
        Expect(TokenKind.LeftParen, "'('");
        var keys = ParseOrderByItems();
        Expect(TokenKind.RightParen, "',' or ')'");
        return new CreateIndexStatement(name, table, keys) { Unique = unique, IfNotExists = missing };
    }

    private CreateFunctionStatement ParseCreateFunction(bool orReplace, bool temporary)
    {
        Expect(Keyword.Function);
        ParseIfNotExists();
        var name = ParseQualifiedName("a function name");
        var parameters = ParseFunctionParameters();
        SqlTypeName? returns = null;
        Identifier? language = null;
        string? volatility = null;
        while (true)
        {
            if (Accept(Keyword.Returns))
                returns = ParseType();
            else if (Accept(Keyword.Language))
                language = ParseIdentifier("a language");
            else if (Current.Keyword is Keyword.Immutable or Keyword.Stable or Keyword.Volatile)
                volatility = TakeUpper();
            else
                break;
        }

        if (!Accept(Keyword.Return) && !Accept(Keyword.As))
            ThrowExpected("RETURN or AS");
        var body = ParseExpression();
        if (Accept(Keyword.Language))
            language = ParseIdentifier("a language");
        return new CreateFunctionStatement(name, parameters, body)
        {
            OrReplace = orReplace,
            Temporary = temporary,
            Returns = returns,
            Language = language,
            Volatility = volatility,
        };
    }

    private SyntaxList<FunctionParameter> ParseFunctionParameters()
    {
        Expect(TokenKind.LeftParen, "'('");
        var parameters = new ListBuilder<FunctionParameter>();
        while (!At(TokenKind.RightParen))
        {
            var start = _position;
            var named = AtName && Peek(1).Kind is TokenKind.Word or TokenKind.QuotedName && Peek(1).Keyword != Keyword.Default && !IsTypeOfTwoWords();
            var name = named ? TakeIdentifier() : null;
            var type = ParseType();
            var value = Accept(Keyword.Default) || Accept(TokenKind.Equal) ? ParseExpression() : null;
            parameters.Add(new FunctionParameter(name, type, value) { Span = SpanFrom(start) });
            if (!Accept(TokenKind.Comma))
                break;
        }

        Expect(TokenKind.RightParen, "',' or ')'");
        return parameters.ToList();
    }

    private Statement ParseDrop()
    {
        var start = _position;
        Expect(Keyword.Drop);
        DropKind? kind = Current.Keyword switch
        {
            Keyword.Table => DropKind.Table,
            Keyword.View => DropKind.View,
            Keyword.Materialized when Peek(1).Keyword == Keyword.View => DropKind.MaterializedView,
            Keyword.Schema => DropKind.Schema,
            Keyword.Database => DropKind.Database,
            Keyword.Function => DropKind.Function,
            Keyword.Index => DropKind.Index,
            _ => null,
        };
        if (kind is null)
        {
            if (!At(TokenKind.Word))
                ThrowExpected("TABLE, VIEW, SCHEMA or another kind of object");
            var word = TextOf(Current).ToString().ToUpperInvariant();
            _position = start;
            return SkipUnsupported("DROP " + word);
        }

        _position += kind == DropKind.MaterializedView ? 2 : 1;
        var exists = Accept(Keyword.If);
        if (exists)
            Expect(Keyword.Exists);
        var names = new ListBuilder<QualifiedName>();
        do
        {
            names.Add(ParseTableName());
            if (kind == DropKind.Function && At(TokenKind.LeftParen))
                SkipParentheses();
        }
        while (Accept(TokenKind.Comma));
        bool? cascade = Accept(Keyword.Cascade) ? true : Accept(Keyword.Restrict) ? false : null;
        return new DropStatement(kind.Value, names.ToList(), exists, cascade);
    }

    private CreateExternalTableStatement ParseCreateExternalTable(bool orReplace, bool temporary)
    {
        var unbounded = AcceptWord("UNBOUNDED");
        Expect(Keyword.External);
        Expect(Keyword.Table);
        var missing = ParseIfNotExists();
        var name = ParseTableName();
        missing |= ParseIfNotExists();
        var (columns, constraints) = At(TokenKind.LeftParen) ? ParseColumnDefinitions() : ([], []);
        string? format = null;
        string? location = null;
        SyntaxList<ColumnDefinition> partitions = [];
        SyntaxList<SqlOption> options = [];
        var orders = new ListBuilder<SyntaxList<OrderByItem>>();
        while (true)
        {
            if (Accept(Keyword.Stored))
            {
                Expect(Keyword.As);
                format = ParseIdentifier("a format").Value.ToUpperInvariant();
            }
            else if (Accept(Keyword.Location))
            {
                location = ParseStringText("a location as a string");
            }
            else if (Accept(Keyword.Partitioned, Keyword.By))
            {
                partitions = ParseColumnDefinitions().Columns;
            }
            else if (Accept(Keyword.With, Keyword.Order))
            {
                Expect(TokenKind.LeftParen, "'('");
                orders.Add(ParseOrderByItems());
                Expect(TokenKind.RightParen, "',' or ')'");
            }
            else if (Accept(Keyword.Options))
            {
                options = ParseOptions();
            }
            else
            {
                break;
            }
        }

        if (location is null)
            ThrowExpected("LOCATION");
        return new CreateExternalTableStatement(name, format, location)
        {
            OrReplace = orReplace,
            Unbounded = unbounded,
            Temporary = temporary,
            IfNotExists = missing,
            Columns = columns,
            Constraints = constraints,
            PartitionedBy = partitions,
            Orders = orders.ToList(),
            Options = options,
        };
    }
}
