using Micromegas.Columnar;
using Micromegas.Data;
using Micromegas.Engine.Catalog;

namespace Micromegas.Conformance.Readers;

public sealed class HalfReadReadersTests
{
    private const int Rows = 400_000;

    [Fact]
    public async Task Eight_readers_left_half_read_do_not_keep_a_ninth_statement_from_completing()
    {
        var table = MemoryTable.FromRows(
            Enumerable.Range(0, Rows),
            (new Field("n", DataType.Int64, false), static n => (long)n),
            (new Field("s", DataType.Utf8, false), static n => $"row {n}"));
        await using var source = new MicromegasDataSourceBuilder("Threads=1").AddTable("t", table).Build();
        var readers = new List<MicromegasDataReader>();
        var connections = new List<MicromegasConnection>();
        try
        {
            for (var i = 0; i < 8; i++)
            {
                var connection = await source.OpenConnectionAsync();
                connections.Add(connection);
                var command = connection.CreateCommand();
                command.CommandText = "SELECT n, s FROM t";
                var reader = await command.ExecuteReaderAsync();
                readers.Add(reader);
                Assert.True(await reader.ReadAsync());
            }

            await using var ninth = await source.OpenConnectionAsync();
            await using var count = ninth.CreateCommand();
            count.CommandText = "SELECT count(*), sum(n) FROM t WHERE s LIKE 'row %'";
            count.CommandTimeout = 30;
            await using (var answer = await count.ExecuteReaderAsync())
            {
                Assert.True(await answer.ReadAsync());
                Assert.Equal(Rows, answer.GetInt64(0));
                Assert.Equal((long)Rows * (Rows - 1) / 2, answer.GetInt64(1));
            }

            // The eight go on where they stopped, with nothing lost.
            foreach (var reader in readers)
            {
                var seen = 1L;
                while (await reader.ReadAsync())
                {
                    seen++;
                }
                Assert.Equal(Rows, seen);
            }
        }
        finally
        {
            foreach (var reader in readers)
            {
                await reader.DisposeAsync();
            }
            foreach (var connection in connections)
            {
                await connection.DisposeAsync();
            }
        }
    }
}
