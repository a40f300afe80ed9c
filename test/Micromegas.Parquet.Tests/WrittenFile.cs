using Micromegas.Columnar;
using Micromegas.Storage;

namespace Micromegas.Parquet.Tests;

/// <summary>Writes boxed columns with <see cref="ParquetWriter"/> and reads them back.</summary>
internal static class WrittenFile
{
    public const string Key = "file.parquet";

    public static async Task<byte[]> WriteAsync(Schema schema, object?[][] columns, ParquetWriterOptions? options = null, int batchRows = 1000, Func<int, bool>? isSelected = null)
    {
        using var stream = new MemoryStream();
        using var writer = new ParquetWriter(schema, ParquetSink.To(stream), options);
        var builders = schema.Fields.Select(field => VectorBuilder.Create(field.Type)).ToArray();
        var rows = columns.Length == 0 ? 0 : columns[0].Length;
        for (var start = 0; start < rows; start += batchRows)
        {
            var count = Math.Min(batchRows, rows - start);
            for (var i = 0; i < columns.Length; i++)
            {
                for (var row = start; row < start + count; row++)
                {
                    builders[i].AppendValue(columns[i][row]);
                }
            }
            var vectors = Array.ConvertAll(builders, static builder => builder.Build());
            using var selection = isSelected is null ? null : Select(start, count, isSelected);
            await writer.AppendAsync(new Batch(schema, vectors) { RowCount = count, Selection = selection }, default);
            foreach (var vector in vectors)
            {
                vector.Dispose();
            }
        }
        foreach (var builder in builders)
        {
            builder.Dispose();
        }
        var result = await writer.FinishAsync(default);
        Assert.Equal(stream.Length, result.Size);
        return stream.ToArray();
    }

    public static async Task<(IObjectStore Store, ParquetFile File)> OpenAsync(byte[] bytes)
    {
        var store = new MemoryObjectStore();
        await store.PutAsync(Key, bytes, PutMode.Overwrite, default);
        return (store, await ParquetFile.OpenAsync(store, Key, bytes.Length, default));
    }

    private static unsafe Selection Select(int start, int count, Func<int, bool> isSelected)
    {
        var selection = new Selection(count);
        for (var i = 0; i < count; i++)
        {
            if (isSelected(start + i))
            {
                selection.Rows[selection.Count++] = i;
            }
        }
        return selection;
    }
}
