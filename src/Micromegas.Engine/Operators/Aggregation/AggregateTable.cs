using Micromegas.Columnar;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>
/// The groups of one grouping set and the running state of every call. Rows come in as batches, or as state that another table exported: one stream
/// of groups with the state of the calls that add rows at once, and one stream of rows for each deferred call (<see cref="DeferredRows"/>).
/// </summary>
internal sealed unsafe class AggregateTable : IDisposable
{
    /// <summary>The part of the statement's memory, 1 / 64, that an exported block may take.</summary>
    private const int ExportShift = 6;

    /// <summary>The part of the statement's memory, 1 / 16, from which the state of one group is large.</summary>
    private const int LargeShift = 4;

    /// <summary>The part of the statement's memory, 1 / 8, that passes of all workers may take.</summary>
    private const int PassShift = 3;

    private readonly AggregateSpec spec;
    private readonly KeyTable keys;
    private readonly KeyEncoder encoder;
    private readonly Accumulator[] accumulators;
    private readonly DeferredRows?[] deferred;
    private readonly NativeList<int> groups = new();
    private readonly NativeList<ulong> decodeScratch = new();
    private readonly int[] deferredCalls;
    private readonly DataType[]?[] streamTypes;
    private bool isRepeated;
    private bool disposed;

    public AggregateTable(AggregateSpec spec, int set)
    {
        this.spec = spec;
        Set = set;
        var calls = spec.Aggregate.Aggregates;
        keys = new KeyTable(spec.KeyTypes(set));
        encoder = new KeyEncoder(keys, add: true);
        accumulators = AccumulatorSet.Create(calls, keys.ColumnCount > 0, spec.Context);
        deferred = [.. calls.Select(call => AggregateSpec.IsDeferred(call) ? new DeferredRows(call, keys.ColumnCount > 0) : null)];
        deferredCalls = [.. Enumerable.Range(0, calls.Count).Where(call => deferred[call] is not null)];
        streamTypes = new DataType[]?[StreamCount];
        if (keys.ColumnCount == 0)
        {
            // Without keys there is one group, even of no rows.
            Resolve([], null, 1);
        }
    }

    public int Set { get; }

    public int GroupCount => keys.Count;

    public int StreamCount => 1 + deferredCalls.Length;

    public int KeyCount => keys.ColumnCount;

    public long Bytes
    {
        get
        {
            var bytes = keys.Bytes;
            for (var i = 0; i < accumulators.Length; i++)
            {
                bytes += accumulators[i].MemoryBytes + (deferred[i]?.Bytes ?? 0);
            }
            return bytes;
        }
    }

    /// <summary>Bytes of memory that a further batch asks for, if all its rows are new groups.</summary>
    public long GrowthBytes
    {
        get
        {
            var bytes = keys.ColumnCount == 0 ? 0 : keys.GrowthBytes(Batch.MaxRows);
            // The state of groups is kept in arrays that double as the table of keys does.
            var doubles = bytes > 0;
            for (var i = 0; i < accumulators.Length; i++)
            {
                bytes += (doubles ? 2 * accumulators[i].MemoryBytes : 0) + accumulators[i].GrowthBytes(Batch.MaxRows) + (deferred[i]?.GrowthBytes(Batch.MaxRows) ?? 0);
            }
            return bytes;
        }
    }

    /// <summary>How many groups have so much state that together they take most of the table, if results can be found in passes over it; else 0.</summary>
    public int LargeGroupCount
    {
        get
        {
            var (count, largest, total) = (0, 0L, 0L);
            for (var group = 0; CanPass && group < GroupCount; group++)
            {
                var bytes = StateBytes(group);
                largest = Math.Max(largest, bytes);
                if (bytes > spec.Context.Budget.Limit >> ExportShift)
                {
                    count++;
                    total += bytes;
                }
            }
            // One group is all there is, however small: others have the memory.
            return largest > spec.Context.Budget.Limit >> LargeShift && total > Bytes / 4 ? count : GroupCount == 1 && CanPass ? 1 : 0;
        }
    }

    /// <summary>Whether results can be found in passes over state that is never held as a whole.</summary>
    public bool CanPass => Array.Exists(accumulators, static accumulator => accumulator.HasPasses);

    /// <summary>Adds the rows of a batch.</summary>
    public void Update(ReadOnlySpan<Vector> keyValues, Batch batch, ReadOnlySpan<CallInput> calls)
    {
        if (batch.Columns.Length > spec.Input.Count)
        {
            UpdateCounted(keyValues, batch, calls);
            return;
        }
        var isSingle = keys.ColumnCount == 0;
        ReadOnlySpan<DictionaryRun> runs = [];
        if (!isSingle && deferredCalls.Length == 0 && batch.Selection is null)
        {
            runs = ResolveRuns(keyValues, batch.RowCount);
        }
        // With runs, groups are written out row by row only for the first call that needs them so.
        var hasGroups = runs.Length == 0;
        if (hasGroups && (!isSingle || deferredCalls.Length > 0))
        {
            Resolve(keyValues, batch.Selection, batch.RowCount);
        }
        for (var i = 0; i < accumulators.Length; i++)
        {
            var selection = calls[i].Evaluate(batch);
            if (deferred[i] is { } rows)
            {
                Vector[] values = AggregateSpec.IsOrdered(calls[i].Call)
                    ? [.. calls[i].Arguments, calls[i].EncodeOrder(batch, selection)]
                    : calls[i].Arguments;
                rows.Add(values, groups.Items, selection, batch.RowCount);
            }
            else if (isSingle)
            {
                accumulators[i].UpdateSingle(calls[i].Arguments, selection, batch.RowCount);
            }
            else if (runs.Length == 0 || selection is not null || !accumulators[i].TryUpdateRuns(calls[i].Arguments, runs, batch.RowCount))
            {
                if (!hasGroups)
                {
                    Expand(runs, batch.RowCount);
                    hasGroups = true;
                }
                accumulators[i].Update(calls[i].Arguments, groups.Items, selection, batch.RowCount);
            }
        }
    }

    /// <summary>Types of the columns of a stream.</summary>
    public DataType[] StreamTypes(int stream) => streamTypes[stream] ??= stream == 0
        ? [.. spec.KeyTypes(Set), .. accumulators.Where((_, i) => deferred[i] is null).SelectMany(static accumulator => accumulator.StateTypes)]
        : [.. spec.KeyTypes(Set), .. deferred[deferredCalls[stream - 1]]!.Types];

    /// <summary>Calls <paramref name="take"/> with blocks of every stream; the vectors are freed afterwards.</summary>
    /// <param name="take">Gets the number of the stream, the columns and the rows.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <param name="from">First group of the stream of groups; deferred rows are exported all.</param>
    public void Export(Action<int, Vector[], int> take, CancellationToken cancellationToken, int from = 0)
    {
        // Groups that carry long lists are taken few at a time.
        var most = (int)Math.Clamp((spec.Context.Budget.Limit >> ExportShift) / Math.Max(1, Bytes / Math.Max(1, keys.Count)), 1, Batch.MaxRows);
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
            for (var i = 0; i < accumulators.Length; i++)
            {
                if (deferred[i] is null)
                {
                    block.AddRange(accumulators[i].ExportState(start, count));
                }
            }
            Take(0, block, count, take);
            start += count;
        }
        for (var stream = 1; stream < StreamCount; stream++)
        {
            var number = stream;
            deferred[deferredCalls[stream - 1]]!.Export(
                (owners, values, count) =>
                {
                    Vector[] ownerKeys = [.. Enumerable.Range(0, keys.ColumnCount).Select(column => keys.Decode(column, owners.Values, count, decodeScratch))];
                    try
                    {
                        take(number, [.. ownerKeys, .. values], count);
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
    }

    /// <summary>State is imported again and again from now on, as often as <see cref="EndPass"/> wants it.</summary>
    public void BeginPasses(int groupCount)
    {
        var passing = accumulators.Count(static accumulator => accumulator.HasPasses);
        foreach (var accumulator in accumulators)
        {
            accumulator.BeginPasses(groupCount, (spec.Context.Budget.Limit >> PassShift) / Math.Max(1, passing * spec.Context.Options.Threads));
        }
    }

    /// <summary>All state was imported. Gives whether it must be once more.</summary>
    public bool EndPass()
    {
        isRepeated = true;
        var more = false;
        foreach (var accumulator in accumulators)
        {
            more |= accumulator.HasPasses && accumulator.EndPass();
        }
        return more;
    }

    /// <summary>Adds a block that another table exported.</summary>
    public void Import(int stream, Vector[] block, int count)
    {
        if (isRepeated && stream > 0)
        {
            return;
        }
        Resolve(block.AsSpan(0, keys.ColumnCount), null, count);
        var values = block.AsSpan(keys.ColumnCount);
        if (stream > 0)
        {
            deferred[deferredCalls[stream - 1]]!.Add(values, groups.Items, null, count);
            return;
        }
        for (var i = 0; i < accumulators.Length; i++)
        {
            if (deferred[i] is null)
            {
                var width = accumulators[i].StateTypes.Count;
                if (!isRepeated || accumulators[i].HasPasses)
                {
                    accumulators[i].ImportState(values[..width], groups.Items, count);
                }
                values = values[width..];
            }
        }
    }

    /// <summary>Whether <see cref="Absorb"/> can be called: no call keeps its rows in order.</summary>
    public bool IsAbsorbable => Array.TrueForAll(deferred, static rows => rows is null or { IsAbsorbable: true });

    /// <summary>Adds the groups of another table of the same set without turning keys into values.</summary>
    /// <param name="other">The other table.</param>
    /// <param name="hasRoom">Asked after every block; what is false ends the work. This table is not touched again then.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>How many groups were added. If the work was ended, all deferred rows are to be added again.</returns>
    public int Absorb(AggregateTable other, Func<bool> hasRoom, CancellationToken cancellationToken)
    {
        using var importer = new KeyImporter(keys, other.keys);
        using var numbers = new NativeList<int>();
        for (var start = 0; start < other.GroupCount; start += Batch.MaxRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(Batch.MaxRows, other.GroupCount - start);
            var known = keys.Count;
            var block = importer.Add(start, count);
            Grow(known);
            for (var i = 0; i < accumulators.Length; i++)
            {
                if (deferred[i] is null)
                {
                    var state = other.accumulators[i].ExportState(start, count);
                    accumulators[i].ImportState(state, block, count);
                    foreach (var column in state)
                    {
                        column.Dispose();
                    }
                }
            }
            if (deferredCalls.Length > 0)
            {
                numbers.Resize(start + count, 0);
                new ReadOnlySpan<int>(block, count).CopyTo(numbers.Span[start..]);
            }
            if (!hasRoom())
            {
                return start + count;
            }
        }
        foreach (var call in deferredCalls)
        {
            if (!deferred[call]!.Absorb(other.deferred[call]!, numbers, hasRoom, cancellationToken))
            {
                break;
            }
        }
        return other.GroupCount;
    }

    /// <summary>Adds the deferred rows; no more rows come.</summary>
    public void Complete(CancellationToken cancellationToken)
    {
        for (var i = 0; i < accumulators.Length; i++)
        {
            if (deferred[i] is { } rows)
            {
                rows.Feed(accumulators[i], cancellationToken);
                rows.Dispose();
                deferred[i] = null;
            }
        }
    }

    /// <summary>The values of a key for a range of groups; the caller owns the vector.</summary>
    public Vector FinishKey(int key, int start, int count) => keys.Decode(key, start, count);

    /// <summary>The results of a call for a range of groups; the caller owns the vector.</summary>
    public Vector FinishCall(int call, int start, int count) => accumulators[call].Finish(start, count);

    public void Dispose()
    {
        if (disposed)
        {
            return;
        }
        disposed = true;
        keys.Dispose();
        encoder.Dispose();
        groups.Dispose();
        decodeScratch.Dispose();
        foreach (var accumulator in accumulators)
        {
            accumulator.Dispose();
        }
        foreach (var rows in deferred)
        {
            rows?.Dispose();
        }
    }

    private long StateBytes(int group)
    {
        var bytes = 0L;
        foreach (var accumulator in accumulators)
        {
            bytes += accumulator.StateBytes(group);
        }
        return bytes;
    }

    /// <summary>How many groups from one on make a block; 0 when the first is too large for that.</summary>
    private int CountUpTo(int most, int start)
    {
        var count = Math.Min(most, keys.Count - start);
        if (!CanPass)
        {
            return count;
        }
        var room = spec.Context.Budget.Limit >> ExportShift;
        for (var i = 0; i < count; i++)
        {
            room -= StateBytes(start + i);
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
        var room = spec.Context.Budget.Limit >> ExportShift;
        var pieces = accumulators.Max(accumulator => (accumulator.StateBytes(group) + room - 1) / Math.Max(1, room));
        var nothing = AccumulatorSet.Create(spec.Aggregate.Aggregates, keys.ColumnCount > 0, spec.Context);
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
                    if (deferred[i] is null)
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

    /// <summary>Adds rows that stand for several (<see cref="Catalog.ScanRequest.Counted"/>).</summary>
    private void UpdateCounted(ReadOnlySpan<Vector> keyValues, Batch batch, ReadOnlySpan<CallInput> calls)
    {
        var times = ((FlatVector<long>)batch.Columns[^1]).Values;
        if (keys.ColumnCount > 0)
        {
            Resolve(keyValues, batch.Selection, batch.RowCount);
        }
        for (var i = 0; i < accumulators.Length; i++)
        {
            var selection = calls[i].Evaluate(batch);
            accumulators[i].UpdateCounted(calls[i].Arguments, keys.ColumnCount > 0 ? groups.Items : null, selection, batch.RowCount, times);
        }
    }

    private ReadOnlySpan<DictionaryRun> ResolveRuns(ReadOnlySpan<Vector> keyValues, int rowCount)
    {
        var known = keys.Count;
        var runs = encoder.TryResolveRuns(keyValues, rowCount);
        Grow(known);
        return runs;
    }

    private void Resolve(ReadOnlySpan<Vector> keyValues, Selection? selection, int rowCount)
    {
        groups.EnsureCapacity(rowCount);
        var known = keys.Count;
        encoder.Resolve(keyValues, selection, rowCount, groups.Items);
        Grow(known);
    }

    private void Expand(ReadOnlySpan<DictionaryRun> runs, int rowCount)
    {
        groups.EnsureCapacity(rowCount);
        var start = 0;
        foreach (var run in runs)
        {
            new Span<int>(groups.Items + start, run.End - start).Fill(run.Code);
            start = run.End;
        }
    }

    /// <summary>Makes room in the accumulators for groups that are new.</summary>
    private void Grow(int known)
    {
        if (keys.Count > known)
        {
            foreach (var accumulator in accumulators)
            {
                accumulator.Resize(keys.Count);
            }
        }
    }
}
