using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>One row group of one file.</summary>
internal sealed class RowGroupMorsel(
    ParquetFile file, IObjectStore store, ParquetRowGroup group, Schema tableSchema, ScanRequest request, int[] readOrdinals, int?[] fileColumns) : Morsel
{
    private RowGroupReader? reader;

    public override long? RowCount => group.RowCount;

    public override ValueRange? RangeOf(int tableOrdinal)
    {
        if (fileColumns[tableOrdinal] is not { } position || group.Columns[position].Statistics is not { Min: { } min, Max: { } max } statistics)
        {
            return null;
        }
        return new ValueRange(min, max, statistics.NullCount is not 0);
    }

    public override async ValueTask PrefetchAsync(CancellationToken cancellationToken)
    {
        var present = readOrdinals.Where(ordinal => fileColumns[ordinal] is not null).ToArray();
        var opened = file.OpenRowGroup(group.Ordinal, Array.ConvertAll(present, ordinal => fileColumns[ordinal]!.Value), request.Context.Chunks);
        try
        {
            await opened.PrefetchAsync(store, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
        var statistics = request.Context.Statistics;
        Interlocked.Increment(ref statistics.RowGroupsRead);
        Interlocked.Add(ref statistics.BytesRead, opened.FetchedBytes);
        Interlocked.Add(ref statistics.CacheHits, opened.CacheHits);
        reader = opened;
    }

    public override MorselReader Open(QueryContext context)
    {
        var opened = reader ?? throw new InvalidOperationException("The row group was not fetched.");
        reader = null;
        var positions = new int[tableSchema.Count];
        Array.Fill(positions, -1);
        var next = 0;
        foreach (var ordinal in readOrdinals)
        {
            if (fileColumns[ordinal] is not null)
            {
                positions[ordinal] = next++;
            }
        }
        return new RowGroupMorselReader(opened, group.RowCount, tableSchema, request, positions, context);
    }

    public override void Dispose()
    {
        base.Dispose();
        reader?.Dispose();
        reader = null;
    }
}
