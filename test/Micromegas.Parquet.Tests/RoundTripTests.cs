using FsCheck;
using FsCheck.Fluent;
using Micromegas.Columnar;
using Micromegas.Testing;

namespace Micromegas.Parquet.Tests;

public class RoundTripTests
{
    [Fact]
    public void Any_table_comes_back_as_it_was_written() =>
        Prop.ForAll<int>(seed => RoundTripAsync(seed).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_large_table_comes_back_as_it_was_written(int seed)
    {
        var random = new Random(seed);
        var table = new RandomTable(random);
        var options = new ParquetWriterOptions { RowGroupRows = 30_000, DictionaryBytes = 20_000, PageRows = 4_000 };
        await CheckAsync(table, table.NextSchema(4, 1), 50_000, options, random);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_large_table_comes_back_from_our_own_layout(int seed)
    {
        var random = new Random(seed);
        var table = new RandomTable(random);
        var options = ParquetWriterOptions.Fast with { RowGroupRows = 20_000, PageRows = seed == 0 ? 20_000 : 3_000 };
        await CheckAsync(table, table.NextSchema(5, 1), 50_000, options, random);
    }

    [Fact]
    public async Task A_row_group_ends_where_it_is_told_to()
    {
        var schema = new Schema(new Field("c", DataType.Int64));
        using var stream = new MemoryStream();
        using var writer = new ParquetWriter(schema, ParquetSink.To(stream));
        writer.EndRowGroup();
        foreach (var values in new long[][] { [1, 3, 2], [5, 4] })
        {
            using var builder = VectorBuilder.Create(DataType.Int64);
            Array.ForEach(values, value => builder.AppendValue(value));
            using var vector = builder.Build();
            writer.Append(new Batch(schema, [vector]) { RowCount = values.Length });
            writer.EndRowGroup();
            writer.EndRowGroup();
        }
        Assert.Equal(2, (await writer.FinishAsync(default)).RowGroupCount);
        Assert.Throws<ObjectDisposedException>(writer.EndRowGroup);

        var (_, file) = await WrittenFile.OpenAsync(stream.ToArray());
        Assert.Equal(
            [(3L, (object?)1L, (object?)3L), (2L, 4L, 5L)],
            file.RowGroups.Select(static group => (group.RowCount, group.Columns[0].Statistics!.Min?.Value, group.Columns[0].Statistics!.Max?.Value)));
    }

    private static async Task RoundTripAsync(int seed)
    {
        var random = new Random(seed);
        var table = new RandomTable(random);
        var options = new ParquetWriterOptions
        {
            Codec = random.Next(3) switch { 0 => ParquetCodec.None, 1 => ParquetCodec.Snappy, _ => ParquetCodec.Lz4Raw },
            RowGroupRows = random.Next(1, 4000),
            PageRows = random.Next(1, 2000),
            PageBytes = random.Next(1, 20_000),
            DictionaryBytes = random.Next(4) == 0 ? 1 << 20 : random.Next(10_000),
            UsesDictionary = random.Next(4) == 0 ? static _ => false : static _ => true,
            SmallestSaving = random.Next(2) * 0.25,
            LargestDistinctShare = random.Next(2) * 0.5,
            SharesPrefixes = random.Next(2) == 0,
        };
        await CheckAsync(table, table.NextSchema(random.Next(1, 6), random.Next(4)), random.Next(3000), options, random);
    }

    private static async Task CheckAsync(RandomTable table, Schema schema, int rows, ParquetWriterOptions options, Random random)
    {
        var columns = schema.Fields.Select(field => table.NextColumn(field, rows)).ToArray();
        Func<int, bool>? isSelected = random.Next(2) == 0 ? null : row => row % 3 != 1;
        var expected = Enumerable.Range(0, rows).Where(isSelected ?? (static _ => true)).ToArray();
        var bytes = await WrittenFile.WriteAsync(schema, columns, options, random.Next(1, 3000), isSelected);
        var (store, file) = await WrittenFile.OpenAsync(bytes);
        Assert.Equal(schema, file.Schema);
        Assert.Equal(expected.Length, file.RowCount);

        var read = await FileRows.ReadAllAsync(store, file, random.Next(1, Batch.MaxRows + 1));
        AssertRows(schema, columns, expected, read);

        // Rows that are skipped must not change what comes after them.
        var skips = new Random(random.Next());
        var numbers = new List<int>();
        var size = random.Next(1, 500);
        long firstRow = 0;
        var groups = new Queue<ParquetRowGroup>(file.RowGroups);
        var skipped = await FileRows.ReadAllAsync(store, file, size, done =>
        {
            if (done == 0)
            {
                firstRow = groups.Dequeue().FirstRow;
            }
            var pass = skips.Next(3) == 0 ? skips.Next(3000) : 0;
            var group = file.RowGroups.Last(group => group.FirstRow <= firstRow && (group.RowCount > 0));
            pass = (int)Math.Min(pass, group.RowCount - done);
            var count = (int)Math.Min(size, group.RowCount - done - pass);
            numbers.AddRange(Enumerable.Range((int)(firstRow + done + pass), count));
            return pass;
        });
        AssertRows(schema, columns, [.. numbers.Select(number => expected[number])], skipped);
    }

    private static void AssertRows(Schema schema, object?[][] columns, int[] expected, List<object?[]> actual)
    {
        Assert.Equal(expected.Length, actual.Count);
        for (var row = 0; row < expected.Length; row++)
        {
            for (var column = 0; column < columns.Length; column++)
            {
                var value = columns[column][expected[row]];
                Assert.True(
                    RandomTable.Same(value, actual[row][column]),
                    $"{schema[column]}, row {row}: {RandomTable.Show(value)} became {RandomTable.Show(actual[row][column])}");
            }
        }
    }
}
