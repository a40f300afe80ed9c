using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>
/// Looks up the left rows' keys in a <see cref="JoinTable"/>. Where a row has one match at most and there is no further condition, the batch goes on
/// as it is, narrowed and with the right columns beside it; else pairs are made, a batch at a time, with a pause whenever the next stage is full.
/// </summary>
internal sealed unsafe class JoinProbeStage : Operator
{
    private readonly JoinTable table;
    private readonly JoinSpec spec;
    private readonly JoinCarry? carry;
    private readonly CompiledExpression[] keys;
    private readonly Vector[] keyValues;
    private readonly JoinLookup lookup;
    private readonly JoinPairs pairs;
    private readonly JoinMark? mark;
    private readonly NativeList<int> numbers = new();
    private readonly JoinSingleMatch? single;
    private readonly NativeList<byte> matches = new();
    private readonly Selection selected = new();
    private readonly NullColumn[] rightNulls;
    private readonly Batch output;
    private Batch? current;
    private int nextRow;
    private int nextMatch;
    private bool pairsAreDone;
    private bool hasEnded;
    private bool emitsRight;
    private int rightPosition;

    /// <param name="table">The build side, or a block of it.</param>
    /// <param name="spec">The join.</param>
    /// <param name="carry">What other blocks of the build side say of the left rows; null when the table is all there is.</param>
    public JoinProbeStage(JoinTable table, JoinSpec spec, JoinCarry? carry = null)
        : base(spec.Statistics)
    {
        this.table = table;
        this.spec = spec;
        this.carry = carry;
        keys = CompiledExpression.Compile(spec.Keys.Select(static key => key.Left), spec.LeftColumns, spec.Context);
        keyValues = new Vector[keys.Length];
        lookup = table.CreateLookup();
        pairs = new JoinPairs(spec, table);
        mark = spec.Kind == JoinKind.LeftMark ? new JoinMark(table, spec) : null;
        rightNulls = [.. spec.RightColumns.Select(static column => new NullColumn(column.Type))];
        output = new Batch(spec.Schema, new Vector[spec.Schema.Count]);
        single = carry is null && spec is { Residual: null, KeepsRight: false, IsExistence: false } && (table.IsUnique || spec.Kind == JoinKind.LeftSingle)
            ? new JoinSingleMatch(table, spec, pairs, lookup)
            : null;
        table.AddProbe();
    }

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        if (carry is null && table.KeyCount == 0 && spec.Kind is (JoinKind.Inner or JoinKind.LeftSemi or JoinKind.Right))
        {
            return Flow.Done;
        }
        for (var i = 0; i < keys.Length; i++)
        {
            keyValues[i] = keys[i].Evaluate(batch, batch.Selection);
        }
        if (single is not null && single.TryJoinRuns(batch, keyValues, out var joined))
        {
            return joined is null ? Flow.Continue : Emit(joined, worker);
        }
        numbers.EnsureCapacity(batch.RowCount);
        lookup.Resolve(keyValues, batch.Selection, batch.RowCount, numbers.Items);
        if (carry is null && spec.Residual is null && spec.IsExistence)
        {
            return EmitExistence(batch, worker);
        }
        if (single is not null)
        {
            joined = single.Join(batch, numbers.Items);
            return joined is null ? Flow.Continue : Emit(joined, worker);
        }
        current = batch;
        nextRow = 0;
        nextMatch = 0;
        pairsAreDone = false;
        matches.Count = 0;
        matches.Resize(batch.RowCount, 0);
        carry?.Matches.Span.Slice(carry.Position, batch.RowCount).CopyTo(matches.Span);
        return Drive(worker);
    }

    protected override Flow Continue(WorkerContext worker)
    {
        var flow = ResumeNext(worker);
        return flow != Flow.Continue || current is null ? flow : Drive(worker);
    }

    protected override Flow Complete(WorkerContext worker)
    {
        if (!hasEnded)
        {
            hasEnded = true;
            emitsRight = table.EndProbe() && spec.KeepsRight;
        }
        while (emitsRight)
        {
            worker.ThrowIfCancelled();
            if (!FindUnmatchedRight())
            {
                emitsRight = false;
                break;
            }
            var flow = Emit(pairs.TakeRightOnly(), worker);
            if (flow == Flow.Done)
            {
                emitsRight = false;
            }
            else if (flow == Flow.Full)
            {
                return flow;
            }
        }
        return FinishNext(worker);
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var key in keys)
        {
            key.Dispose();
        }
        lookup.Dispose();
        pairs.Dispose();
        mark?.Dispose();
        numbers.Dispose();
        single?.Dispose();
        matches.Dispose();
        selected.Dispose();
        foreach (var column in rightNulls)
        {
            column.Dispose();
        }
    }

    /// <summary>Semi, anti and mark joins on keys alone.</summary>
    private Flow EmitExistence(Batch batch, WorkerContext worker)
    {
        if (mark is not null)
        {
            batch.Columns.CopyTo(output.Columns, 0);
            output.Columns[^1] = mark.OfKeys(keyValues, numbers.Items, batch);
            output.RowCount = batch.RowCount;
            output.Selection = batch.Selection;
            return Emit(output, worker);
        }
        var wanted = spec.Kind == JoinKind.LeftSemi;
        var rows = batch.Selection is { } selection ? selection.Rows : null;
        var count = batch.SelectedCount;
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? i : rows[i];
            selected.Rows[kept] = row;
            kept += numbers.Items[row] >= 0 == wanted ? 1 : 0;
        }
        selected.Count = kept;
        return EmitSelected(batch, worker);
    }

    /// <summary>Left rows that have a match, or that have none.</summary>
    private Flow EmitLeft(Batch batch, bool wanted, WorkerContext worker)
    {
        var rows = batch.Selection is { } selection ? selection.Rows : null;
        var count = batch.SelectedCount;
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? i : rows[i];
            selected.Rows[kept] = row;
            kept += matches.Items[row] != 0 == wanted ? 1 : 0;
        }
        selected.Count = kept;
        return EmitSelected(batch, worker);
    }

    private Flow EmitSelected(Batch batch, WorkerContext worker)
    {
        batch.Columns.CopyTo(output.Columns, 0);
        output.RowCount = batch.RowCount;
        output.Selection = selected;
        return Emit(output, worker);
    }

    /// <summary>Makes pairs until the batch is used up or the next stage is full.</summary>
    private Flow Drive(WorkerContext worker)
    {
        while (!pairsAreDone)
        {
            worker.ThrowIfCancelled();
            FindPairs();
            var flow = mark is not null && spec is { IsThreeValued: true, Residual: not null } ? CountUnknown() : EmitPairs(worker);
            if (flow == Flow.Full)
            {
                return flow;
            }
            if (flow == Flow.Done)
            {
                current = null;
                return flow;
            }
        }
        return EmitRest(worker);
    }

    private void FindPairs()
    {
        var batch = current!;
        var count = batch.SelectedCount;
        var capacity = spec.Context.Options.BatchSize;
        var once = spec.IsExistence;
        pairs.Clear();
        while (nextRow < count)
        {
            var row = batch.Selection is { } selection ? selection.Rows[nextRow] : nextRow;
            var number = numbers.Items[row];
            // An existence join needs no second match.
            if (number >= 0 && !(once && matches[row] == 1))
            {
                var rows = table.RowsOf(number);
                while (nextMatch < rows.Length)
                {
                    if (pairs.Count == capacity)
                    {
                        return;
                    }
                    pairs.Add(row, rows[nextMatch++]);
                }
            }
            nextRow++;
            nextMatch = 0;
        }
        pairsAreDone = true;
    }

    private Flow EmitPairs(WorkerContext worker)
    {
        pairs.Filter(current!);
        for (var i = 0; i < pairs.Count; i++)
        {
            ref var match = ref matches[pairs.Left[i]];
            if (match != 0 && spec.Kind == JoinKind.LeftSingle)
            {
                spec.ThrowManyRows();
            }
            match = 1;
        }
        if (spec.KeepsRight)
        {
            for (var i = 0; i < pairs.Count; i++)
            {
                table.MarkMatched(pairs.Right[i]);
            }
        }
        return spec.IsExistence || pairs.Count == 0 ? Flow.Continue : Emit(pairs.Take(current!), worker);
    }

    /// <summary>For a mark that may be null: 1 = some condition was true, 2 = none, but some was unknown.</summary>
    private Flow CountUnknown()
    {
        var condition = pairs.Evaluate(current!);
        for (var i = 0; i < pairs.Count; i++)
        {
            ref var match = ref matches[pairs.Left[i]];
            if (condition!.IsNull(i))
            {
                match = match == 0 ? (byte)2 : match;
            }
            else
            {
                var row = i;
                var plain = condition.Resolve(ref row);
                match = ((BitVector)plain)[row] ? (byte)1 : match;
            }
        }
        return Flow.Continue;
    }

    /// <summary>What can be said of left rows only when all their pairs were seen.</summary>
    private Flow EmitRest(WorkerContext worker)
    {
        var batch = current!;
        current = null;
        if (carry is not null)
        {
            matches.Span.CopyTo(carry.Matches.Span.Slice(carry.Position, batch.RowCount));
            carry.Position += batch.RowCount;
            if (!carry.IsLastPass)
            {
                return Flow.Continue;
            }
        }
        if (mark is not null)
        {
            batch.Columns.CopyTo(output.Columns, 0);
            output.Columns[^1] = spec.Residual is null ? OfCarriedKeys(batch) : mark.OfMatches(matches.Items, batch.RowCount);
            output.RowCount = batch.RowCount;
            output.Selection = batch.Selection;
            return Emit(output, worker);
        }
        if (spec.IsExistence)
        {
            return EmitLeft(batch, spec.Kind == JoinKind.LeftSemi, worker);
        }
        if (!spec.KeepsLeft)
        {
            return Flow.Continue;
        }
        for (var i = 0; i < rightNulls.Length; i++)
        {
            output.Columns[spec.LeftColumns.Count + i] = rightNulls[i].Take(batch.RowCount);
        }
        return EmitLeft(batch, wanted: false, worker);
    }

    /// <summary>A mark on keys alone, whose matches were found in several passes.</summary>
    private BitVector OfCarriedKeys(Batch batch)
    {
        for (var row = 0; row < batch.RowCount; row++)
        {
            numbers[row] = matches[row] == 1 ? 0 : -1;
        }
        return mark!.OfKeys(keyValues, numbers.Items, batch);
    }

    private bool FindUnmatchedRight()
    {
        pairs.Clear();
        var capacity = spec.Context.Options.BatchSize;
        for (var end = table.Rows.ChunkCount << RowStore.ChunkShift; rightPosition < end && pairs.Right.Count < capacity; rightPosition++)
        {
            if ((rightPosition & RowStore.ChunkMask) < table.Rows.RowsOf(rightPosition >> RowStore.ChunkShift) && !table.IsMatched(rightPosition))
            {
                pairs.Right.Add(rightPosition);
            }
        }
        return pairs.Right.Count > 0;
    }
}
