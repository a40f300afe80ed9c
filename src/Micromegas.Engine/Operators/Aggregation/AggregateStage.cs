using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>Groups and aggregates the rows of one worker. When memory is refused, the groups so far are split by key and put aside.</summary>
internal sealed class AggregateStage : Operator
{
    /// <summary>
    /// With more groups than this, merging the tables of more than two workers is split by key so that it runs on all workers. Of two tables the smaller one
    /// goes into the larger, which costs less than splitting both, as long as memory is plenty.
    /// </summary>
    private const int ManyGroups = 100_000;

    /// <summary>Batches after which a forced spill puts the groups aside.</summary>
    private const int ForcedSpillBatches = 4;

    private readonly AggregateState state;
    private readonly AggregateSpec spec;
    private readonly WorkerContext worker;
    private readonly MemoryReservation reservation;
    private readonly CompiledExpression[] keys;
    private readonly CallInput[] calls;
    private readonly Vector[] keyValues;
    private readonly Vector[][] setKeys;
    private readonly AggregateTable[] tables;
    private readonly AggregatePartitions?[] aside;
    private readonly RadixSplit?[] splits;
    private readonly RepeatWatch[] watches;
    private int batches;

    public AggregateStage(AggregateState state, WorkerContext worker)
        : base(state.Spec.Statistics)
    {
        this.state = state;
        this.worker = worker;
        spec = state.Spec;
        reservation = state.Reserve();
        keys = CompiledExpression.Compile(spec.Aggregate.Keys.Select(static key => key.Expression), spec.Input, spec.Context);
        calls = [.. spec.Aggregate.Aggregates.Select(call => new CallInput(call, spec.Input, spec.Context))];
        keyValues = new Vector[keys.Length];
        setKeys = [.. spec.Sets.Select(static set => new Vector[set.Count])];
        tables = [.. Enumerable.Range(0, spec.Sets.Count).Select(set => new AggregateTable(spec, set))];
        aside = new AggregatePartitions?[tables.Length];
        splits = new RadixSplit?[tables.Length];
        watches = [.. tables.Select(table => new RepeatWatch(RadixSplit.Threshold(spec, table)))];
    }

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            keyValues[i] = keys[i].Evaluate(batch, batch.Selection);
        }
        for (var set = 0; set < tables.Length; set++)
        {
            var ordinals = spec.Sets[set];
            for (var i = 0; i < ordinals.Count; i++)
            {
                setKeys[set][i] = keyValues[ordinals[i]];
            }
            if (splits[set]?.TryAdd(setKeys[set], batch, calls) != true)
            {
                tables[set].Update(setKeys[set], batch, calls);
            }
            Choose(set, batch);
        }
        batches++;
        Account();
        return Flow.Continue;
    }

    protected override Flow Complete(WorkerContext worker)
    {
        for (var set = 0; set < tables.Length; set++)
        {
            if (aside[set] is not null)
            {
                PutAside(set, spillAlways: spec.Context.Options.ForceSpill);
            }
            else if (splits[set] is not null || (tables[set].GroupCount > ManyGroups && MustSplit && RadixSplit.Suits(spec, tables[set])))
            {
                GiveSplit(set);
            }
            else if (tables[set].GroupCount > ManyGroups && MustSplit)
            {
                PutAside(set, spillAlways: spec.Context.Options.ForceSpill);
            }
            else if (tables[set].GroupCount > 0)
            {
                // The table takes its part of the reservation along, so that whoever splits or merges it can give that back.
                var given = state.Reserve();
                var bytes = Math.Min(tables[set].Bytes, reservation.Bytes);
                reservation.Shrink(bytes);
                given.TryGrow(bytes);
                state.Add(tables[set], given);
                tables[set] = new AggregateTable(spec, set);
            }
            if (aside[set] is { } partitions)
            {
                state.Add(set, partitions);
                aside[set] = null;
            }
        }
        // What was put aside is accounted for there.
        reservation.Shrink(reservation.Bytes);
        return Flow.Continue;
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var key in keys)
        {
            key.Dispose();
        }
        foreach (var call in calls)
        {
            call.Dispose();
        }
        foreach (var table in tables)
        {
            table.Dispose();
        }
        foreach (var partitions in aside)
        {
            partitions?.Dispose();
        }
        foreach (var split in splits)
        {
            split?.Dispose();
        }
    }

    /// <summary>Changes over to split rows where groups are many and hardly repeat, and back where it turns out that they do.</summary>
    private void Choose(int set, Batch batch)
    {
        var table = tables[set];
        if (splits[set] is { } split)
        {
            if (!split.IsRepetitive(worker.CancellationToken))
            {
                return;
            }
            split.Compact(worker.CancellationToken);
            if (split.GroupCount < 2L * spec.Context.Options.ManyGroups)
            {
                // They do not outgrow the caches by much after all.
                split.MoveTo(table, worker.CancellationToken);
                split.Dispose();
                splits[set] = null;
            }
            return;
        }
        if (!watches[set].Asks(table.GroupCount, batch.SelectedCount) || aside[set] is not null)
        {
            return;
        }
        var textBytes = batch.Columns.Length > spec.Input.Count ? -1 : RadixSplit.TextBytes(setKeys[set], batch);
        if (textBytes >= 0)
        {
            splits[set] = split = new RadixSplit(spec, set, textBytes);
            split.Add(table, worker.CancellationToken);
            table.Dispose();
            tables[set] = new AggregateTable(spec, set);
        }
    }

    /// <summary>Hands over what was split; what is in a table goes along.</summary>
    private void GiveSplit(int set)
    {
        var split = splits[set] ??= new RadixSplit(spec, set, 0);
        split.Add(tables[set], worker.CancellationToken);
        tables[set].Dispose();
        tables[set] = new AggregateTable(spec, set);
        var given = state.Reserve();
        var bytes = Math.Min(split.Bytes, reservation.Bytes);
        reservation.Shrink(bytes);
        given.TryGrow(bytes);
        split.Complete(given);
        state.Add(set, split);
        splits[set] = null;
    }

    private void Account()
    {
        var isForced = (spec.Context.Options.ForceSpill && batches % ForcedSpillBatches == 0) || HasLargeSplit;
        if (!isForced && reservation.TryResize(Held, GrowthBytes + AggregatePartitions.WorkingBytes(spec.Context.Budget)))
        {
            return;
        }
        for (var set = 0; set < tables.Length; set++)
        {
            if (splits[set] is not null || (tables[set].KeyCount > 0 ? tables[set].GroupCount > 0 : tables[set].CanPass || tables[set].HasDistinctRows))
            {
                PutAside(set, spillAlways: true);
            }
        }
        var held = Held;
        if (!reservation.TryResize(held))
        {
            reservation.Grow(held - reservation.Bytes);
        }
    }

    private bool MustSplit => spec.Context.Options.Threads > 2 || (spec.Context.Options.Threads > 1 && Held > spec.Context.Budget.Limit / 16);

    /// <summary>Whether all workers' rows would soon take half of the statement's memory: putting them into files needs room, and so does what comes then.</summary>
    private bool HasLargeSplit
    {
        get
        {
            foreach (var split in splits)
            {
                if (split is not null && split.Bytes > (spec.Context.Budget.Limit >> 1) / spec.Context.Options.Threads)
                {
                    return true;
                }
            }
            return false;
        }
    }

    private long Held
    {
        get
        {
            // Asked after every batch: nothing is allocated here.
            var bytes = 0L;
            foreach (var table in tables)
            {
                bytes += table.Bytes;
            }
            foreach (var split in splits)
            {
                bytes += split?.Bytes ?? 0;
            }
            return bytes;
        }
    }

    /// <summary>Bytes of memory that a further batch asks for.</summary>
    private long GrowthBytes
    {
        get
        {
            var bytes = 0L;
            for (var set = 0; set < tables.Length; set++)
            {
                bytes += splits[set]?.GrowthBytes ?? tables[set].GrowthBytes;
            }
            return bytes;
        }
    }

    private void PutAside(int set, bool spillAlways)
    {
        worker.ThrowIfCancelled();
        var partitions = aside[set] ??= new AggregatePartitions(spec, state.Reserve(), spillAlways, byRows: tables[set].KeyCount == 0);
        if (splits[set] is { } split)
        {
            // From now on rows are grouped first: what goes into files had better be groups.
            split.MoveTo(partitions, tables[set], worker.CancellationToken);
            split.Dispose();
            splits[set] = null;
        }
        partitions.Add(tables[set], worker.CancellationToken);
        tables[set].Dispose();
        tables[set] = new AggregateTable(spec, set);
    }
}
