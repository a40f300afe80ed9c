using System.Text;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Statements;

/// <summary>Statements as errors call them.</summary>
internal static class StatementNames
{
    public static string Of(Statement statement) => statement switch
    {
        CreateTableStatement => "CREATE TABLE",
        CreateViewStatement { Materialized: true } => "CREATE MATERIALIZED VIEW",
        DropStatement drop => $"DROP {Words(drop.Kind.ToString())}",
        TransactionStatement transaction => Words(transaction.Command.ToString()),
        UnsupportedStatement unsupported => unsupported.Name,
        _ => Words(statement.GetType().Name[..^"Statement".Length]),
    };

    /// <summary>The words of a name in Pascal case, in upper case.</summary>
    private static string Words(string name)
    {
        var words = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && words.Length > 0)
            {
                words.Append(' ');
            }
            words.Append(char.ToUpperInvariant(letter));
        }
        return words.ToString();
    }
}
