using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>INSERT, UPDATE, DELETE, TRUNCATE, COPY: spec/sql.md §5.1.</summary>
internal sealed partial class Parser
{
    private InsertStatement ParseInsert()
    {
        var replace = Accept(Keyword.Replace);
        var overwrite = false;
        if (!replace)
        {
            Expect(Keyword.Insert);
            replace = Accept(Keyword.Or, Keyword.Replace);
            overwrite = Accept(Keyword.Overwrite);
        }

        if (overwrite)
            Accept(Keyword.Into);
        else
            Expect(Keyword.Into);
        Accept(Keyword.Table);
        var table = ParseTableName();
        var alias = Accept(Keyword.As) ? ParseIdentifier("an alias") : null;
        var columns = At(TokenKind.LeftParen) && !IsQueryStart(Peek(1), Peek(2)) && Peek(1).Kind != TokenKind.LeftParen ? ParseNameList() : [];
        Query? source = null;
        if (Accept(Keyword.Default))
            Expect(Keyword.Values);
        else
            source = ParseQuery();
        var conflict = ParseOnConflict();
        return new InsertStatement(table, columns, source)
        {
            Alias = alias,
            Overwrite = overwrite,
            Replace = replace,
            OnConflict = conflict,
            Returning = ParseReturning(),
        };
    }

    private UnsupportedClause? ParseOnConflict()
    {
        if (!At(Keyword.On))
            return null;
        var start = _position;
        while (!AtEnd && !At(TokenKind.Semicolon) && !At(Keyword.Returning))
            _position++;
        var name = _tokens[start + 1].Keyword == Keyword.Conflict ? "ON CONFLICT" : "ON DUPLICATE KEY";
        return new UnsupportedClause(name, TextFrom(start)) { Span = SpanFrom(start) };
    }

    private SyntaxList<SelectItem> ParseReturning() => Accept(Keyword.Returning) ? ParseSelectItems() : [];

    private UpdateStatement ParseUpdate()
    {
        Expect(Keyword.Update);
        Accept(Keyword.Only);
        var table = ParseTableReference();
        Expect(Keyword.Set);
        var assignments = new ListBuilder<Assignment>();
        do
        {
            var start = _position;
            var column = ParseQualifiedName("a column name");
            Expect(TokenKind.Equal, "'='");
            assignments.Add(new Assignment(column, ParseExpressionOrDefault()) { Span = SpanFrom(start) });
        }
        while (Accept(TokenKind.Comma));
        var from = Accept(Keyword.From) ? ParseTableList() : [];
        var where = Accept(Keyword.Where) ? ParseExpression() : null;
        return new UpdateStatement(table, assignments.ToList()) { From = from, Where = where, Returning = ParseReturning() };
    }

    private DeleteStatement ParseDelete()
    {
        Expect(Keyword.Delete);
        Expect(Keyword.From);
        Accept(Keyword.Only);
        var table = ParseTableFactor();
        var tables = Accept(Keyword.Using) ? ParseTableList() : [];
        var where = Accept(Keyword.Where) ? ParseExpression() : null;
        return new DeleteStatement(table) { Using = tables, Where = where, Returning = ParseReturning() };
    }

    private TruncateStatement ParseTruncate()
    {
        Expect(Keyword.Truncate);
        Accept(Keyword.Table);
        var tables = new ListBuilder<QualifiedName>();
        do
        {
            tables.Add(ParseTableName());
        }
        while (Accept(TokenKind.Comma));
        if (!Accept(Keyword.Cascade))
            Accept(Keyword.Restrict);
        return new TruncateStatement(tables.ToList());
    }

    private CopyStatement ParseCopy()
    {
        Expect(Keyword.Copy);
        QualifiedName? table = null;
        Query? query = null;
        SyntaxList<Identifier> columns = [];
        if (Accept(TokenKind.LeftParen))
        {
            query = ParseQuery();
            Expect(TokenKind.RightParen, "')'");
        }
        else
        {
            table = ParseTableName();
            columns = ParseOptionalNameList();
        }

        var from = query is null && Accept(Keyword.From);
        if (!from)
            Expect(Keyword.To);
        var target = TakeString() ?? ParseIdentifier("a path as a string").Value;
        string? format = null;
        SyntaxList<Identifier> partitions = [];
        SyntaxList<SqlOption> options = [];
        while (true)
        {
            if (Accept(Keyword.Stored))
            {
                Expect(Keyword.As);
                format = ParseIdentifier("a format").Value.ToUpperInvariant();
            }
            else if (Accept(Keyword.Partitioned, Keyword.By))
            {
                partitions = ParseNameList();
            }
            else if (At(TokenKind.LeftParen) || Accept(Keyword.Options) || Accept(Keyword.With) || AtName)
            {
                options = At(TokenKind.LeftParen) ? ParseOptions() : ParseBareOptions();
            }
            else
            {
                break;
            }
        }

        return new CopyStatement(table, query, target)
        {
            From = from,
            Columns = columns,
            Format = format,
            PartitionedBy = partitions,
            Options = options,
        };
    }

    /// <summary>PostgreSQL's old form: <c>COPY … TO STDOUT csv header</c>.</summary>
    private SyntaxList<SqlOption> ParseBareOptions()
    {
        var options = new ListBuilder<SqlOption>();
        do
        {
            var start = _position;
            var name = ParseIdentifier("an option").Value;
            var value = TakeString() is { } text ? new StringLiteral(text) : null;
            options.Add(new SqlOption(name, value) { Span = SpanFrom(start) });
        }
        while (AtName);
        return options.ToList();
    }
}
