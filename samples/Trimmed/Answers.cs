using System.Globalization;
using System.Text;
using Micromegas.Data;

namespace Micromegas.Samples.Trimmed;

/// <summary>The answers to SQL statements as text: a line of column names and types, then a line a row.</summary>
public static class Answers
{
    /// <summary>Puts statements to a lake, one after the other.</summary>
    /// <param name="directory">The lake.</param>
    /// <param name="statements">The statements.</param>
    /// <param name="output">Receives the text.</param>
    public static async Task PrintAsync(string directory, IEnumerable<string> statements, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(statements);
        ArgumentNullException.ThrowIfNull(output);
        var address = new MicromegasConnectionStringBuilder { DataSource = directory };
        await using var connection = new MicromegasConnection(address.ConnectionString);
        await connection.OpenAsync();
        var line = new StringBuilder();
        foreach (string statement in statements)
        {
            await using var command = connection.CreateCommand(statement);
            await using var reader = await command.ExecuteReaderAsync();
            for (int i = 0; i < reader.FieldCount; i++)
            {
                line.Append(i == 0 ? "" : " | ").Append(reader.GetName(i)).Append(": ").Append(reader.GetDataTypeName(i));
            }

            await output.WriteLineAsync(line);
            line.Clear();
            while (await reader.ReadAsync())
            {
                for (int i = 0; i < reader.FieldCount; i++)
                {
                    line.Append(i == 0 ? "" : " | ").Append(await reader.IsDBNullAsync(i) ? "null" : Text(reader, i));
                }

                await output.WriteLineAsync(line);
                line.Clear();
            }
        }
    }

    private static string? Text(MicromegasDataReader reader, int ordinal) =>
        reader.GetDataTypeName(ordinal).StartsWith("Timestamp", StringComparison.Ordinal)
            ? reader.GetFieldValue<NanoTimestamp>(ordinal).ToString()
            : Convert.ToString(reader.GetValue(ordinal), CultureInfo.InvariantCulture);
}
