using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>What the workers of an aggregation leave behind: for each grouping set, tables in memory and partitions.</summary>
internal sealed class AggregateState : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<AggregateTable>[] tables;
    private readonly List<AggregatePartitions>[] partitions;
    private readonly List<RadixSplit>[] splits;
    private readonly List<MemoryReservation> reservations = [];
    private readonly Dictionary<AggregateTable, MemoryReservation> held = [];
    private readonly List<AggregateOverlap> overlaps = [];

    /// <summary>The groups of the last partition that was merged of those that rows were split into: all have about as many.</summary>
    private int splitGroups;

    public AggregateState(AggregateSpec spec, string name)
    {
        Spec = spec;
        Name = name;
        tables = [.. spec.Sets.Select(static _ => new List<AggregateTable>())];
        partitions = [.. spec.Sets.Select(static _ => new List<AggregatePartitions>())];
        splits = [.. spec.Sets.Select(static _ => new List<RadixSplit>())];
    }

    public AggregateSpec Spec { get; }

    public string Name { get; }

    /// <summary>Tables that are left apart: what they have in common is to be found before they are read.</summary>
    public IReadOnlyList<AggregateOverlap> Overlaps => overlaps;

    /// <summary>Pieces that can be merged side by side: a set as a whole, a table, or a partition of it.</summary>
    public IReadOnlyList<AggregatePart> Parts { get; private set; } = [];

    public MemoryReservation Reserve()
    {
        var reservation = new MemoryReservation(Spec.Context.Budget, Name);
        lock (gate)
        {
            reservations.Add(reservation);
        }
        return reservation;
    }

    /// <summary>Takes a table over, with what accounts for it.</summary>
    public void Add(AggregateTable table, MemoryReservation? reservation = null)
    {
        lock (gate)
        {
            tables[table.Set].Add(table);
            if (reservation is not null)
            {
                held[table] = reservation;
            }
        }
    }

    public void Add(int set, AggregatePartitions partition)
    {
        lock (gate)
        {
            partitions[set].Add(partition);
        }
    }

    public void Add(int set, RadixSplit split)
    {
        lock (gate)
        {
            splits[set].Add(split);
        }
    }

    /// <summary>All workers are done: decides what is merged with what.</summary>
    public void Prepare(CancellationToken cancellationToken)
    {
        var parts = new List<AggregatePart>();
        for (var set = 0; set < tables.Length; set++)
        {
            if (tables[set].Count == 0 && partitions[set].Count == 0 && splits[set].Count == 0)
            {
                continue;
            }
            if (splits[set].Count > 0)
            {
                PrepareSplits(set, parts, cancellationToken);
            }
            if (splits[set].Count > 0)
            {
                continue;
            }
            if (partitions[set].Count == 0 && tables[set] is [var first, var second] && AggregateOverlap.Pays(first, second))
            {
                var overlap = new AggregateOverlap(first, second);
                overlaps.Add(overlap);
                parts.Add(new AggregatePart(set, -1, -1, []) { Table = overlap.Larger });
                parts.Add(new AggregatePart(set, -1, -1, []) { Table = overlap.Smaller, Overlap = overlap });
                continue;
            }
            if (partitions[set].Count == 0)
            {
                parts.Add(new AggregatePart(set, -1, -1, []));
                continue;
            }
            // Some worker had to split its groups: then all are split. Where memory was short, the rest goes to files too, to leave room for merging.
            var spilled = partitions[set].Exists(static partition => partition.HasSpilled);
            foreach (var partition in spilled ? partitions[set] : [])
            {
                partition.Spill(cancellationToken);
            }
            foreach (var table in tables[set].ToArray())
            {
                var split = new AggregatePartitions(Spec, Reserve(), spilled, byRows: table.KeyCount == 0);
                partitions[set].Add(split);
                split.Add(table, cancellationToken);
                Free(table);
            }
            parts.AddRange(AggregatePart.Of(Spec, set, 0, [.. partitions[set]]));
        }
        Parts = parts;
    }

    /// <summary>Some workers split their rows: what others have in tables is split in the same way; if some had no memory left, all go on as these must.</summary>
    private void PrepareSplits(int set, List<AggregatePart> parts, CancellationToken cancellationToken)
    {
        if (partitions[set].Count == 0)
        {
            foreach (var table in tables[set].ToArray())
            {
                var split = new RadixSplit(Spec, set, 0);
                splits[set].Add(split);
                split.Add(table, cancellationToken);
                Free(table);
                var given = Reserve();
                given.Grow(split.Bytes);
                split.Complete(given);
            }
            parts.AddRange(Enumerable.Range(0, RadixPartitions.Count).Select(partition => new AggregatePart(set, partition, -1, []) { Splits = [.. splits[set]] }));
            return;
        }
        using var types = new AggregateTable(Spec, set);
        var spilled = partitions[set].Exists(static partition => partition.HasSpilled);
        foreach (var split in splits[set])
        {
            var moved = new AggregatePartitions(Spec, Reserve(), spilled);
            partitions[set].Add(moved);
            split.MoveTo(moved, types, cancellationToken);
            split.Dispose();
        }
        splits[set].Clear();
    }

    /// <summary>
    /// Merges a piece. The caller may dispose the table early; the state does so in any case. A piece that memory has no room for is split by further bits of the
    /// hash instead: the answer is null, and the smaller pieces are put on top of <paramref name="further"/>.
    /// </summary>
    public AggregateTable? Merge(AggregatePart part, MemoryReservation reservation, Stack<AggregatePart> further, CancellationToken cancellationToken)
    {
        if (part.Table is { } table)
        {
            TakeOver(table, reservation);
            return table;
        }
        AggregateTable merged;
        AggregateTable[] others = [];
        if (part.Partition < 0)
        {
            merged = tables[part.Set].MaxBy(static table => table.GroupCount)!;
            others = [.. tables[part.Set].Where(other => !ReferenceEquals(other, merged))];
            TakeOver(merged, reservation);
        }
        else
        {
            merged = new AggregateTable(Spec, part.Set);
            Add(merged);
            if (part.Splits.Count > 0)
            {
                merged.Reserve(Volatile.Read(ref splitGroups));
            }
        }
        var isSingle = merged.KeyCount == 0;
        AggregatePartitions? split = null;
        AggregatePartitions? rows = null;
        var groupCount = 0;
        void Take(int stream, Vector[] columns, int count)
        {
            if ((split ?? (merged.IsSplittable(stream) ? rows : null)) is { } target)
            {
                target.Add(merged, stream, columns, count);
                return;
            }
            merged.Import(stream, columns, count);
            _ = HasRoom();
        }
        bool HasRoom()
        {
            if (TryHold(merged, reservation))
            {
                return true;
            }
            // One group cannot be split, but its state may be read in passes.
            groupCount = merged.LargeGroupCount;
            if (groupCount == 0 && (merged.GroupCount < 2 || part.Level >= AggregatePartitions.MaxLevel))
            {
                if (rows is not null || !merged.HasDistinctRows)
                {
                    Hold(merged, reservation);
                    return true;
                }
                // Nor can few groups, but their distinct rows can.
                rows = AddPartitions(part.Set, 0, byRows: true);
                rows.AddDistinct(merged, cancellationToken);
                Shrink(merged, reservation);
                return false;
            }
            split = AddPartitions(part.Set, groupCount > 0 ? 0 : part.Level + 1, byRows: groupCount > 0);
            split.Add(merged, cancellationToken);
            Free(merged);
            reservation.Shrink(reservation.Bytes);
            return false;
        }
        foreach (var other in others)
        {
            var isAbsorbed = split is null && rows is null && AggregateAbsorber.CanAdd(merged);
            var done = isAbsorbed ? AggregateAbsorber.Add(merged, other, HasRoom, cancellationToken) : 0;
            if (split is not null || rows is not null || !isAbsorbed)
            {
                using var exporter = new AggregateExporter(other);
                exporter.Export(Take, cancellationToken, done);
            }
            Free(other);
        }
        foreach (var source in part.Sources)
        {
            // Without keys the distinct rows lie in all partitions: they are added last.
            source.Take(part.Partition, Take, cancellationToken, isSingle ? stream => !merged.IsSplittable(stream) : null);
        }
        foreach (var rest in part.Splits)
        {
            rest.Take(part.Partition, Take, merged.RowStream, cancellationToken);
        }
        split?.Complete();
        rows?.Complete();
        if (split is not null && groupCount == 0)
        {
            foreach (var piece in AggregatePart.Of(Spec, part.Set, part.Level + 1, [split]))
            {
                further.Push(piece);
            }
            return null;
        }
        var result = split is null ? merged : Pass(part.Set, split, groupCount, reservation, cancellationToken);
        AggregatePartitions?[] distinct = [.. isSingle ? part.Sources : [], split, rows];
        AddDistinct(result, [.. distinct.OfType<AggregatePartitions>()], 0, reservation, cancellationToken);
        result.Complete(cancellationToken);
        Hold(result, reservation);
        if (part.Splits.Count > 0)
        {
            Volatile.Write(ref splitGroups, result.GroupCount);
        }
        return result;
    }

    public void Dispose()
    {
        foreach (var table in tables.SelectMany(static set => set))
        {
            table.Dispose();
        }
        foreach (var partition in partitions.SelectMany(static set => set))
        {
            partition.Dispose();
        }
        foreach (var split in splits.SelectMany(static set => set))
        {
            split.Dispose();
        }
        foreach (var overlap in overlaps)
        {
            overlap.Dispose();
        }
        foreach (var reservation in reservations)
        {
            reservation.Dispose();
        }
    }

    /// <summary>Finds the results of few large groups in passes over their state.</summary>
    private AggregateTable Pass(int set, AggregatePartitions source, int groupCount, MemoryReservation reservation, CancellationToken cancellationToken)
    {
        var table = new AggregateTable(Spec, set);
        Add(table);
        table.BeginPasses(groupCount);
        do
        {
            source.Read(
                (stream, columns, count) =>
                {
                    table.Import(stream, columns, count);
                    if (!TryHold(table, reservation))
                    {
                        Hold(table, reservation);
                    }
                },
                stream => !table.IsSplittable(stream),
                cancellationToken);
        }
        while (table.EndPass());
        return table;
    }

    /// <summary>
    /// Adds the distinct rows that were split by all their columns: what comes twice comes twice in one partition, so that partition after partition is made distinct and
    /// added. A partition that memory has no room for is split again.
    /// </summary>
    private void AddDistinct(
        AggregateTable table, IReadOnlyList<AggregatePartitions> sources, int level, MemoryReservation reservation, CancellationToken cancellationToken)
    {
        for (var partition = 0; partition < AggregatePartitions.Count && sources.Count > 0; partition++)
        {
            AggregatePartitions? finer = null;
            foreach (var source in sources)
            {
                source.Take(
                    partition,
                    (stream, columns, count) =>
                    {
                        if (finer is not null)
                        {
                            finer.Add(table, stream, columns, count);
                            return;
                        }
                        table.AddDistinct(stream, columns, count);
                        if (TryHold(table, reservation))
                        {
                            return;
                        }
                        if (level == AggregatePartitions.MaxLevel)
                        {
                            Hold(table, reservation);
                            return;
                        }
                        finer = AddPartitions(table.Set, level + 1, byRows: true);
                        finer.AddDistinct(table, cancellationToken);
                        Shrink(table, reservation);
                    },
                    cancellationToken,
                    table.IsSplittable);
            }
            if (finer is not null)
            {
                finer.Complete();
                AddDistinct(table, [finer], level + 1, reservation, cancellationToken);
                Free(table.Set, finer);
            }
            table.FeedDistinct(cancellationToken);
            Shrink(table, reservation);
        }
    }

    private AggregatePartitions AddPartitions(int set, int level, bool byRows)
    {
        var added = new AggregatePartitions(Spec, Reserve(), spillAlways: true, level, byRows);
        Add(set, added);
        return added;
    }

    private void Free(int set, AggregatePartitions done)
    {
        lock (gate)
        {
            partitions[set].Remove(done);
        }
        done.Dispose();
    }

    /// <summary>Gives back what a table has freed.</summary>
    private static void Shrink(AggregateTable table, MemoryReservation reservation) => reservation.Shrink(Math.Max(0, reservation.Bytes - table.Bytes));

    /// <summary>Nobody needs a table any more.</summary>
    public void Free(AggregateTable table)
    {
        table.Dispose();
        FreeReservation(table);
        lock (gate)
        {
            tables[table.Set].Remove(table);
        }
    }

    /// <summary>The reader accounts for a table from now on.</summary>
    private void TakeOver(AggregateTable table, MemoryReservation reservation)
    {
        FreeReservation(table);
        Hold(table, reservation);
    }

    private void FreeReservation(AggregateTable table)
    {
        MemoryReservation? reservation;
        lock (gate)
        {
            held.Remove(table, out reservation);
        }
        reservation?.Shrink(reservation.Bytes);
    }

    private bool TryHold(AggregateTable table, MemoryReservation reservation) =>
        reservation.TryGrow(Math.Max(0, table.Bytes - reservation.Bytes), table.GrowthBytes + AggregatePartitions.WorkingBytes(Spec.Context.Budget));

    private static void Hold(AggregateTable table, MemoryReservation reservation)
    {
        var bytes = table.Bytes;
        if (bytes > reservation.Bytes)
        {
            reservation.Grow(bytes - reservation.Bytes);
        }
    }
}
