using Micromegas.Columnar;
using Micromegas.Testing;

namespace Micromegas.Parquet.Tests;

/// <summary>Row groups opened for some rows only: pages of other rows are not fetched, and what is read is the same.</summary>
public class RowRangesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Rows_that_were_asked_for_are_those_of_the_whole_row_group(int seed)
    {
        const int rows = 30_000;
        var random = new Random(seed);
        var table = new RandomTable(random);
        // A nested column is fetched whole, beside flat ones that are not.
        var schema = new Schema(
            new Field("a", DataType.Int64), new Field("b", DataType.Utf8), new Field("c", DataType.DictionaryUtf8, false), new Field("d", DataType.Float64, false),
            new Field("e", DataType.List(DataType.Int32)), new Field("f", DataType.Boolean));
        var columns = schema.Fields.Select(field => table.NextColumn(field, rows)).ToArray();
        var options = ParquetWriterOptions.Fast with { RowGroupRows = rows, PageRows = 1500 + (seed * 300), UsesDictionary = static field => field.Name == "c" };
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(schema, columns, options));
        var wanted = RowRanges.Of([(random.Next(3000), 4000), (9000, 9001), (20_000, 20_000 + random.Next(1, 3000))]);
        using var reader = file.OpenRowGroup(0, [0, 1, 2, 3, 4, 5], null, wanted);
        await reader.PrefetchAsync(store, default);
        Assert.True(reader.SkippedPages > 10);
        Assert.Equal(reader.PrefetchSize, reader.FetchedBytes + reader.SkippedBytes);
        Assert.True(reader.SkippedBytes > 0);
        for (var column = 0; column < schema.Count; column++)
        {
            long at = 0;
            foreach (var (start, end) in wanted.Ranges)
            {
                reader.Column(column).Skip((int)(start - at));
                for (at = start; at < end;)
                {
                    var count = (int)Math.Min(random.Next(1, 700), end - at);
                    var vector = reader.Column(column).Read(count);
                    for (var i = 0; i < count; i++)
                    {
                        Assert.True(RandomTable.Same(columns[column][at + i], vector.GetValue(i)), $"{schema[column]}, row {at + i}");
                    }
                    at += count;
                }
            }
            // The rows behind are not there.
            reader.Column(column).Skip((int)Math.Min(7000, reader.Column(column).RowsLeft - 1));
            if (column is not (2 or 4))
            {
                Assert.Throws<InvalidOperationException>(() => reader.Column(column).Read(1));
            }
        }
    }

    [Fact]
    public async Task Without_a_page_index_and_for_most_rows_chunks_are_fetched_whole()
    {
        var schema = new Schema(new Field("a", DataType.Int64));
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(schema, [[.. Enumerable.Range(0, 20_000).Select(static i => (object)(long)i)]], new ParquetWriterOptions { PageRows = 1000 }));
        using var reader = file.OpenRowGroup(0, [0], null, RowRanges.Of([(0, 18_000)]));
        await reader.PrefetchAsync(store, default);
        Assert.Equal(0, reader.SkippedPages);
        Assert.Equal(reader.PrefetchSize, reader.FetchedBytes);
    }

    [Fact]
    public void Ranges_intersect_and_join_over_small_gaps()
    {
        var ranges = RowRanges.Of([(0, 10), (100, 200), (10_000, 10_000), (20_000, 30_000)]);
        Assert.Equal([(0, 200), (20_000, 30_000)], ranges.Ranges);
        Assert.Equal(10_200, ranges.RowCount);
        Assert.Equal([(150, 200), (25_000, 30_000)], ranges.Intersect(RowRanges.Of([(150, 5000), (25_000, 90_000)])).Ranges);
        Assert.Empty(ranges.Intersect(RowRanges.Of([(5000, 6000)])).Ranges);
        Assert.True(ranges.Overlap(199, 300));
        Assert.False(ranges.Overlap(200, 20_000));
    }
}
