using System.Diagnostics.CodeAnalysis;

namespace Micromegas.Sql;

internal static class Throw
{
    [DoesNotReturn]
    public static void Syntax(string text, int position, string message) => throw SyntaxError(text, position, message);

    public static SqlSyntaxException SyntaxError(string text, int position, string message)
    {
        var (line, column) = TextPosition.Of(text, position);
        return new SqlSyntaxException($"{message} at line {line}, column {column}.", position, line, column);
    }
}
