using System.Collections.Frozen;
using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>Statements: spec/sql.md §5.1.</summary>
internal sealed partial class Parser
{
    /// <summary>First words of statements that exist elsewhere: they are refused as unsupported, not as mistakes.</summary>
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_unsupportedStatements = new[]
    {
        "alter", "analyze", "attach", "cache", "call", "checkpoint", "close", "cluster", "comment", "declare", "detach", "discard", "do",
        "export", "fetch", "flush", "grant", "import", "install", "kill", "listen", "load", "lock", "merge", "move", "msck", "notify",
        "optimize", "pragma", "reassign", "reindex", "revoke", "security", "summarize", "uncache", "unlisten", "unlock", "unset", "vacuum",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>One statement, with or without semicolons behind it.</summary>
    public Statement ParseSingle()
    {
        while (Accept(TokenKind.Semicolon))
        {
        }

        var statement = ParseStatement();
        while (Accept(TokenKind.Semicolon))
        {
        }

        ExpectEnd("the end of the statement");
        return statement;
    }

    /// <summary>The statements of a script, separated by semicolons; none for an empty one.</summary>
    public SyntaxList<Statement> ParseScript()
    {
        var statements = new ListBuilder<Statement>();
        while (true)
        {
            while (Accept(TokenKind.Semicolon))
            {
            }

            if (AtEnd)
                return statements.ToList();
            statements.Add(ParseStatement());
            if (!AtEnd && !At(TokenKind.Semicolon))
                ThrowExpected("';' or the end of the text");
        }
    }

    private Statement ParseStatement()
    {
        Enter();
        var start = _position;
        var statement = ParseStatementKind();
        if (statement.Span == default)
            statement.Locate(SpanFrom(start));
        Leave();
        return statement;
    }

    private Statement ParseStatementKind()
    {
        switch (Current.Keyword)
        {
            case Keyword.Select or Keyword.From or Keyword.Values or Keyword.Table:
                return new QueryStatement(ParseQuery());
            case Keyword.With:
                return ParseWithStatement();
            case Keyword.Explain:
                return ParseExplain();
            case Keyword.Describe or Keyword.Desc:
                return ParseDescribe();
            case Keyword.Show:
                return ParseShow();
            case Keyword.Set:
                return ParseSet();
            case Keyword.Reset:
                _position++;
                return new ResetStatement(Accept(Keyword.All) ? null : ParseSettingName());
            case Keyword.Use:
                _position++;
                return new UseStatement(ParseQualifiedName());
            case Keyword.Prepare:
                return ParsePrepare();
            case Keyword.Execute:
                return ParseExecute();
            case Keyword.Deallocate:
                _position++;
                Accept(Keyword.Prepare);
                return new DeallocateStatement(Accept(Keyword.All) ? null : ParseIdentifier("the name of a prepared statement"));
            case Keyword.Begin or Keyword.Start or Keyword.Commit or Keyword.End or Keyword.Rollback or Keyword.Abort or Keyword.Savepoint
                or Keyword.Release:
                return ParseTransaction();
            case Keyword.Create:
                return ParseCreate();
            case Keyword.Drop:
                return ParseDrop();
            case Keyword.Refresh:
                return ParseRefresh();
            case Keyword.Insert or Keyword.Replace:
                return ParseInsert();
            case Keyword.Update:
                return ParseUpdate();
            case Keyword.Delete:
                return ParseDelete();
            case Keyword.Truncate:
                return ParseTruncate();
            case Keyword.Copy:
                return ParseCopy();
        }

        if (At(TokenKind.LeftParen))
            return new QueryStatement(ParseQuery());
        if (At(TokenKind.Word) && s_unsupportedStatements.Contains(TextOf(Current)))
        {
            var name = TextOf(Current).ToString().ToUpperInvariant();
            return SkipUnsupported(name == "ALTER" ? $"{name} {TextOf(Peek(1)).ToString().ToUpperInvariant()}".TrimEnd() : name);
        }

        throw ErrorExpected("a statement");
    }

    /// <summary>A statement known by its first words only: the rest is taken as it stands.</summary>
    private UnsupportedStatement SkipUnsupported(string name)
    {
        var start = _position;
        while (!AtEnd && !At(TokenKind.Semicolon))
            _position++;
        return new UnsupportedStatement(name, TextFrom(start)) { Span = SpanFrom(start) };
    }

    /// <summary><c>WITH … SELECT</c>; <c>WITH … INSERT|UPDATE|DELETE</c> is checked and refused as upstream does.</summary>
    private Statement ParseWithStatement()
    {
        var start = _position;
        var with = ParseWith();
        if (Current.Keyword is not (Keyword.Insert or Keyword.Update or Keyword.Delete))
        {
            var bodyStart = _position;
            return new QueryStatement(ParseQueryTail(ParseSetOperations(ParseQueryPrimary(), 0, bodyStart), with, start));
        }

        var name = "WITH " + TextOf(Current).ToString().ToUpperInvariant();
        ParseStatement();
        return new UnsupportedStatement(name, TextFrom(start)) { Span = SpanFrom(start) };
    }

    private ExplainStatement ParseExplain()
    {
        Expect(Keyword.Explain);
        var (analyze, verbose, format) = (false, false, default(string));
        if (At(TokenKind.LeftParen) && !IsQueryStart(Peek(1), Peek(2)) && Peek(1).Kind == TokenKind.Word)
        {
            // PostgreSQL's form: EXPLAIN (ANALYZE, FORMAT json) …
            foreach (var option in ParseOptions())
            {
                var on = option.Value is null or BooleanLiteral { Value: true } || option.Value is ColumnReference { Parts: [{ Value: "on" }] };
                switch (option.Name)
                {
                    case "analyze":
                        analyze = on;
                        break;
                    case "verbose":
                        verbose = on;
                        break;
                    case "format":
                        format = option.Value switch
                        {
                            ColumnReference { Parts: [{ Value: var word }] } => word,
                            StringLiteral { Value: var text } => text,
                            _ => throw ErrorExpected("a format"),
                        };
                        break;
                }
            }
        }
        else
        {
            analyze = Accept(Keyword.Analyze);
            verbose = Accept(Keyword.Verbose);
            if (Accept(Keyword.Format))
                format = TakeString() ?? ParseIdentifier("a format").Value;
        }

        return new ExplainStatement(ParseStatement(), analyze, verbose, format);
    }

    private Statement ParseDescribe()
    {
        _position++;
        var isQuery = At(TokenKind.LeftParen) || (AtQueryStart() && !At(Keyword.Table));
        if (isQuery || Current.Keyword is Keyword.Insert or Keyword.Update or Keyword.Delete or Keyword.Create)
            return new DescribeQueryStatement(ParseStatement());
        Accept(Keyword.Table);
        return new DescribeTableStatement(ParseTableName());
    }

    private PrepareStatement ParsePrepare()
    {
        Expect(Keyword.Prepare);
        var name = ParseIdentifier();
        var types = new ListBuilder<SqlTypeName>();
        if (Accept(TokenKind.LeftParen))
        {
            do
            {
                types.Add(ParseType());
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParen, "',' or ')'");
        }

        Expect(Keyword.As);
        var (anonymous, highest) = (_anonymousParameters, _highestParameter);
        (_anonymousParameters, _highestParameter) = (0, 0);
        var statement = ParseStatement();
        var prepared = new PrepareStatement(name, types.ToList(), statement) { ParameterCount = Math.Max(_anonymousParameters, _highestParameter) };
        (_anonymousParameters, _highestParameter) = (anonymous, highest);
        return prepared;
    }

    private ExecuteStatement ParseExecute()
    {
        Expect(Keyword.Execute);
        var name = ParseIdentifier("the name of a prepared statement");
        var arguments = new ListBuilder<Expression>();
        if (Accept(TokenKind.LeftParen) && !Accept(TokenKind.RightParen))
        {
            do
            {
                arguments.Add(ParseExpression());
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParen, "',' or ')'");
        }

        return new ExecuteStatement(name, arguments.ToList());
    }
}
