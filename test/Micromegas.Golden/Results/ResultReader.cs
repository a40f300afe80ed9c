using System.Data.Common;
using System.Globalization;
using Micromegas.Golden.Answers;
using Micromegas.Golden.Types;

namespace Micromegas.Golden.Results;

/// <summary>Runs a statement through ADO.NET and reads everything it gives, each value in the unit and form of its type.</summary>
internal static class ResultReader
{
    public static async Task<Result> RunAsync(DbCommand command, CancellationToken cancellation)
    {
        try
        {
            var reader = await command.ExecuteReaderAsync(cancellation);
            await using (reader.ConfigureAwait(false))
            {
                return await ReadAsync(reader, cancellation);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // The comparison says which exceptions a statement may end with.
            return new Result { Exception = exception };
        }
    }

    public static async Task<Result> ReadAsync(DbDataReader reader, CancellationToken cancellation)
    {
        var columns = new AnswerColumn[reader.FieldCount];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = new(reader.GetName(i), ArrowTypeofTypes.Parse(reader.GetDataTypeName(i)));
        }

        var rows = new List<object?[]>();
        while (await reader.ReadAsync(cancellation))
        {
            var row = new object?[columns.Length];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = ReadValue(reader, i, columns[i].Type);
            }

            rows.Add(row);
        }

        return new Result { Columns = columns, Rows = rows };
    }

    private static object? ReadValue(DbDataReader reader, int ordinal, GoldenType type)
    {
        if (reader.IsDBNull(ordinal))
        {
            return null;
        }

        return type.Kind switch
        {
            GoldenKind.Temporal => (Int128)reader.GetFieldValue<long>(ordinal),
            GoldenKind.Binary => Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(ordinal)),
            GoldenKind.Text => reader.GetString(ordinal),
            // Decimals beyond 28 digits have no CLR type of their own; their text has every digit.
            GoldenKind.Decimal => RecordedValue.ReadDecimal(reader.GetString(ordinal), type.Scale),
            GoldenKind.Float32 => (double)reader.GetFloat(ordinal),
            GoldenKind.Float64 => reader.GetDouble(ordinal),
            GoldenKind.Boolean => reader.GetBoolean(ordinal),
            _ => ClrValue.Convert(reader.GetValue(ordinal), type),
        };
    }
}
