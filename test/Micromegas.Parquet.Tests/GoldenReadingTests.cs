using Micromegas.Columnar;

namespace Micromegas.Parquet.Tests;

public class GoldenReadingTests
{
    [Fact]
    public async Task Every_file_of_the_recorded_lake_has_the_rows_that_the_catalogue_counts()
    {
        var counts = GoldenFiles.RowCounts();
        Assert.Equal(104, GoldenFiles.Keys.Length);
        foreach (var key in GoldenFiles.Keys)
        {
            var file = await ParquetFile.OpenAsync(GoldenFiles.Store, key, null, default);
            if (counts.TryGetValue(key, out var expected))
            {
                Assert.Equal(expected, file.RowCount);
            }
            var rows = await FileRows.ReadAllAsync(GoldenFiles.Store, file);
            Assert.Equal(file.RowCount, rows.Count);
        }
    }
}
