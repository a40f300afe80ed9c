using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>Turns the groups of a table into vectors of keys and state that another one can import: to be split by hash, or put into files.</summary>
internal sealed unsafe class AggregateExporter(AggregateTable table) : IDisposable
{
    /// <summary>The part of the statement's memory, 1 / 64, that an exported block may take.</summary>
    public const int BlockShift = 6;

    private readonly NativeList<ulong> decodeScratch = new();

    private long MostBytes => table.Spec.Context.Budget.Limit >> BlockShift;

    /// <summary>Calls <paramref name="take"/> with blocks of every stream; the vectors are freed afterwards.</summary>
    /// <param name="take">Gets the number of the stream, the columns and the rows.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <param name="from">First group of the stream of groups; deferred rows are exported all.</param>
    public void Export(Action<int, Vector[], int> take, CancellationToken cancellationToken, int from = 0)
    {
        var keys = table.Keys;
        // Groups that carry long lists are taken few at a time.
        var most = (int)Math.Clamp(MostBytes / Math.Max(1, table.Bytes / Math.Max(1, keys.Count)), 1, Batch.MaxRows);
        for (var start = from; start < keys.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = CountUpTo(most, start);
            if (count == 0)
            {
                ExportLarge(start++, take, cancellationToken);
                continue;
            }
            List<Vector> block = [.. Enumerable.Range(0, keys.ColumnCount).Select(column => keys.Decode(column, start, count))];
            for (var i = 0; i < table.Accumulators.Length; i++)
            {
                if (table.Deferred[i] is null)
                {
                    block.AddRange(table.Accumulators[i].ExportState(start, count));
                }
            }
            Take(0, block, count, take);
            start += count;
        }
        for (var stream = 1; stream < table.StreamCount; stream++)
        {
            ExportRows(stream, take, cancellationToken);
        }
    }

    /// <summary>Exports the distinct rows of streams that may be split by them; the table forgets them.</summary>
    public void ExportDistinct(Action<int, Vector[], int> take, CancellationToken cancellationToken)
    {
        for (var stream = 1; stream < table.StreamCount; stream++)
        {
            if (table.IsSplittable(stream))
            {
                ExportRows(stream, take, cancellationToken);
                table.Forget(table.DeferredCalls[stream - 1]);
            }
        }
    }

    public void Dispose() => decodeScratch.Dispose();

    private void ExportRows(int stream, Action<int, Vector[], int> take, CancellationToken cancellationToken)
    {
        var keys = table.Keys;
        table.Deferred[table.DeferredCalls[stream - 1]]!.Export(
            (owners, values, count) =>
            {
                Vector[] ownerKeys = [.. Enumerable.Range(0, keys.ColumnCount).Select(column => keys.Decode(column, owners.Values, count, decodeScratch))];
                try
                {
                    take(stream, [.. ownerKeys, .. values], count);
                }
                finally
                {
                    foreach (var key in ownerKeys)
                    {
                        key.Dispose();
                    }
                }
            },
            cancellationToken);
    }

    private static void Take(int stream, List<Vector> block, int count, Action<int, Vector[], int> take)
    {
        try
        {
            take(stream, [.. block], count);
        }
        finally
        {
            foreach (var column in block)
            {
                column.Dispose();
            }
        }
    }

    /// <summary>How many groups from one on make a block; 0 when the first is too large for that.</summary>
    private int CountUpTo(int most, int start)
    {
        var count = Math.Min(most, table.GroupCount - start);
        if (!table.CanPass)
        {
            return count;
        }
        var room = MostBytes;
        for (var i = 0; i < count; i++)
        {
            room -= table.StateBytes(start + i);
            if (room < 0)
            {
                return i;
            }
        }
        return count;
    }

    /// <summary>Exports a group piece by piece: rows of the same key, the further ones with nothing but what is large.</summary>
    private void ExportLarge(int group, Action<int, Vector[], int> take, CancellationToken cancellationToken)
    {
        var keys = table.Keys;
        var accumulators = table.Accumulators;
        var room = MostBytes;
        var pieces = 0L;
        foreach (var accumulator in accumulators)
        {
            pieces = Math.Max(pieces, (accumulator.StateBytes(group) + room - 1) / Math.Max(1, room));
        }
        var nothing = AccumulatorSet.Create(table.Spec.Aggregate.Aggregates, keys.ColumnCount > 0, table.Spec.Context);
        try
        {
            foreach (var accumulator in nothing)
            {
                accumulator.Resize(1);
            }
            for (var piece = 0; piece < pieces; piece++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                List<Vector> block = [.. Enumerable.Range(0, keys.ColumnCount).Select(column => keys.Decode(column, group, 1))];
                for (var i = 0; i < accumulators.Length; i++)
                {
                    if (table.Deferred[i] is null)
                    {
                        block.AddRange(piece == 0 || accumulators[i].HasPasses ? accumulators[i].ExportPiece(group, piece, room) : nothing[i].ExportState(0, 1));
                    }
                }
                Take(0, block, 1, take);
            }
        }
        finally
        {
            foreach (var accumulator in nothing)
            {
                accumulator.Dispose();
            }
        }
    }
}
