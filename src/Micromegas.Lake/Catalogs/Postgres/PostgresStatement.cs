using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Micromegas.Lake.Catalogs.Postgres;

/// <summary>A statement that grows by conditions, its parameters numbered as they come.</summary>
internal sealed class PostgresStatement(string start)
{
    private readonly StringBuilder _text = new(start);
    private readonly List<NpgsqlParameter> _parameters = [];
    private string _separator = " WHERE ";

    public PostgresStatement With(params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        _parameters.AddRange(parameters);
        return this;
    }

    /// <summary>Adds <c>condition</c>, in which <c>$</c> stands for the value.</summary>
    public PostgresStatement Where(string condition, NpgsqlParameter? value)
    {
        if (value is not null)
        {
            _parameters.Add(value);
            _text.Append(_separator).Append(condition.Replace("$", $"${_parameters.Count}", StringComparison.Ordinal));
            _separator = " AND ";
        }
        return this;
    }

    public PostgresStatement Then(string text)
    {
        _text.Append(text);
        return this;
    }

    public NpgsqlBatchCommand ToBatchCommand()
    {
        var command = new NpgsqlBatchCommand(_text.ToString());
        foreach (NpgsqlParameter parameter in _parameters)
        {
            command.Parameters.Add(parameter);
        }
        return command;
    }

    public async Task<int> ExecuteAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        NpgsqlCommand command = ToCommand(connection);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
        }
    }

    public async Task<object?> ScalarAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        NpgsqlCommand command = ToCommand(connection);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(ct).ConfigureAwait(false);
        }
    }

    public async Task<List<T>> ListAsync<T>(NpgsqlConnection connection, Func<PostgresRow, T> read, CancellationToken ct)
    {
        NpgsqlCommand command = ToCommand(connection);
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var row = new PostgresRow(reader);
                var rows = new List<T>();
                while (await reader.ReadAsync(ct).ConfigureAwait(false))
                {
                    rows.Add(read(row));
                }
                return rows;
            }
        }
    }

    /// <summary>Runs statements in one round trip, and says how many rows each concerned.</summary>
    public static async Task<int[]> ExecuteAsync(NpgsqlConnection connection, IEnumerable<PostgresStatement> statements, CancellationToken ct)
    {
        var batch = new NpgsqlBatch(connection);
        await using (batch.ConfigureAwait(false))
        {
            foreach (PostgresStatement statement in statements)
            {
                batch.BatchCommands.Add(statement.ToBatchCommand());
            }
            if (batch.BatchCommands.Count == 0)
            {
                return [];
            }
            await batch.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
            return [.. batch.BatchCommands.Cast<NpgsqlBatchCommand>().Select(c => (int)c.Rows)];
        }
    }

    public static NpgsqlParameter Text(string? value) => value is null
        ? new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = DBNull.Value }
        : new NpgsqlParameter<string> { NpgsqlDbType = NpgsqlDbType.Text, TypedValue = value };

    public static NpgsqlParameter Texts(string?[] values) => new NpgsqlParameter<string?[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, TypedValue = values };

    public static NpgsqlParameter Number(long value) => new NpgsqlParameter<long> { NpgsqlDbType = NpgsqlDbType.Bigint, TypedValue = value };

    public static NpgsqlParameter Bytes(byte[] value) => new NpgsqlParameter<byte[]> { NpgsqlDbType = NpgsqlDbType.Bytea, TypedValue = value };

    public static NpgsqlParameter Id(Guid value) => new NpgsqlParameter<Guid> { NpgsqlDbType = NpgsqlDbType.Uuid, TypedValue = value };

    public static NpgsqlParameter Ids(Guid[] values) => new NpgsqlParameter<Guid[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid, TypedValue = values };

    public static NpgsqlParameter Time(DateTime value) => new NpgsqlParameter<DateTime> { NpgsqlDbType = NpgsqlDbType.TimestampTz, TypedValue = value };

    public static NpgsqlParameter Time(long nanoseconds) => Time(PostgresRow.Instant(nanoseconds));

    public static NpgsqlParameter Times(DateTime[] values) =>
        new NpgsqlParameter<DateTime[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, TypedValue = values };

    private NpgsqlCommand ToCommand(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(_text.ToString(), connection);
        foreach (NpgsqlParameter parameter in _parameters)
        {
            command.Parameters.Add(parameter);
        }
        return command;
    }
}
