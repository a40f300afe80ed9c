using Micromegas.Columnar;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Benchmarks.Data;

/// <summary>Copies a Parquet file into the layout that lakes of our own have.</summary>
internal static class OwnWriting
{
    public static async Task CopyAsync(string source, string target)
    {
        using var store = new DirectoryObjectStore(Path.GetDirectoryName(source)!);
        var file = await ParquetFile.OpenAsync(store, Path.GetFileName(source), null, CancellationToken.None);
        var stream = File.Create(target);
        await using (stream)
        {
            using var writer = new ParquetWriter(file.Schema, ParquetSink.To(stream), ParquetWriterOptions.Fast);
            for (var group = 0; group < file.RowGroups.Count; group++)
            {
                using var reader = file.OpenRowGroup(group, [.. Enumerable.Range(0, file.Schema.Count)]);
                await reader.PrefetchAsync(store, CancellationToken.None);
                await CopyAsync(file.Schema, reader, writer);
            }
            await writer.FinishAsync(CancellationToken.None);
        }
    }

    private static async Task CopyAsync(Schema schema, RowGroupReader reader, ParquetWriter writer)
    {
        var batch = new Batch(schema, new Vector[schema.Count]);
        for (var left = reader.RowCount; left > 0; left -= batch.RowCount)
        {
            batch.RowCount = (int)Math.Min(left, Batch.MaxRows);
            for (var column = 0; column < schema.Count; column++)
            {
                batch.Columns[column] = reader.Column(column).Read(batch.RowCount);
            }
            await writer.AppendAsync(batch, CancellationToken.None);
        }
    }
}
