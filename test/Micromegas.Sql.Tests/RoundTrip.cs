using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Tests;

/// <summary>Prints what was parsed and parses it again: the trees must be equal, and so must their prints.</summary>
internal static class RoundTrip
{
    public static Statement Statement(string sql)
    {
        var statement = SqlParser.ParseStatement(sql);
        var printed = SqlPrinter.Print(statement);
        Statement again;
        try
        {
            again = SqlParser.ParseStatement(printed);
        }
        catch (SqlSyntaxException error)
        {
            throw new InvalidOperationException($"Printed as: {printed}\n{error.Message}", error);
        }

        if (!statement.Equals(again))
            throw new InvalidOperationException($"Not equal after printing as: {printed}\nwhich prints as: {SqlPrinter.Print(again)}");
        Assert.Equal(statement.GetHashCode(), again.GetHashCode());
        return statement;
    }

    public static Expression Expression(string sql)
    {
        var expression = SqlParser.ParseExpression(sql);
        var printed = SqlPrinter.Print(expression);
        var again = SqlParser.ParseExpression(printed);
        if (!expression.Equals(again))
            throw new InvalidOperationException($"Not equal after printing as: {printed}\nwhich prints as: {SqlPrinter.Print(again)}");
        return expression;
    }
}
