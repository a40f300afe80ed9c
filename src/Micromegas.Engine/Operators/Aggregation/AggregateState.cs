using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>What the workers of an aggregation leave behind: for each grouping set, tables in memory and partitions.</summary>
internal sealed class AggregateState : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<AggregateTable>[] tables;
    private readonly List<AggregatePartitions>[] partitions;
    private readonly List<MemoryReservation> reservations = [];

    public AggregateState(AggregateSpec spec, string name)
    {
        Spec = spec;
        Name = name;
        tables = [.. spec.Sets.Select(static _ => new List<AggregateTable>())];
        partitions = [.. spec.Sets.Select(static _ => new List<AggregatePartitions>())];
    }

    public AggregateSpec Spec { get; }

    public string Name { get; }

    /// <summary>Pieces that can be merged side by side: a set as a whole, or a partition of it.</summary>
    public IReadOnlyList<(int Set, int Partition)> Parts { get; private set; } = [];

    public MemoryReservation Reserve()
    {
        var reservation = new MemoryReservation(Spec.Context.Budget, Name);
        lock (gate)
        {
            reservations.Add(reservation);
        }
        return reservation;
    }

    public void Add(AggregateTable table)
    {
        lock (gate)
        {
            tables[table.Set].Add(table);
        }
    }

    public void Add(int set, AggregatePartitions partition)
    {
        lock (gate)
        {
            partitions[set].Add(partition);
        }
    }

    /// <summary>All workers are done: decides what is merged with what.</summary>
    public void Prepare(CancellationToken cancellationToken)
    {
        var parts = new List<(int, int)>();
        for (var set = 0; set < tables.Length; set++)
        {
            if (tables[set].Count == 0 && partitions[set].Count == 0)
            {
                continue;
            }
            if (partitions[set].Count == 0)
            {
                parts.Add((set, -1));
                continue;
            }
            // Some worker had to split its groups: then all are split. Where memory was short, the rest goes to files too, to leave room for merging.
            var spilled = partitions[set].Exists(static partition => partition.HasSpilled);
            foreach (var table in tables[set])
            {
                var split = new AggregatePartitions(Spec, Reserve(), spilled);
                partitions[set].Add(split);
                split.Add(table, cancellationToken);
                table.Dispose();
            }
            tables[set].Clear();
            parts.AddRange(Enumerable.Range(0, AggregatePartitions.Count).Select(partition => (set, partition)));
        }
        Parts = parts;
    }

    /// <summary>Merges a piece. The caller may dispose the table early; the state does so in any case.</summary>
    public AggregateTable Merge((int Set, int Partition) part, MemoryReservation reservation, CancellationToken cancellationToken)
    {
        AggregateTable merged;
        if (part.Partition < 0)
        {
            merged = tables[part.Set].MaxBy(static table => table.GroupCount)!;
            foreach (var other in tables[part.Set])
            {
                if (!ReferenceEquals(other, merged))
                {
                    other.Export((stream, columns, count) => Import(merged, stream, columns, count, reservation), cancellationToken);
                    other.Dispose();
                }
            }
            tables[part.Set].Clear();
            tables[part.Set].Add(merged);
        }
        else
        {
            merged = new AggregateTable(Spec, part.Set);
            Add(merged);
            foreach (var source in partitions[part.Set])
            {
                source.Import(part.Partition, merged, cancellationToken);
                Hold(merged, reservation);
            }
        }
        merged.Complete(cancellationToken);
        Hold(merged, reservation);
        return merged;
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
        foreach (var reservation in reservations)
        {
            reservation.Dispose();
        }
    }

    private static void Import(AggregateTable merged, int stream, Vector[] columns, int count, MemoryReservation reservation)
    {
        merged.Import(stream, columns, count);
        Hold(merged, reservation);
    }

    private static void Hold(AggregateTable table, MemoryReservation reservation)
    {
        var bytes = table.Bytes;
        if (bytes > reservation.Bytes)
        {
            reservation.Grow(bytes - reservation.Bytes);
        }
    }
}
