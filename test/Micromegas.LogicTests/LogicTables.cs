using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Catalog.Parquet;
using Micromegas.Engine.Execution;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.LogicTests;

/// <summary>Makes the tables of a file from the results of its <c>CREATE TABLE … AS</c> statements.</summary>
internal sealed class LogicTables(LogicSetting setting)
{
    private static readonly ParquetWriterOptions s_small = new() { RowGroupRows = 5, PageRows = 2 };

    private readonly MemoryObjectStore store = new();

    public TableCatalog Catalog { get; } = new();

    public async Task AddAsync(string name, QueryResult rows)
    {
        Catalog.Add(name, setting.Parquet ? await FileAsync(name, rows) : await MemoryAsync(rows));
    }

    private static async Task<MemoryTable> MemoryAsync(QueryResult rows)
    {
        var table = new MemoryTable(rows.Schema);
        while (await rows.ReadAsync(CancellationToken.None) is { } batch)
        {
            table.Append(batch);
        }
        return table;
    }

    private async Task<ParquetTable> FileAsync(string name, QueryResult rows)
    {
        using var content = new MemoryStream();
        using (var writer = new ParquetWriter(rows.Schema, ParquetSink.To(content), s_small))
        {
            while (await rows.ReadAsync(CancellationToken.None) is { } batch)
            {
                await writer.AppendAsync(batch, CancellationToken.None);
            }
            await writer.FinishAsync(CancellationToken.None);
        }
        await store.PutAsync(name, content.ToArray(), PutMode.Overwrite, CancellationToken.None);
        return await ParquetTable.OpenAsync(store, [name], CancellationToken.None);
    }
}
