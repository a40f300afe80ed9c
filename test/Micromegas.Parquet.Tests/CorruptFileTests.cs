using Micromegas.Columnar;
using Micromegas.DuckDb;
using Micromegas.Storage;
using Micromegas.Testing;

namespace Micromegas.Parquet.Tests;

/// <summary>Damaged files give a <see cref="ParquetException"/> that says where, or (when the damage hits plain values) other values; never anything else.</summary>
/// <remarks>The environment variable MICROMEGAS_FUZZ multiplies the rounds.</remarks>
public class CorruptFileTests
{
    private static readonly int Effort = int.TryParse(Environment.GetEnvironmentVariable("MICROMEGAS_FUZZ"), out var factor) ? Math.Max(factor, 1) : 1;

    [Theory]
    [InlineData("blocks/")]
    [InlineData("log_entries/")]
    [InlineData("measures/")]
    [InlineData("net_spans/")]
    [InlineData("streams/")]
    public async Task Damaged_files_of_the_recorded_lake_never_do_worse_than_a_typed_error(string view)
    {
        var key = GoldenFiles.Keys.First(key => key.Contains(view, StringComparison.Ordinal));
        await DamageAsync(await GoldenFiles.Store.ReadAllAsync(key, default), 80, 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Damaged_nested_files_never_do_worse_than_a_typed_error(int seed)
    {
        var random = new Random(seed);
        var table = new RandomTable(random);
        var schema = table.NextSchema(4, 3);
        var columns = schema.Fields.Select(field => table.NextColumn(field, 300)).ToArray();
        var options = new ParquetWriterOptions { Codec = seed % 2 == 0 ? ParquetCodec.None : ParquetCodec.Snappy, DictionaryBytes = 500, PageRows = 100 };
        await DamageAsync(await WrittenFile.WriteAsync(schema, columns, options), 100, seed);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("brotli")]
    [InlineData("zstd")]
    [InlineData("lz4_raw, dictionary_size_limit 1, parquet_version v2")]
    public async Task Damaged_files_of_other_codecs_and_encodings_never_do_worse_than_a_typed_error(string codec)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using (var duckDb = DuckDbDatabase.OpenInMemory())
            {
                duckDb.Execute($"COPY (SELECT i, i * 0.25 AS d, (i % 100)::float AS f, 'text ' || i AS t FROM range(2000) AS r(i)) TO '{path}' (FORMAT parquet, codec {codec})");
            }
            await DamageAsync(await File.ReadAllBytesAsync(path), 80, codec.Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_file_cut_off_anywhere_is_refused()
    {
        var bytes = await GoldenFiles.Store.ReadAllAsync(GoldenFiles.Keys.First(static key => key.Contains("log_stats/", StringComparison.Ordinal)), default);
        for (var length = 0; length < bytes.Length; length += 97)
        {
            await Assert.ThrowsAsync<ParquetException>(async () => await WrittenFile.OpenAsync(bytes[..length]));
        }
    }

    [Fact]
    public async Task An_error_names_file_row_group_column_and_offset()
    {
        var schema = new Schema(new Field("a", DataType.Int64, false), new Field("b", DataType.Utf8, false));
        object?[][] columns = [[1L, 2L, 3L], ["x", "y", "z"]];
        var bytes = await WrittenFile.WriteAsync(schema, columns, new ParquetWriterOptions { Codec = ParquetCodec.None, UsesDictionary = static _ => false });
        var (_, intact) = await WrittenFile.OpenAsync(bytes);
        var offset = intact.RowGroups[0].Columns[1].First.Start;
        bytes[offset] = 0xff;
        var (store, file) = await WrittenFile.OpenAsync(bytes);
        var error = await Assert.ThrowsAsync<ParquetException>(() => FileRows.ReadAllAsync(store, file));
        Assert.Equal(WrittenFile.Key, error.FileKey);
        Assert.Equal(0, error.RowGroup);
        Assert.Equal("b", error.Column);
        Assert.Equal(offset, error.Offset);
        Assert.Contains("column 'b'", error.Message, StringComparison.Ordinal);
    }

    private static async Task DamageAsync(byte[] intact, int rounds, int seed)
    {
        var random = new Random(seed);
        var outcomes = (Read: 0, Refused: 0);
        for (var round = 0; round < rounds * Effort; round++)
        {
            var bytes = Damage(intact, random);
            try
            {
                var (store, file) = await WrittenFile.OpenAsync(bytes);
                Assert.InRange(file.RowCount, 0, 10_000_000);
                await FileRows.ReadAllAsync(store, file, random.Next(1, 500));
                for (var i = 0; i < file.Schema.Count && file.RowGroups.Count > 0; i++)
                {
                    _ = file.RowGroups[0].Columns[i].Statistics;
                    await file.ReadPageIndexAsync(store, 0, i, default);
                }
                outcomes.Read++;
            }
            catch (ParquetException e)
            {
                Assert.NotNull(e.FileKey);
                outcomes.Refused++;
            }
        }
        Assert.True(outcomes.Refused > 0, "No damage was noticed.");
    }

    private static byte[] Damage(byte[] intact, Random random)
    {
        var bytes = (byte[])intact.Clone();
        // Half of the damage goes to the footer, which is where lengths and offsets are.
        var footer = BitConverter.ToInt32(bytes, bytes.Length - 8);
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(2) == 0 ? random.Next(bytes.Length - 8) : bytes.Length - 8 - footer + random.Next(footer);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes[at] = 0xff;
                    break;
                default:
                    random.NextBytes(bytes.AsSpan(at, Math.Min(random.Next(1, 16), bytes.Length - 8 - at)));
                    break;
            }
        }
        return bytes;
    }
}
