using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>Merges what the workers left, piece by piece, and delivers the groups.</summary>
internal sealed class AggregateSource(AggregateState state) : PipelineSource
{
    private int next;

    /// <summary>Makes what the workers left ready to be read: all are done.</summary>
    public static async ValueTask<AggregateSource> OpenAsync(AggregateState state, QueryExecution execution)
    {
        await execution.ComputeAsync(() => state.Prepare(execution.CancellationToken)).ConfigureAwait(false);
        foreach (var overlap in state.Overlaps)
        {
            await execution.ComputeTogetherAsync(() => overlap.Work(execution.CancellationToken)).ConfigureAwait(false);
        }
        return new AggregateSource(state);
    }

    public override int MaxParallelism => Math.Max(1, state.Parts.Count);

    public override SourceReader CreateReader() => new Reader(this);

    public override void Stop() => Interlocked.Exchange(ref next, state.Parts.Count);

    public override ValueTask DisposeAsync()
    {
        state.Dispose();
        return ValueTask.CompletedTask;
    }

    private AggregateState State => state;

    private int TakePart()
    {
        var part = Interlocked.Increment(ref next) - 1;
        return part >= 0 && part < state.Parts.Count ? part : -1;
    }

    private sealed unsafe class Reader : SourceReader
    {
        private readonly AggregateSource source;
        private readonly AggregateSpec spec;
        private readonly MemoryReservation reservation;
        private readonly Batch output;
        private readonly NullColumn[] nulls;
        private readonly FlatVector? groupingId;
        private readonly bool[] owned;
        private readonly Stack<AggregatePart> split = [];
        private AggregateTable? table;
        private AggregateOverlap? overlap;
        private Selection? own;
        private int position;

        public Reader(AggregateSource source)
        {
            this.source = source;
            spec = source.State.Spec;
            reservation = source.State.Reserve();
            output = new Batch(spec.Schema, new Vector[spec.Schema.Count]);
            owned = new bool[spec.Schema.Count];
            nulls = [.. spec.Aggregate.Keys.Select(static key => new NullColumn(key.Column.Type))];
            groupingId = spec.Aggregate.GroupingId is { } id ? FlatVector.Create(id.Type) : null;
        }

        public override Supply Next(WorkerContext worker, out Batch? batch)
        {
            FreeOutput();
            batch = null;
            while (table is null || position == table.GroupCount || !Take(worker))
            {
                if (table is not null && position < table.GroupCount)
                {
                    // None of a block's groups is the table's own.
                    continue;
                }
                if (table is not null)
                {
                    source.State.Free(table);
                }
                table = null;
                position = 0;
                reservation.Shrink(reservation.Bytes);
                if (!split.TryPop(out var part))
                {
                    var number = source.TakePart();
                    if (number < 0)
                    {
                        return Supply.End;
                    }
                    part = source.State.Parts[number];
                }
                overlap = part.Overlap;
                table = source.State.Merge(part, reservation, split, worker.CancellationToken);
            }
            batch = output;
            return Supply.Ready;
        }

        /// <summary>Takes the next block. False where nothing of it is to be delivered.</summary>
        private bool Take(WorkerContext worker)
        {
            worker.ThrowIfCancelled();
            var count = Math.Min(spec.Context.Options.BatchSize, table!.GroupCount - position);
            output.Selection = null;
            if (overlap is not null)
            {
                own ??= new Selection();
                overlap.SelectOwn(position, count, own);
                output.Selection = own.Count < count ? own : null;
            }
            if (output.Selection is not { Count: 0 })
            {
                Fill(table, count);
            }
            position += count;
            output.RowCount = count;
            return output.Selection is not { Count: 0 };
        }

        public override void Dispose()
        {
            base.Dispose();
            FreeOutput();
            table?.Dispose();
            foreach (var column in nulls)
            {
                column.Dispose();
            }
            groupingId?.Dispose();
            own?.Dispose();
            reservation.Dispose();
        }

        private void Fill(AggregateTable groups, int count)
        {
            var keyCount = spec.Aggregate.Keys.Count;
            for (var key = 0; key < keyCount; key++)
            {
                output.Columns[key] = nulls[key].Take(count);
            }
            for (var i = 0; i < groups.KeyCount; i++)
            {
                Own(spec.Sets[groups.Set][i], groups.FinishKey(i, position, count, spec.IsWanted(spec.Sets[groups.Set][i])));
            }
            var at = keyCount;
            if (groupingId is not null)
            {
                FillGroupingId(spec.GroupingId(groups.Set), count);
                output.Columns[at++] = groupingId;
            }
            for (var call = 0; call < spec.Aggregate.Aggregates.Count; call++)
            {
                Own(at + call, groups.FinishCall(call, position, count));
            }
        }

        private void Own(int column, Vector vector)
        {
            output.Columns[column] = vector;
            owned[column] = true;
        }

        private void FillGroupingId(long id, int count)
        {
            groupingId!.Prepare(count);
            for (var i = 0; i < count; i++)
            {
                // Little-endian: the low bytes of the mask are its value in any width.
                Buffer.MemoryCopy(&id, (byte*)groupingId.Data + ((long)i * groupingId.ElementSize), groupingId.ElementSize, groupingId.ElementSize);
            }
        }

        private void FreeOutput()
        {
            for (var i = 0; i < owned.Length; i++)
            {
                if (owned[i])
                {
                    output.Columns[i].Dispose();
                    owned[i] = false;
                }
            }
        }
    }
}
