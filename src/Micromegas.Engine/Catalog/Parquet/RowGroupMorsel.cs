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

    /// <summary>The rows that may satisfy the predicates; null = all.</summary>
    private RowRanges? rows;

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
        var statistics = request.Context.Statistics;
        if (request.Predicates.Count > 0 && group.RowCount <= int.MaxValue)
        {
            var narrowing = new RowGroupNarrowing(file, store, group, request, fileColumns);
            rows = await narrowing.FindAsync(cancellationToken).ConfigureAwait(false);
        }
        var present = readOrdinals.Where(ordinal => fileColumns[ordinal] is not null).ToArray();
        var positions = Array.ConvertAll(present, ordinal => fileColumns[ordinal]!.Value);
        if (rows is { RowCount: 0 })
        {
            Interlocked.Increment(ref statistics.RowGroupsPruned);
            Interlocked.Add(ref statistics.BytesPruned, positions.Sum(position => group.Columns[position].CompressedSize));
            return;
        }
        var opened = file.OpenRowGroup(group.Ordinal, positions, request.Context.Chunks, rows);
        try
        {
            await opened.PrefetchAsync(store, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
        Interlocked.Increment(ref statistics.RowGroupsRead);
        Interlocked.Add(ref statistics.BytesRead, opened.FetchedBytes);
        Interlocked.Add(ref statistics.BytesPruned, opened.SkippedBytes);
        Interlocked.Add(ref statistics.PagesPruned, opened.SkippedPages);
        Interlocked.Add(ref statistics.CacheHits, opened.CacheHits);
        reader = opened;
    }

    public override MorselReader Open(QueryContext context)
    {
        if (rows is { RowCount: 0 })
        {
            return EmptyMorselReader.Instance;
        }
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
        return new RowGroupMorselReader(opened, rows ?? RowRanges.All(group.RowCount), tableSchema, request, positions, context);
    }

    public override void Dispose()
    {
        base.Dispose();
        reader?.Dispose();
        reader = null;
    }
}

/// <summary>Reads a row group none of whose rows is wanted.</summary>
internal sealed class EmptyMorselReader : MorselReader
{
    public static EmptyMorselReader Instance { get; } = new();

    public override Batch? Next() => null;
}
