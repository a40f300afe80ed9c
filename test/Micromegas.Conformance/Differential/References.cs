using System.Numerics;
using Micromegas.DuckDb;
using Npgsql;

namespace Micromegas.Conformance.Differential;

/// <summary>Another engine that holds the same rows.</summary>
internal interface IReferenceDatabase : IDisposable
{
    Dialect Dialect { get; }

    void Execute(string sql);

    /// <summary>The rows of a query.</summary>
    /// <exception cref="ReferenceException">The engine refuses the statement.</exception>
    IReadOnlyList<object?[]> Rows(string sql);
}

/// <summary>The other engine refuses a statement.</summary>
public sealed class ReferenceException(string message, Exception inner) : Exception(message, inner);

internal sealed class DuckDbReference : IReferenceDatabase
{
    private readonly DuckDbDatabase database = DuckDbDatabase.OpenInMemory(threads: 1);

    public Dialect Dialect => Dialect.DuckDb;

    public void Execute(string sql) => database.Execute(sql);

    public IReadOnlyList<object?[]> Rows(string sql)
    {
        try
        {
            using var result = database.Query(sql);
            var rows = result.ReadRows();
            for (var column = 0; column < result.Columns.Count; column++)
            {
                var scale = result.Columns[column].Type.Scale;
                Action<object?[]>? change = result.Columns[column].Type.Id switch
                {
                    DuckDbTypeId.Timestamp => row => row[column] = row[column] is long value ? new TimeValue(value) : null,
                    DuckDbTypeId.Date => row => row[column] = row[column] is int value ? new TimeValue(value * 86_400_000_000L) : null,
                    DuckDbTypeId.Decimal => row => row[column] = row[column] is BigInteger digits ? (double)digits / Math.Pow(10, scale) : row[column],
                    _ => null,
                };
                foreach (var row in change is null ? [] : rows)
                {
                    change!(row);
                }
            }
            return rows;
        }
        catch (DuckDbException error)
        {
            throw new ReferenceException(error.Message, error);
        }
    }

    public void Dispose() => database.Dispose();
}

internal sealed class PostgresReference : IReferenceDatabase
{
    private readonly NpgsqlConnection connection;

    public PostgresReference(string connectionString)
    {
        connection = new NpgsqlConnection(connectionString);
        connection.Open();
        Execute("DROP SCHEMA IF EXISTS fuzz CASCADE; CREATE SCHEMA fuzz; SET search_path = fuzz; SET statement_timeout = '20s'; SET jit = off");
    }

    public Dialect Dialect => Dialect.Postgres;

    public void Execute(string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    public IReadOnlyList<object?[]> Rows(string sql)
    {
        try
        {
            using var command = new NpgsqlCommand(sql, connection);
            using var reader = command.ExecuteReader();
            var rows = new List<object?[]>();
            while (reader.Read())
            {
                var row = new object?[reader.FieldCount];
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i) switch
                    {
                        DateTime time => new TimeValue((time.Ticks - DateTime.UnixEpoch.Ticks) / 10),
                        DateOnly day => new TimeValue((day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * 86_400_000_000L),
                        var value => value,
                    };
                }
                rows.Add(row);
            }
            return rows;
        }
        catch (PostgresException error)
        {
            throw new ReferenceException(error.MessageText, error);
        }
    }

    public void Dispose() => connection.Dispose();
}

/// <summary>A date or time in microseconds, whatever it is stored as.</summary>
internal readonly record struct TimeValue(long Microseconds);
