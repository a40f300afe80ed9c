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
    private readonly int[] deferredCalls;
    private readonly DataType[]?[] streamTypes;
    private Vector[][]? rowArguments;
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
        streamTypes = new DataType[]?[RowStream + 1];
        if (keys.ColumnCount == 0)
        {
            // Without keys there is one group, even of no rows.
            Resolve([], null, 1);
        }
    }

    public int Set { get; }

    public int GroupCount => keys.Count;

    public AggregateSpec Spec => spec;

    /// <summary>The keys of the groups.</summary>
    public KeyTable Keys => keys;

    /// <summary>The state of each call.</summary>
    public ReadOnlySpan<Accumulator> Accumulators => accumulators;

    /// <summary>The rows of each call that adds them at the end; null for calls that add them at once.</summary>
    public ReadOnlySpan<DeferredRows?> Deferred => deferred;

    /// <summary>The calls that add their rows at the end.</summary>
    public ReadOnlySpan<int> DeferredCalls => deferredCalls;

    public int StreamCount => 1 + deferredCalls.Length;

    /// <summary>The stream of rows that were split before they were grouped (<see cref="RadixSplit"/>): keys and arguments as <see cref="RowLayout"/> has them.</summary>
    public int RowStream => StreamCount;

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
                if (bytes > spec.Context.Budget.Limit >> AggregateExporter.BlockShift)
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

    /// <summary>
    /// Whether the rows of a stream may be split by all their columns instead of the keys, and added to their call piece by piece: distinct tuples, of a function that
    /// asks for no order.
    /// </summary>
    public bool IsSplittable(int stream) =>
        stream > 0 && stream < StreamCount && deferred[deferredCalls[stream - 1]] is { IsAbsorbable: true } && !spec.Aggregate.Aggregates[deferredCalls[stream - 1]].Function.IsOrderSensitive;

    /// <summary>Whether there are rows of such a stream.</summary>
    public bool HasDistinctRows
    {
        get
        {
            for (var stream = 1; stream < StreamCount; stream++)
            {
                if (IsSplittable(stream) && deferred[deferredCalls[stream - 1]]!.Count > 0)
                {
                    return true;
                }
            }
            return false;
        }
    }

    /// <summary>How many of the first columns of a stream say which partition a row belongs to.</summary>
    public int HashedColumns(int stream, bool byRows) => byRows && IsSplittable(stream) ? StreamTypes(stream).Length : KeyCount;

    /// <summary>Makes room for so many groups, about; there are none.</summary>
    public void Reserve(int groupCount) => keys.Reserve(groupCount);

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
        : stream == RowStream ? [.. spec.Rows(Set).Types] : [.. spec.KeyTypes(Set), .. deferred[deferredCalls[stream - 1]]!.Types];

    /// <summary>Adds distinct rows that another table exported, of groups that are known.</summary>
    public void AddDistinct(int stream, Vector[] block, int count)
    {
        Resolve(block.AsSpan(0, keys.ColumnCount), null, count);
        deferred[deferredCalls[stream - 1]]!.Add(block.AsSpan(keys.ColumnCount), groups.Items, null, count);
    }

    /// <summary>Adds the distinct rows to their calls, and forgets them: none of them comes again.</summary>
    public void FeedDistinct(CancellationToken cancellationToken)
    {
        for (var stream = 1; stream < StreamCount; stream++)
        {
            var call = deferredCalls[stream - 1];
            if (IsSplittable(stream) && deferred[call]!.Count > 0)
            {
                deferred[call]!.Feed(accumulators[call], cancellationToken);
                Forget(call);
            }
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
        if (stream == RowStream)
        {
            UpdateRows(block, count);
            return;
        }
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

    /// <summary>The values of a key for a range of groups, any values but for the nulls if they are not wanted; the caller owns the vector.</summary>
    public Vector FinishKey(int key, int start, int count, bool isWanted) => keys.Decode(key, start, count, isWanted);

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
        foreach (var accumulator in accumulators)
        {
            accumulator.Dispose();
        }
        foreach (var rows in deferred)
        {
            rows?.Dispose();
        }
    }

    /// <summary>Forgets the deferred rows of a call.</summary>
    public void Forget(int call)
    {
        deferred[call]!.Dispose();
        deferred[call] = new DeferredRows(spec.Aggregate.Aggregates[call], keys.ColumnCount > 0);
    }

    /// <summary>Bytes of a group's state, where it may be large.</summary>
    public long StateBytes(int group)
    {
        var bytes = 0L;
        foreach (var accumulator in accumulators)
        {
            bytes += accumulator.StateBytes(group);
        }
        return bytes;
    }

    /// <summary>Adds rows whose groups are resolved.</summary>
    private void UpdateRows(Vector[] block, int count)
    {
        var ordinals = spec.Rows(Set).Ordinals;
        rowArguments ??= [.. ordinals.Select(static call => new Vector[call.Length])];
        for (var i = 0; i < accumulators.Length; i++)
        {
            for (var argument = 0; argument < ordinals[i].Length; argument++)
            {
                rowArguments[i][argument] = block[ordinals[i][argument]];
            }
            accumulators[i].Update(rowArguments[i], groups.Items, null, count);
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
    /// <param name="known">Groups there were before.</param>
    public void Grow(int known)
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
