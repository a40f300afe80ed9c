using Micromegas.Sql.Lexing;
using Micromegas.Sql.Printing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql;

/// <summary>Writes syntax trees as SQL on one line. What it writes parses to an equal tree.</summary>
public static class SqlPrinter
{
    /// <summary>The node as SQL.</summary>
    public static string Print(SyntaxNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var printer = new Printer();
        printer.Print(node);
        return printer.ToString();
    }

    /// <summary>The name in double quotes.</summary>
    public static string QuoteIdentifier(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>The text as a string literal.</summary>
    public static string QuoteString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }
}
