using System.Text;
using Micromegas.Columnar;

namespace Micromegas.Data.Tests;

public class ExportTests
{
    private const string Everything =
        "SELECT CAST(1 AS INT) AS i, 1.5 AS d, 'a,\"b\"' AS t, '' AS e, NULL AS n, arrow_cast('2026-11-22T16:54:00.123456789', 'Timestamp(Nanosecond, None)') AS at, "
        + "X'0102' AS x, make_array(1, NULL) AS l, named_struct('k', 'v') AS s, true AS b, DATE '2026-11-22' AS day, TIME '01:02:03.5' AS tod, CAST('1.50' AS DECIMAL(5,2)) AS m";

    private static readonly MicromegasDataSource Source = MicromegasDataSource.Create("");

    [Fact]
    public async Task CsvQuotesWhatMustBeAndKeepsNullAndEmptyApart()
    {
        var text = await CsvAsync(Everything, new MicromegasExportOptions { Format = MicromegasExportFormat.Csv });
        Assert.Equal(
            "i,d,t,e,n,at,x,l,s,b,day,tod,m\r\n1,1.5,\"a,\"\"b\"\"\",\"\",,2026-11-22T16:54:00.123456789Z,AQI=,\"[1,null]\",\"{\"\"k\"\":\"\"v\"\"}\",true,2026-11-22,01:02:03.5,1.50\r\n",
            text);
    }

    [Fact]
    public async Task CsvTakesOtherDelimitersAndNulls()
    {
        var options = new MicromegasExportOptions { Format = MicromegasExportFormat.Csv, CsvDelimiter = ';', CsvHeader = false, CsvNull = "\\N" };
        Assert.Equal("\\N;\"\\N\";a,b\r\n", await CsvAsync("SELECT CAST(NULL AS INT), '\\N', 'a,b'", options));
        await Assert.ThrowsAsync<ArgumentException>(() => CsvAsync("SELECT 1", options with { CsvDelimiter = '"' }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ArrowStreamsHoldTheRows(bool pulled)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var command = connection.CreateCommand("SELECT i, 'v' || CAST(i % 7 AS VARCHAR) AS t FROM generate_series(1, 5000) AS g(i)");
        using var bytes = new MemoryStream();
        if (pulled)
        {
            await using var reader = await command.ExecuteReaderAsync();
            await using var arrow = reader.GetArrowStream(compress: true);
            await arrow.CopyToAsync(bytes);
        }
        else
        {
            Assert.Equal(5000, await command.ExecuteArrowAsync(bytes));
        }

        bytes.Position = 0;
        await using var back = await ArrowStreamReader.OpenAsync(bytes, new ArrowReaderOptions { Lz4 = new Export.ArrowLz4Codec() });
        var (rows, sum) = (0L, 0L);
        while (await back.ReadAsync() is { } batch)
        {
            rows += batch.RowCount;
            sum += Sum(batch);
        }

        Assert.Equal((5000, 5000L * 5001 / 2), (rows, sum));

        static long Sum(Batch batch)
        {
            var sum = 0L;
            for (var i = 0; i < batch.RowCount; i++)
            {
                var text = Encoding.UTF8.GetString(((BinaryVector)batch.Columns[1])[i]);
                var value = ((FlatVector<long>)batch.Columns[0])[i];
                Assert.Equal("v" + (value % 7), text);
                sum += value;
            }

            return sum;
        }
    }

    [Fact]
    public async Task FilesGetTheFormatOfTheirEnding()
    {
        var folder = Directory.CreateTempSubdirectory("mmd-export-").FullName;
        try
        {
            await using var connection = await Source.OpenConnectionAsync();
            await using var command = connection.CreateCommand("SELECT i, CAST(i AS VARCHAR) AS t FROM generate_series(1, 3000) AS g(i)");
            var parquet = Path.Combine(folder, "rows.parquet");
            foreach (var name in new[] { "rows.parquet", "rows.csv", "rows.arrow", "rows.arrows" })
            {
                Assert.Equal(3000, await command.ExportAsync(Path.Combine(folder, name)));
            }

            Assert.Equal(4, Directory.GetFiles(folder).Length);
            Assert.Equal(3001, File.ReadAllLines(Path.Combine(folder, "rows.csv")).Length);
            Assert.Equal("ARROW1"u8, File.ReadAllBytes(Path.Combine(folder, "rows.arrow")).AsSpan(0, 6));
            await using var source = new MicromegasDataSourceBuilder().AddParquet("t", parquet).Build();
            await using var check = source.CreateCommand("SELECT sum(i) FROM t WHERE t = CAST(i AS VARCHAR)");
            Assert.Equal(3000L * 3001 / 2, await check.ExecuteScalarAsync());

            command.CommandText = "SELECT 1 / (i - 2900) FROM generate_series(1, 3000) AS g(i)";
            await Assert.ThrowsAsync<MicromegasException>(() => command.ExportAsync(parquet));
            await Assert.ThrowsAsync<ArgumentException>(() => command.ExportAsync(Path.Combine(folder, "rows.txt")));
            Assert.Equal(4, Directory.GetFiles(folder).Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task BatchesShowTheColumnsAsTheyAre()
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var command = connection.CreateCommand(
            "SELECT i, CASE WHEN i % 2 = 0 THEN 'even' END AS t, arrow_cast(i, 'Timestamp(Nanosecond, Some(\"+00:00\"))') AS at, i > 4990 AS b FROM generate_series(1, 5000) AS g(i)");
        await using var reader = await command.ExecuteReaderAsync();
        var (sum, even, late) = (0L, 0, 0);
        await foreach (var batch in reader.ReadBatchesAsync())
        {
            foreach (var value in batch.GetValues<long>(0))
            {
                sum += value;
            }

            for (var row = 0; row < batch.RowCount; row++)
            {
                Assert.Equal(batch.GetValues<long>(0)[row], batch.GetValues<NanoTimestamp>(2)[row].UnixNanoseconds);
                even += batch.GetString(1, row) == "even" ? 1 : 0;
                Assert.Equal(batch.IsNull(1, row), batch.GetBytes(1, row).IsEmpty);
                late += (batch.GetBits(3)[row >> 6] >> (row & 63) & 1) == 1 ? 1 : 0;
            }

            Assert.True(batch.GetValidity(0).IsEmpty);
            Assert.Throws<InvalidCastException>(() => batch.GetValues<int>(0).Length);
            Assert.Throws<InvalidCastException>(() => batch.GetString(0, 0));
            Assert.Throws<IndexOutOfRangeException>(() => batch.GetColumn(4));
            Assert.Throws<ArgumentOutOfRangeException>(() => batch.IsNull(0, batch.RowCount));
        }

        Assert.Equal((5000L * 5001 / 2, 2500, 10), (sum, even, late));
        Assert.False(await reader.ReadAsync());
    }

    [Fact]
    public async Task DictionaryCodesAreGivenAsTheyAre()
    {
        var values = new Utf8Vector();
        using (var builder = VectorBuilder.Create(DataType.Utf8))
        {
            builder.AppendValue("one");
            builder.AppendValue("two");
            values = (Utf8Vector)builder.Build();
        }

        var type = DataType.Dictionary(DataType.Int32, DataType.Utf8);
        var vector = new DictionaryVector(type, values);
        vector.Prepare(values, 3);
        unsafe
        {
            (vector.Codes[0], vector.Codes[1], vector.Codes[2]) = (1, 0, 1);
        }

        var lake = new FakeLake { Schema = new Schema(new Field("c", type)) };
        lake.Batches.Add(new Batch(lake.Schema, [vector]) { RowCount = 3 });
        await using var connection = lake.Open();
        await using var reader = await connection.CreateCommand("SELECT").ExecuteReaderAsync();
        await foreach (var batch in reader.ReadBatchesAsync())
        {
            Assert.True(batch.TryGetCodes(0, out var codes, out var dictionary));
            Assert.Equal([1, 0, 1], codes);
            Assert.Same(values, dictionary);
            Assert.Equal("two", batch.GetString(0, 2));
        }
    }

    [Fact]
    public async Task TextsThatAreCodedInTheFileReachTheReaderAsCodes()
    {
        var folder = Directory.CreateTempSubdirectory("mmd-export-").FullName;
        try
        {
            var file = Path.Combine(folder, "rows.parquet");
            await using (var connection = await Source.OpenConnectionAsync())
            await using (var command = connection.CreateCommand("SELECT i, repeat('long text ', 20) || CAST(i % 5 AS VARCHAR) AS t FROM generate_series(1, 20000) AS g(i)"))
            {
                await command.ExportAsync(file);
            }

            await using var source = new MicromegasDataSourceBuilder("Threads=2").AddParquet("t", file).Build();
            await using var read = await source.OpenConnectionAsync();
            await using var all = read.CreateCommand("SELECT t, i FROM t WHERE i % 7 <> 0");
            var texts = new HashSet<object>(ReferenceEqualityComparer.Instance);
            await using (var reader = await all.ExecuteReaderAsync())
            {
                Assert.StartsWith("Utf8", reader.GetDataTypeName(0), StringComparison.Ordinal);
                while (await reader.ReadAsync())
                {
                    var text = reader.GetString(0);
                    Assert.EndsWith("text " + (reader.GetInt64(1) % 5), text, StringComparison.Ordinal);
                    texts.Add(text);
                }
            }

            // One string a value of each dictionary that the reader still remembers, not one a row.
            Assert.InRange(texts.Count, 5, 100);

            await using var batches = await all.ExecuteReaderAsync();
            var coded = 0;
            await foreach (var batch in batches.ReadBatchesAsync())
            {
                coded += batch.TryGetCodes(0, out _, out var values) && values!.Length == 5 ? batch.RowCount : 0;
            }

            Assert.InRange(coded, 10_000, 20_000);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task RowsAndBatchesDoNotMix()
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var command = connection.CreateCommand("SELECT 1");
        await using (var reader = await command.ExecuteReaderAsync())
        {
            Assert.True(await reader.ReadAsync());
            Assert.Throws<InvalidOperationException>(() => reader.GetArrowStream());
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.ReadBatchesAsync().GetAsyncEnumerator().MoveNextAsync());
        }

        await using (var reader = await command.ExecuteReaderAsync())
        {
            await using var batches = reader.ReadBatchesAsync().GetAsyncEnumerator();
            Assert.True(await batches.MoveNextAsync());
            Assert.Throws<InvalidOperationException>(() => reader.Read());
        }

        command.CommandText = "SET application_name = 1";
        await Assert.ThrowsAsync<InvalidOperationException>(() => command.ExecuteArrowAsync(Stream.Null));
    }

    private static async Task<string> CsvAsync(string sql, MicromegasExportOptions options)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var command = connection.CreateCommand(sql);
        using var bytes = new MemoryStream();
        Assert.Equal(1, await command.ExportAsync(bytes, options));
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
