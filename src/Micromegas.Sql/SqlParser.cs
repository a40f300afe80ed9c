using Micromegas.Sql.Parsing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql;

/// <summary>
/// Parses the dialect of spec/sql.md §5. Every mistake is a <see cref="SqlSyntaxException"/> with its place. Statements nest up to
/// 200 levels; chains of binary operators and set operations may be of any length.
/// </summary>
public static class SqlParser
{
    /// <summary>Parses exactly one statement; semicolons behind it are accepted.</summary>
    /// <exception cref="SqlSyntaxException">The text is not one statement.</exception>
    public static Statement ParseStatement(string sql) => Create(sql).ParseSingle();

    /// <summary>Parses statements separated by semicolons; none for an empty text. Anonymous parameters are numbered through.</summary>
    /// <exception cref="SqlSyntaxException">The text is not a list of statements.</exception>
    public static IReadOnlyList<Statement> ParseStatements(string sql) => Create(sql).ParseScript();

    /// <summary>Parses exactly one expression.</summary>
    /// <exception cref="SqlSyntaxException">The text is not an expression.</exception>
    public static Expression ParseExpression(string sql)
    {
        var parser = Create(sql);
        var expression = parser.ParseExpression();
        parser.ExpectEnd("an operator or the end of the text");
        return expression;
    }

    /// <summary>Parses exactly one query.</summary>
    /// <exception cref="SqlSyntaxException">The text is not a query.</exception>
    public static Query ParseQuery(string sql)
    {
        var parser = Create(sql);
        var query = parser.ParseQuery();
        parser.ExpectEnd("the end of the query");
        return query;
    }

    /// <summary>Parses exactly one type name.</summary>
    /// <exception cref="SqlSyntaxException">The text is not a type name.</exception>
    public static SqlTypeName ParseType(string sql)
    {
        var parser = Create(sql);
        var type = parser.ParseType();
        parser.ExpectEnd("the end of the type");
        return type;
    }

    private static Parser Create(string sql)
    {
        ArgumentNullException.ThrowIfNull(sql);
        return new Parser(sql);
    }
}
