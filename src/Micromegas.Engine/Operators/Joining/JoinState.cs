using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>
/// What the workers of one join share. As long as memory suffices the build side is one <see cref="JoinTable"/> that the left side streams past. When it is
/// refused, both sides are split by their keys into temporary files (a Grace hash join) and joined piece by piece.
/// </summary>
internal sealed unsafe class JoinState : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<MemoryReservation> reservations = [];
    private readonly List<JoinPartitions> lefts = [];
    private readonly List<JoinPartitions> rights = [];
    private volatile bool isSpilled;
    private MemoryReservation? indexReservation;
    private int builders;

    public JoinState(JoinSpec spec)
    {
        Spec = spec;
        Layout = new JoinLayout(spec);
        LeftTypes = [.. spec.LeftColumns.Select(static column => column.Type)];
        Groups = spec.IsThreeValued ? new JoinGroups(spec) : null;
        Table = new JoinTable(spec, Layout, Groups);
        isSpilled = spec.Context.Options.ForceSpill;
        KeyValues = new JoinKeyValues(spec);
    }

    public JoinSpec Spec { get; }

    public JoinLayout Layout { get; }

    public JoinGroups? Groups { get; }

    /// <summary>The build side, while it is in memory.</summary>
    public JoinTable Table { get; }

    /// <summary>What scans of the left side want to know; complete once the join is prepared.</summary>
    public JoinKeyValues KeyValues { get; }

    /// <summary>Whether the sides are in temporary files.</summary>
    public bool IsSpilled => isSpilled;

    public MemoryReservation Reserve()
    {
        var reservation = new MemoryReservation(Spec.Context.Budget, Spec.Name);
        lock (gate)
        {
            reservations.Add(reservation);
        }
        return reservation;
    }

    /// <summary>Somewhere to split rows of a side into; one a worker.</summary>
    public JoinPartitions CreatePartitions(bool isLeft)
    {
        isSpilled = true;
        var partitions = new JoinPartitions(isLeft ? LeftTypes : Layout.Types, 0, Spec);
        lock (gate)
        {
            (isLeft ? lefts : rights).Add(partitions);
        }
        return partitions;
    }

    /// <summary>Whether the caller, the first to ask, accounts for what the rows of all workers have in common.</summary>
    public bool TakeShared() => Interlocked.Increment(ref builders) == 1;

    public IReadOnlyList<DataType> LeftTypes { get; }

    /// <summary>
    /// The build pipeline has ended: indexes the table, or puts into files what is still in memory. Where all workers should index the table, tells what they have to do
    /// before <see cref="Complete"/>.
    /// </summary>
    public NumberIndex? Prepare(CancellationToken cancellationToken)
    {
        if (!isSpilled)
        {
            indexReservation = Reserve();
            if (indexReservation.TryGrow(Table.NeededIndexBytes(Table.RowCount)))
            {
                var index = Table.Begin(KeyValues, cancellationToken);
                if (index is null)
                {
                    indexReservation.TryResize(Math.Min(indexReservation.Bytes, Table.IndexBytes));
                }
                return index;
            }
        }
        foreach (var reservation in reservations)
        {
            reservation.Dispose();
        }
        Spill(Enumerable.Range(0, Table.Rows.ChunkCount), null, cancellationToken);
        Table.Dispose();
        return null;
    }

    /// <summary>All workers have indexed the table.</summary>
    public void Complete()
    {
        Table.Complete();
        KeyValues.IsEmpty = Table.KeyCount == 0;
        indexReservation!.TryResize(Math.Min(indexReservation.Bytes, Table.IndexBytes));
    }

    /// <summary>Moves stored rows to a temporary file.</summary>
    /// <param name="chunks">Their chunks, which are freed.</param>
    /// <param name="partitions">Where they go; null = a file of their own.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public void Spill(IEnumerable<int> chunks, JoinPartitions? partitions, CancellationToken cancellationToken)
    {
        using var reader = Table.Rows.CreateReader();
        using var ids = new NativeList<int>();
        using var present = new Selection();
        ids.EnsureCapacity(Batch.MaxRows);
        var columns = new Vector[Layout.Types.Count];
        var keys = new Vector[Layout.KeyCount];
        foreach (var chunk in chunks)
        {
            var rows = Table.Rows.RowsOf(chunk);
            for (var start = 0; start < rows; start += Batch.MaxRows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = Math.Min(Batch.MaxRows, rows - start);
                for (var i = 0; i < count; i++)
                {
                    ids[i] = (chunk << RowStore.ChunkShift) + start + i;
                }
                for (var i = 0; i < columns.Length; i++)
                {
                    columns[i] = reader.Take(i, ids.Items, count);
                }
                Layout.TakeKeys(columns, keys);
                AddRight(partitions ??= CreatePartitions(isLeft: false), columns, keys, null, count, present);
            }
            if (rows > 0)
            {
                Table.Rows.FreeChunk(chunk);
            }
        }
    }

    /// <summary>Adds build rows to a temporary file, but for those that nothing can match and nobody wants otherwise.</summary>
    /// <param name="partitions">The file.</param>
    /// <param name="columns">The columns, as <see cref="JoinLayout"/> says.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="selection">The rows; null = the first <paramref name="rowCount"/>.</param>
    /// <param name="rowCount">Rows of the columns.</param>
    /// <param name="present">Memory of the calling worker.</param>
    public void AddRight(JoinPartitions partitions, Vector[] columns, Vector[] keys, Selection? selection, int rowCount, Selection present)
    {
        Groups?.Add(Layout, keys, selection, rowCount);
        var count = selection?.Count ?? rowCount;
        present.Count = 0;
        for (var i = 0; i < count; i++)
        {
            var row = selection is null ? i : selection.Rows[i];
            if (Spec.KeepsRight || !Layout.LacksKey(keys, row))
            {
                present.Rows[present.Count++] = row;
            }
        }
        KeyValues.Add(keys, present);
        partitions.Add(columns, keys, present.Rows, present.Count);
    }

    /// <summary>Ends the writing of both sides: what is to be joined with what.</summary>
    public IReadOnlyList<JoinPiece> TakePieces()
    {
        foreach (var partitions in lefts.Concat(rights))
        {
            partitions.Complete();
        }
        return Pieces([.. lefts], [.. rights], 0, Spec.Keys.Count > 0);
    }

    /// <summary>Pairs the partitions of both sides; leaves out what gives no row.</summary>
    public static IReadOnlyList<JoinPiece> Pieces(JoinPartitions[] lefts, JoinPartitions[] rights, int level, bool maySplit) =>
        [
            .. Enumerable.Range(0, JoinPartitions.Count)
                .Select(partition => new JoinPiece(new JoinBlocks(lefts, partition), new JoinBlocks(rights, partition), level, maySplit))
                .Where(static piece => piece.Left.Count + piece.Right.Count > 0),
        ];

    public void Dispose()
    {
        Table.Dispose();
        Groups?.Dispose();
        KeyValues.Dispose();
        foreach (var partitions in lefts.Concat(rights))
        {
            partitions.Dispose();
        }
        foreach (var reservation in reservations)
        {
            reservation.Dispose();
        }
    }
}
