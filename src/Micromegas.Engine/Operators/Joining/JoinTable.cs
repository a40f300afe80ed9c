using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>
/// The build side of a join: its rows, the numbered keys, and for each key its rows. Written by the build pipeline's workers, indexed once, then read
/// by all workers of the probe side.
/// </summary>
internal sealed unsafe class JoinTable : IDisposable
{
    private readonly JoinSpec spec;
    private readonly int[] keyOrdinals;
    private readonly NativeList<int> starts = new();
    private readonly NativeList<int> rowIds = new();
    private readonly NativeList<byte> matched = new();
    private readonly NativeList<byte> groupHasNull = new();
    private readonly List<MemoryReservation> reservations = [];
    private readonly Lock gate = new();
    private int probes;

    public JoinTable(JoinSpec spec)
    {
        this.spec = spec;
        var computed = new List<DataType>();
        keyOrdinals = new int[spec.Keys.Count];
        for (var i = 0; i < keyOrdinals.Length; i++)
        {
            keyOrdinals[i] = spec.Keys[i].Right is BoundColumn column ? spec.RightColumns.ToList().IndexOf(column.Column) : -1;
            if (keyOrdinals[i] < 0)
            {
                keyOrdinals[i] = spec.RightColumns.Count + computed.Count;
                computed.Add(spec.Keys[i].Right.Type);
                ComputedKeys.Add(spec.Keys[i].Right);
            }
        }
        Rows = new RowStore([.. spec.RightColumns.Select(static column => column.Type), .. computed]);
        Keys = new KeyTable(spec.Keys.Select(static key => key.Right.Type));
        Groups = spec.IsThreeValued ? new KeyTable(spec.Keys.Take(spec.NullsEqualKeys).Select(static key => key.Right.Type)) : null;
    }

    /// <summary>The rows: the right columns, then <see cref="ComputedKeys"/>.</summary>
    public RowStore Rows { get; }

    /// <summary>Keys that are not plain columns and so are stored beside them.</summary>
    public List<BoundExpression> ComputedKeys { get; } = [];

    public KeyTable Keys { get; }

    /// <summary>For a mark that may be null: the rows' keys that match NULL with NULL.</summary>
    public KeyTable? Groups { get; }

    /// <summary>Whether no key has more than one row.</summary>
    public bool IsUnique { get; private set; } = true;

    /// <summary>Rows of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> RowsOf(int key) => new(rowIds.Items + starts[key], starts[key + 1] - starts[key]);

    /// <summary>Whether a group has a row whose ordinary key is null.</summary>
    public bool HasNull(int group) => groupHasNull[group] != 0;

    public MemoryReservation Reserve()
    {
        var reservation = new MemoryReservation(spec.Context.Budget, spec.Name);
        lock (gate)
        {
            reservations.Add(reservation);
        }
        return reservation;
    }

    /// <summary>Remembers that a row had a match. Several workers may say so of one row at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MarkMatched(int id) => matched.Items[id] = 1;

    public bool IsMatched(int id) => matched[id] != 0;

    public void AddProbe() => Interlocked.Increment(ref probes);

    /// <summary>Whether the caller is the last probe to end: then nobody marks rows any more.</summary>
    public bool EndProbe() => Interlocked.Decrement(ref probes) == 0;

    /// <summary>Numbers the keys of all rows; the build pipeline has ended.</summary>
    public void Index(CancellationToken cancellationToken)
    {
        var reservation = Reserve();
        using var numbers = new NativeList<int>();
        using var encoder = new KeyEncoder(Keys, add: true);
        using var groupEncoder = Groups is null ? null : new KeyEncoder(Groups, add: true);
        using var reader = Rows.CreateReader();
        using var ids = new NativeList<int>();
        using var block = new NativeList<int>();
        using var present = new Selection();
        ids.EnsureCapacity(Batch.MaxRows);
        block.EnsureCapacity(Batch.MaxRows);
        var keys = new Vector[keyOrdinals.Length];
        var nullable = Enumerable.Range(spec.NullsEqualKeys, keys.Length - spec.NullsEqualKeys).ToArray();
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
                    keys[i] = reader.Take(keyOrdinals[i], ids.Items, count);
                }
                present.Count = SelectPresent(keys, nullable, count, present.Rows);
                new Span<int>(block.Items, count).Fill(-1);
                encoder.Resolve(keys, present, count, block.Items);
                numbers.EnsureCapacity(((chunk + 1) << RowStore.ChunkShift) + 1);
                numbers.Resize(ids[0], -1);
                for (var i = 0; i < count; i++)
                {
                    numbers.Add(block[i]);
                }
                if (groupEncoder is not null)
                {
                    CountNulls(groupEncoder, keys, nullable, count, block);
                }
                Hold(reservation, numbers.Bytes + Keys.Bytes + (Groups?.Bytes ?? 0));
            }
        }
        Arrange(numbers);
        Hold(reservation, Keys.Bytes + starts.Bytes + rowIds.Bytes + (Groups?.Bytes ?? 0));
        if (spec.KeepsRight)
        {
            matched.Resize(Rows.ChunkCount << RowStore.ChunkShift, 0);
            reservation.Grow(matched.Bytes);
        }
    }

    public void Dispose()
    {
        Rows.Dispose();
        Keys.Dispose();
        Groups?.Dispose();
        starts.Dispose();
        rowIds.Dispose();
        matched.Dispose();
        groupHasNull.Dispose();
        foreach (var reservation in reservations)
        {
            reservation.Dispose();
        }
    }

    private static int SelectPresent(Vector[] keys, int[] nullable, int count, int* rows)
    {
        var selected = 0;
        for (var i = 0; i < count; i++)
        {
            rows[selected] = i;
            var isPresent = true;
            foreach (var key in nullable)
            {
                isPresent &= !keys[key].IsNull(i);
            }
            selected += isPresent ? 1 : 0;
        }
        return selected;
    }

    private void CountNulls(KeyEncoder encoder, Vector[] keys, int[] nullable, int count, NativeList<int> block)
    {
        encoder.Resolve(keys.AsSpan(0, spec.NullsEqualKeys), null, count, block.Items);
        groupHasNull.Resize(Groups!.Count, 0);
        for (var i = 0; i < count; i++)
        {
            foreach (var key in nullable)
            {
                if (keys[key].IsNull(i))
                {
                    groupHasNull[block[i]] = 1;
                }
            }
        }
    }

    /// <summary>Puts the row ids of each key together.</summary>
    private void Arrange(NativeList<int> numbers)
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

    private static void Hold(MemoryReservation reservation, long bytes)
    {
        if (bytes > reservation.Bytes)
        {
            reservation.Grow(bytes - reservation.Bytes);
        }
        else
        {
            reservation.Shrink(reservation.Bytes - bytes);
        }
    }
}
