using Micromegas.Columnar;
using Micromegas.Storage;

namespace Micromegas.Parquet.Tests;

/// <summary>Reads files into boxed rows, for comparisons.</summary>
internal static class FileRows
{
    /// <param name="store">Where the file is.</param>
    /// <param name="file">The file.</param>
    /// <param name="batch">Rows a call.</param>
    /// <param name="skip">Rows to skip before each call, from the number of the row.</param>
    public static async Task<List<object?[]>> ReadAllAsync(IObjectStore store, ParquetFile file, int batch = Batch.MaxRows, Func<long, int>? skip = null)
    {
        var rows = new List<object?[]>();
        var columns = Enumerable.Range(0, file.Schema.Count).ToArray();
        foreach (var group in file.RowGroups)
        {
            using var reader = file.OpenRowGroup(group.Ordinal, columns);
            await reader.PrefetchAsync(store, default);
            for (long done = 0; done < group.RowCount;)
            {
                var pass = (int)Math.Min(skip?.Invoke(done) ?? 0, group.RowCount - done);
                var count = (int)Math.Min(batch, group.RowCount - done - pass);
                var values = new object?[count][];
                for (var row = 0; row < count; row++)
                {
                    values[row] = new object?[columns.Length];
                }
                for (var column = 0; column < columns.Length; column++)
                {
                    reader.Column(column).Skip(pass);
                    if (count == 0)
                    {
                        continue;
                    }
                    var vector = reader.Column(column).Read(count);
                    Assert.Equal(count, vector.Length);
                    for (var row = 0; row < count; row++)
                    {
                        values[row][column] = vector.GetValue(row);
                    }
                }
                rows.AddRange(values);
                done += pass + count;
            }
        }
        return rows;
    }
}
