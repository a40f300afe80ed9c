using System.Text;
using Micromegas.Columnar;
using Micromegas.Testing;

namespace Micromegas.Parquet.Tests;

public class StatisticsTests
{
    [Fact]
    public async Task Bounds_of_any_column_hold_for_every_row_and_page()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            await CheckAsync(seed);
        }
    }

    [Fact]
    public async Task Long_texts_are_cut_between_characters_and_counted_up()
    {
        var text = new string('a', 63) + "漢字";
        var high = new string('z', 63) + "\u07ff" + "tail";
        var schema = new Schema(new Field("c", DataType.Utf8, false), new Field("b", DataType.Binary, false));
        object?[][] columns = [[text, high], [Enumerable.Repeat((byte)7, 65).ToArray(), Enumerable.Repeat((byte)0xff, 70).ToArray()]];
        var (_, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(schema, columns));
        var texts = file.RowGroups[0].Columns[0].Statistics;
        Assert.Equal(new string('a', 63), texts.Min!.Value);
        Assert.False(texts.IsMinExact);
        Assert.Equal(new string('z', 62) + "{", texts.Max!.Value);
        Assert.False(texts.IsMaxExact);
        var bytes = file.RowGroups[0].Columns[1].Statistics;
        Assert.Equal(64, ((byte[])bytes.Min!.Value!).Length);
        Assert.False(bytes.IsMinExact);
        // Nothing is above a row of 0xff: the bound stays whole.
        Assert.Equal(70, ((byte[])bytes.Max!.Value!).Length);
        Assert.True(bytes.IsMaxExact);
    }

    [Fact]
    public async Task Zeros_and_nan_are_treated_as_the_format_demands()
    {
        var schema = new Schema(new Field("d", DataType.Float64), new Field("n", DataType.Float64));
        var (_, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(schema, [[0d, double.NaN, null, -0d], [double.NaN, double.NaN, null, null]]));
        var zeros = file.RowGroups[0].Columns[0].Statistics;
        Assert.True(double.IsNegative((double)zeros.Min!.Value!));
        Assert.False(double.IsNegative((double)zeros.Max!.Value!));
        Assert.Equal(1, zeros.NullCount);
        Assert.False(zeros.IsMinExact || zeros.IsMaxExact);
        var nothing = file.RowGroups[0].Columns[1].Statistics;
        Assert.Null(nothing.Min);
        Assert.Null(nothing.Max);
        Assert.Equal(2, nothing.NullCount);
    }

    [Fact]
    public async Task Recorded_files_have_usable_page_indexes()
    {
        foreach (var key in GoldenFiles.Keys.Where(static (_, i) => i % 5 == 0))
        {
            var file = await ParquetFile.OpenAsync(GoldenFiles.Store, key, null, default);
            for (var column = 0; column < file.Schema.Count; column++)
            {
                var index = await file.ReadPageIndexAsync(GoldenFiles.Store, 0, column, default);
                Assert.Equal(file.RowGroups[0].Columns[column].HasPageIndex, index is not null);
                Assert.Equal(file.Schema[column].Type.IsNested, index is null);
                if (index is not null)
                {
                    Assert.Equal(file.RowGroups[0].RowCount, index.Pages.Sum(static page => page.RowCount));
                }
            }
        }
    }

    private static async Task CheckAsync(int seed)
    {
        var random = new Random(seed);
        var table = new RandomTable(random);
        var schema = table.NextSchema(3, 0);
        var columns = schema.Fields.Select(field => table.NextColumn(field, 500)).ToArray();
        var options = new ParquetWriterOptions { PageRows = 100, RowGroupRows = 300, DictionaryBytes = random.Next(2) * 2000, BoundBytes = random.Next(1, 20) };
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(schema, columns, options));
        foreach (var group in file.RowGroups)
        {
            for (var column = 0; column < columns.Length; column++)
            {
                Check(schema[column], columns[column].AsSpan((int)group.FirstRow, (int)group.RowCount), group.Columns[column].Statistics);
                var index = await file.ReadPageIndexAsync(store, group.Ordinal, column, default);
                foreach (var page in index!.Pages)
                {
                    if (page.Statistics.NullCount is null)
                    {
                        continue; // no column index: a page without bounds (intervals, nothing but NaN) rules it out
                    }
                    var values = columns[column].AsSpan((int)(group.FirstRow + page.FirstRow), (int)page.RowCount);
                    Assert.Equal(page.IsAllNull, values.IndexOfAnyExcept((object?)null) < 0);
                    Check(schema[column], values, page.Statistics);
                }
            }
        }
    }

    private static void Check(Field field, ReadOnlySpan<object?> values, ColumnStatistics statistics)
    {
        var nulls = 0;
        var (hitsMin, hitsMax) = (false, false);
        foreach (var value in values)
        {
            nulls += value is null ? 1 : 0;
            if (value is null or double.NaN or float.NaN || (value is Half half && Half.IsNaN(half)))
            {
                continue;
            }
            if (statistics.Min is { } min)
            {
                Assert.True(Compare(min.Value!, value) <= 0, $"{field}: {RandomTable.Show(value)} is below {RandomTable.Show(min.Value)}");
                hitsMin |= Compare(min.Value!, value) == 0;
            }
            if (statistics.Max is { } max)
            {
                Assert.True(Compare(max.Value!, value) >= 0, $"{field}: {RandomTable.Show(value)} is above {RandomTable.Show(max.Value)}");
                hitsMax |= Compare(max.Value!, value) == 0;
            }
        }
        Assert.Equal(nulls, statistics.NullCount);
        Assert.True(hitsMin || !statistics.IsMinExact || statistics.Min is null, $"{field}: the lower bound is no value");
        Assert.True(hitsMax || !statistics.IsMaxExact || statistics.Max is null, $"{field}: the upper bound is no value");
    }

    private static int Compare(object left, object right) => (left, right) switch
    {
        (byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b),
        (string a, string b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)),
        (Int256 a, Int256 b) => a.CompareTo(b),
        _ => ((IComparable)left).CompareTo(right),
    };
}
