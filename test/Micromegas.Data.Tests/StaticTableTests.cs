using System.Globalization;
using Micromegas.Columnar;

namespace Micromegas.Data.Tests;

/// <summary>Files of JSON lines and CSV as tables.</summary>
public sealed class StaticTableTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mmd-static-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task TypesAreThoseOfAllRows()
    {
        var json = Write("teams.jsonl", """
            {"exe": "lobby", "team": "online", "size": 4, "share": 1, "active": true, "since": "2024-01-02", "tags": ["a", "b"]}

            {"exe": "match", "size": 12345678901, "share": 0.25, "active": false, "lead": {"name": "Zoë"}}
            {"exe": "shop", "team": null, "size": -3}
            """);
        var csv = Write("prices.csv", "name,price,count,note,flag\r\n\"a, \"\"b\"\"\",1.5,7,\"two\nlines\",true\r\nplain,2,8,,false\r\n,,,x,\r\n");
        await using var source = new MicromegasDataSourceBuilder().AddJsonLines("teams", json).AddCsv("prices", csv).Build();
        await using var connection = await source.OpenConnectionAsync();
        Assert.Equal(
            "exe:Utf8 team:Utf8 size:Int64 share:Float64 active:Boolean since:Utf8 tags:Utf8 lead:Utf8",
            await TextAsync(connection, "SELECT string_agg(column_name || ':' || data_type, ' ' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = 'teams'"));
        Assert.Equal(12345678897L, await ScalarAsync(connection, "SELECT sum(size) - 1 FROM teams WHERE team IS NULL"));
        Assert.Equal("Zoë", await TextAsync(connection, "SELECT jsonb_as_string(jsonb_get(jsonb_parse(lead), 'name')) FROM teams WHERE lead IS NOT NULL"));
        Assert.Equal(1.25, await ScalarAsync(connection, "SELECT sum(share) FROM teams"));
        Assert.Equal("name:Utf8 price:Float64 count:Int64 note:Utf8 flag:Boolean", await TextAsync(
            connection, "SELECT string_agg(column_name || ':' || data_type, ' ' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = 'prices'"));
        Assert.Equal("a, \"b\"|two\nlines", await TextAsync(connection, "SELECT name || '|' || note FROM prices WHERE count = 7"));
        Assert.Equal(1L, await ScalarAsync(connection, "SELECT count(*) FROM prices WHERE price IS NULL AND name IS NULL AND flag IS NULL AND note = 'x'"));
    }

    [Fact]
    public async Task ColumnsCanBeGiven()
    {
        var csv = Write("events.csv", "id,at,day,level,extra\n007,2026-11-22T16:55:00.1234567Z,2026-11-22,3,x\n008,,,4,y\n");
        await using var source = new MicromegasDataSourceBuilder()
            .AddCsv("events", csv, new Schema(new Field("at", DataType.LakeTime), new Field("id", DataType.DictionaryUtf8, false), new Field("level", DataType.UInt8), new Field("day", DataType.Date32)))
            .Build();
        await using var connection = await source.OpenConnectionAsync();
        await using var command = connection.CreateCommand("SELECT * FROM events ORDER BY id");
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal((4, "007", 1795366500_123456700L, (byte)3), (reader.FieldCount, reader.GetString(1), reader.GetFieldValue<long>(0), reader.GetFieldValue<byte>(2)));
        Assert.Equal("2026-11-22", reader.GetFieldValue<DateOnly>(3).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Assert.True(await reader.ReadAsync());
        Assert.True(reader.IsDBNull(0));
        Assert.Throws<ArgumentException>(() => new MicromegasDataSourceBuilder().AddCsv("x", csv, new Schema(new Field("a", DataType.List(new Field("item", DataType.Int64))))));
        Assert.Throws<ArgumentException>(() => new MicromegasDataSourceBuilder().AddCsv("x", csv).AddJsonLines("x", csv));
    }

    [Fact]
    public async Task ManyRowsAreReadPieceByPiece()
    {
        const int Rows = 50_000;
        var json = Write("many.jsonl", string.Join('\n', Enumerable.Range(0, Rows).Select(i => $$"""{"id": {{i}}, "name": "row {{i % 97}}"}""")));
        await using var source = new MicromegasDataSourceBuilder().AddJsonLines("many", json).Build();
        await using var connection = await source.OpenConnectionAsync();
        Assert.Equal((long)Rows * (Rows - 1) / 2, await ScalarAsync(connection, "SELECT sum(id) FROM many"));
        Assert.Equal(97L, await ScalarAsync(connection, "SELECT count(DISTINCT name) FROM many"));
        Assert.Equal(515L, await ScalarAsync(connection, "SELECT count(*) FROM many WHERE name = 'row 96'"));
    }

    [Theory]
    [InlineData("a.jsonl", "{\"a\": 1}\n{\"a\": ", "XX001", "line 2")]
    [InlineData("a.jsonl", "[1]", "XX001", "line 1")]
    [InlineData("a.jsonl", "", "XX001", "no columns")]
    [InlineData("a.csv", "a,b\n1,2\n1,2,3\n", "XX001", "line 3")]
    [InlineData("a.csv", "a,a\n1,2\n", "42701", "line 1")]
    [InlineData("a.csv", "a,b\n1,\"2\n", "XX001", "line 2")]
    [InlineData("a.csv", null, "58030", "missing")]
    public async Task ABrokenFileFailsWhoNamesItAndNobodyElse(string file, string? content, string sqlState, string part)
    {
        Write("good.csv", "x\n1\n");
        if (content is not null)
        {
            Write(file, content);
        }
        var path = Path.Combine(_folder, file);
        var builder = new MicromegasDataSourceBuilder().AddCsv("good", Path.Combine(_folder, "good.csv"));
        await using var source = (file.EndsWith(".csv", StringComparison.Ordinal) ? builder.AddCsv("broken", path) : builder.AddJsonLines("broken", path)).Build();
        await using var connection = await source.OpenConnectionAsync();
        Assert.Equal(1L, await ScalarAsync(connection, "SELECT x FROM good"));
        var error = await Assert.ThrowsAsync<MicromegasException>(() => ScalarAsync(connection, "SELECT * FROM broken"));
        Assert.Equal(sqlState, error.SqlState);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains("broken", error.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await ScalarAsync(connection, "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public'"));

        // Once it is mended, the next statement reads it.
        Write(file, file.EndsWith(".csv", StringComparison.Ordinal) ? "a\n41\n" : "{\"a\": 41}\n");
        Assert.Equal(41L, await ScalarAsync(connection, "SELECT a FROM broken"));
    }

    [Fact]
    public async Task AFolderIsWatchedByLookingAndViewsCanNameItsTables()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        await using var source = new MicromegasDataSourceBuilder(golden.ConnectionString).AddFolder(_folder).Build();
        await using var connection = await source.OpenConnectionAsync();
        Assert.Equal("42P01", (await Assert.ThrowsAsync<MicromegasException>(() => ScalarAsync(connection, "SELECT * FROM levels"))).SqlState);
        Write("levels.json", "{\"level\": 1, \"label\": \"fatal\"}\n{\"level\": 2, \"label\": \"error\"}\n");
        Write("notes.txt", "no table");
        Assert.Equal(2L, await ScalarAsync(connection, "SELECT count(*) FROM levels"));
        Assert.Equal(0L, await ScalarAsync(connection, "SELECT count(*) FROM information_schema.tables WHERE table_name = 'notes'"));

        await using (var create = connection.CreateCommand(
            "CREATE MATERIALIZED VIEW labelled AS SELECT date_bin(INTERVAL '1 minute', time) AS minute, label, count(*) AS n FROM log_entries JOIN levels ON levels.level = log_entries.level GROUP BY 1, 2"))
        {
            await create.ExecuteNonQueryAsync();
        }
        var expected = await ScalarAsync(connection, "SELECT count(*) FROM log_entries WHERE level <= 2");
        Assert.Equal(expected, await ScalarAsync(connection, "SELECT sum(n) FROM labelled"));

        // The lake does not see that a file has changed; who knows it says so.
        Write("levels.json", "{\"level\": 1, \"label\": \"fatal and last\"}\n");
        Assert.Equal(1L, await ScalarAsync(connection, "SELECT count(*) FROM levels"));
        await using (var refresh = connection.CreateCommand("REFRESH MATERIALIZED VIEW labelled"))
        {
            await refresh.ExecuteNonQueryAsync();
        }
        Assert.Equal(await ScalarAsync(connection, "SELECT count(*) FROM log_entries WHERE level = 1"), await ScalarAsync(connection, "SELECT sum(n) FROM labelled"));
    }

    [Fact]
    public async Task AConnectionStringNamesAFolder()
    {
        Write("levels.csv", "level,label\n1,fatal\n2,error\n");
        await using var golden = await GoldenLake.CopyAsOursAsync();
        await using var connection = new MicromegasConnection($"{golden.ConnectionString};Static Tables={_folder}");
        await connection.OpenAsync();
        Assert.Equal(
            await ScalarAsync(connection, "SELECT count(*) FROM log_entries WHERE level <= 2"),
            await ScalarAsync(connection, "SELECT count(*) FROM log_entries JOIN levels USING (level)"));

        // Parquet too; a file that is written anew, and one that is broken, as with text.
        await using (var export = connection.CreateCommand("SELECT level, label FROM levels"))
        {
            await export.ExportAsync(Path.Combine(_folder, "copy.parquet"));
        }
        Assert.Equal("error,fatal", await TextAsync(connection, "SELECT string_agg(label, ',' ORDER BY label) FROM copy"));
        File.Delete(Path.Combine(_folder, "copy.parquet"));
        await using (var export = connection.CreateCommand("SELECT level, label || '!' AS label FROM levels WHERE level = 1"))
        {
            await export.ExportAsync(Path.Combine(_folder, "copy.parquet"));
        }
        Assert.Equal("fatal!", await TextAsync(connection, "SELECT string_agg(label, ',' ORDER BY label) FROM copy"));
        Write("torn.parquet", "PAR1 and no more than that");
        Assert.Equal("XX001", (await Assert.ThrowsAsync<MicromegasException>(() => ScalarAsync(connection, "SELECT * FROM torn"))).SqlState);
        Assert.Equal(3L, await ScalarAsync(connection, "SELECT count(*) FROM information_schema.tables WHERE table_name IN ('levels', 'copy', 'torn')"));

        // Who does not name the folder does not see it.
        await using var other = new MicromegasConnection(golden.ConnectionString);
        await other.OpenAsync();
        Assert.Equal("42P01", (await Assert.ThrowsAsync<MicromegasException>(() => ScalarAsync(other, "SELECT * FROM levels"))).SqlState);
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private static async Task<object?> ScalarAsync(MicromegasConnection connection, string sql)
    {
        await using var command = connection.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private static async Task<string?> TextAsync(MicromegasConnection connection, string sql) => (string?)await ScalarAsync(connection, sql);
}
