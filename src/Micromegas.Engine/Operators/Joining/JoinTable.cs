using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>
/// Rows of a join's build side in memory (all, or one piece of them): the rows, the numbered keys, and for each key its rows. Written by the build
/// pipeline's workers, indexed once, then read by all workers of the probe side.
/// </summary>
internal sealed unsafe class JoinTable : IDisposable
{
    private readonly JoinSpec spec;
    private readonly JoinLayout layout;
    private readonly NativeList<int> starts = new();
    private readonly NativeList<int> rowIds = new();
    private readonly NativeList<byte> matched = new();
    private int probes;
    private NumberIndex? numbered;

    public JoinTable(JoinSpec spec, JoinLayout layout, JoinGroups? groups)
    {
        this.spec = spec;
        this.layout = layout;
        Groups = groups;
        Rows = new RowStore(layout.Types, RowStore.LargestDictionary(spec.Context.Budget));
        Keys = new KeyTable(spec.Keys.Select(static key => key.Right.Type));
    }

    /// <summary>The rows, as <see cref="JoinLayout"/> says.</summary>
    public RowStore Rows { get; }

    /// <summary>The keys, where no <see cref="NumberIndex"/> has them.</summary>
    public KeyTable Keys { get; }

    /// <summary>Different keys.</summary>
    public int KeyCount => numbered?.KeyCount ?? Keys.Count;

    /// <summary>For a mark that may be null: the groups of all build rows.</summary>
    public JoinGroups? Groups { get; }

    /// <summary>Whether no key has more than one row.</summary>
    public bool IsUnique { get; private set; } = true;

    /// <summary>The right columns by key, where the table is small and its keys are unique.</summary>
    public JoinValues? Values { get; private set; }

    /// <summary>Rows stored.</summary>
    public long RowCount => Enumerable.Range(0, Rows.ChunkCount).Sum(chunk => (long)Rows.RowsOf(chunk));

    /// <summary>Bytes of the index.</summary>
    public long IndexBytes => (numbered?.Bytes ?? 0) + Keys.Bytes + starts.Bytes + rowIds.Bytes + matched.Bytes;

    /// <summary>Bytes that indexing takes at most, before it is done.</summary>
    public long NeededIndexBytes(long rows) =>
        (NumberIndex.NeededBytes(spec, layout, rows) is > 0 and var bytes ? bytes : layout.IndexBytes(rows, Rows, Keys.Width)) + (spec.KeepsRight ? ((long)Rows.ChunkCount + 1) << RowStore.ChunkShift : 0);

    /// <summary>Rows of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> RowsOf(int key) => numbered is null ? new(rowIds.Items + starts[key], starts[key + 1] - starts[key]) : numbered.RowsOf(key);

    /// <summary>Something to look keys up with; one a worker.</summary>
    public JoinLookup CreateLookup() => numbered is null ? new KeyLookup(Keys) : numbered.CreateLookup();

    /// <summary>Remembers that a row had a match. Several workers may say so of one row at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MarkMatched(int id) => matched.Items[id] = 1;

    public bool IsMatched(int id) => matched[id] != 0;

    public void AddProbe() => Interlocked.Increment(ref probes);

    /// <summary>Whether the caller is the last probe to end: then nobody marks rows any more.</summary>
    public bool EndProbe() => Interlocked.Decrement(ref probes) == 0;

    /// <summary>Indexes all rows, by the calling worker; nothing is written any more.</summary>
    public void Index(CancellationToken cancellationToken)
    {
        numbered = NumberIndex.Create(spec, layout, Rows, RowCount);
        if (numbered is null)
        {
            NumberKeys(countGroups: false, cancellationToken);
        }
        else
        {
            numbered.Index(cancellationToken);
        }
        Complete();
    }

    /// <summary>Indexes all rows unless there are so many that all workers should; then nothing is done but to tell what they have to do before <see cref="Complete"/>.</summary>
    /// <param name="values">Takes what scans want to know of the keys.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public NumberIndex? Begin(JoinKeyValues values, CancellationToken cancellationToken)
    {
        numbered = NumberIndex.Create(spec, layout, Rows, RowCount);
        if (numbered is null)
        {
            NumberKeys(countGroups: true, cancellationToken);
            values.Take(Keys, cancellationToken);
            Complete();
        }
        return numbered;
    }

    /// <summary>The rows are indexed.</summary>
    public void Complete()
    {
        numbered?.Complete();
        IsUnique = numbered?.IsUnique ?? IsUnique;
        if (spec.KeepsRight)
        {
            matched.Resize(Rows.ChunkCount << RowStore.ChunkShift, 0);
        }
        else if (numbered is null && spec is { Residual: null, IsExistence: false })
        {
            Values = JoinValues.Create(this, spec);
        }
    }

    public void Dispose()
    {
        Values?.Dispose();
        Values = null;
        numbered?.Dispose();
        Rows.Dispose();
        Keys.Dispose();
        starts.Dispose();
        rowIds.Dispose();
        matched.Dispose();
    }

    /// <summary>Numbers the keys of all rows.</summary>
    /// <param name="countGroups">Whether <see cref="Groups"/> are counted too.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    private void NumberKeys(bool countGroups, CancellationToken cancellationToken)
    {
        using var numbers = new NativeList<int>();
        using var encoder = new KeyEncoder(Keys, add: true);
        using var reader = Rows.CreateReader();
        using var ids = new NativeList<int>();
        using var block = new NativeList<int>();
        using var present = new Selection();
        ids.EnsureCapacity(Batch.MaxRows);
        block.EnsureCapacity(Batch.MaxRows);
        numbers.EnsureCapacity(Math.Max(1, Rows.ChunkCount << RowStore.ChunkShift));
        var keys = new Vector[layout.KeyCount];
        for (var chunk = 0; chunk < Rows.ChunkCount; chunk++)
        {
            for (var start = 0; start < Rows.RowsOf(chunk); start += Batch.MaxRows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = Math.Min(Batch.MaxRows, Rows.RowsOf(chunk) - start);
                for (var i = 0; i < count; i++)
                {
                    ids[i] = (chunk << RowStore.ChunkShift) + start + i;
                }
                for (var i = 0; i < keys.Length; i++)
                {
                    keys[i] = reader.Take(layout.OrdinalOf(i), ids.Items, count);
                }
                present.Count = SelectPresent(keys, count, present.Rows);
                new Span<int>(block.Items, count).Fill(-1);
                encoder.Resolve(keys, present, count, block.Items);
                numbers.Resize(ids[0], -1);
                for (var i = 0; i < count; i++)
                {
                    numbers.Add(block[i]);
                }
                if (countGroups)
                {
                    Groups?.Add(layout, keys, null, count);
                }
            }
        }
        Keys.Complete();
        Arrange(numbers, cancellationToken);
    }

    private int SelectPresent(Vector[] keys, int count, int* rows)
    {
        var selected = 0;
        for (var i = 0; i < count; i++)
        {
            rows[selected] = i;
            selected += layout.LacksKey(keys, i) ? 0 : 1;
        }
        return selected;
    }

    /// <summary>Puts the row ids of each key together.</summary>
    private void Arrange(NativeList<int> numbers, CancellationToken cancellationToken)
    {
        starts.Resize(Keys.Count + 1, 0);
        var rows = 0;
        foreach (var number in numbers.Span)
        {
            if (number >= 0)
            {
                starts[number + 1]++;
                rows++;
            }
        }
        for (var key = 0; key < Keys.Count; key++)
        {
            IsUnique &= starts[key + 1] <= 1;
            starts[key + 1] += starts[key];
        }
        cancellationToken.ThrowIfCancellationRequested();
        rowIds.Resize(Math.Max(rows, 1), -1);
        using var next = new NativeList<int>();
        next.EnsureCapacity(Keys.Count + 1);
        starts.Span.CopyTo(new Span<int>(next.Items, starts.Count));
        for (var id = 0; id < numbers.Count; id++)
        {
            if (numbers[id] >= 0)
            {
                rowIds[next.Items[numbers[id]]++] = id;
            }
        }
    }
}
