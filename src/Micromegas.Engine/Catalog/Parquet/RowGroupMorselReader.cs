using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators;
using Micromegas.Parquet;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>
/// Reads a row group with late materialization: for each piece the columns of the first predicate are decoded and filtered by, then those of the next
/// one, and so on; what is only delivered is decoded for pieces that have rows left, and skipped for the others. A dictionary none of whose values
/// satisfies a predicate ends the row group before a row is looked at.
/// </summary>
internal sealed class RowGroupMorselReader : MorselReader
{
    /// <summary>Rows that are counted between two looks at the token, and where the counting ends once every value has come.</summary>
    private const int LargestPiece = 64 * 1024, SmallPiece = 8 * 1024;

    /// <summary>Rows at the end of a row group in which the largest values are looked for first.</summary>
    private const int ProbedFirst = 4 * Batch.MaxRows;

    private readonly QueryContext context;
    private readonly ScanRequest request;
    private readonly ScanPredicate[] predicates;
    private readonly ScanStep[] steps;
    private readonly int[] deliverOnly;
    private readonly IReadOnlyList<int> projection;
    private readonly Schema tableSchema;
    private readonly Vector?[] current;
    private readonly Batch predicateBatch;
    private readonly Batch output;
    private readonly Selection[] selections = [new(), new()];
    private readonly ConstantVector?[] missing;
    private readonly BoundFilter? bound;
    private readonly BoundCandidates? candidates;
    private readonly CodeCounter? counter;
    private readonly Batch? counted;
    private RowGroupReader? reader;
    private RowRanges rows = RowRanges.None;
    private int[] positions;
    private bool isStarted;
    private bool isCounting;
    private long position;
    private int range;

    /// <param name="tableSchema">The table's schema.</param>
    /// <param name="request">The scan.</param>
    /// <param name="predicates">Those of its predicates that the row groups leave open.</param>
    /// <param name="positions">For each column of the table its place in the row group's reader, -1 for one that is not read or not there.</param>
    /// <param name="context">The statement.</param>
    public RowGroupMorselReader(Schema tableSchema, ScanRequest request, ScanPredicate[] predicates, int[] positions, QueryContext context)
    {
        this.context = context;
        this.request = request;
        this.predicates = predicates;
        this.tableSchema = tableSchema;
        this.positions = positions;
        projection = request.Projection;
        current = new Vector?[tableSchema.Count];
        missing = new ConstantVector?[tableSchema.Count];
        predicateBatch = new Batch(tableSchema, new Vector[tableSchema.Count]);
        output = new Batch(tableSchema.Project([.. projection]), new Vector[projection.Count]);
        bound = request.Bound is { } top && positions[top.TableOrdinal] >= 0 ? new BoundFilter(top) : null;
        var known = new bool[tableSchema.Count];
        if (bound is not null)
        {
            known[bound.TableOrdinal] = true;
        }
        steps = [.. predicates.Select(predicate => new ScanStep(predicate, request.TableColumns, known, context))];
        deliverOnly = ScanStep.TakeUnknown(projection, known);
        candidates = bound is not null && deliverOnly.Length > 0 && request.Bound!.RowsWanted > 0 ? new BoundCandidates(request.Bound) : null;
        if ((request.Counted || request.Distinct) && bound is null && steps.Length + deliverOnly.Length > 0)
        {
            counter = new CodeCounter([.. steps.SelectMany(static step => step.Reads), .. deliverOnly], tableSchema);
            counted = request.Distinct
                ? output
                : new Batch(new Schema(projection.Select(ordinal => tableSchema[ordinal]).Append(ScanRequest.CountField).ToArray()), new Vector[projection.Count + 1]);
        }
    }

    /// <summary>Whether this reader can read a row group of a scan, whose file may have other columns.</summary>
    public bool Fits(ScanRequest scan, ScanPredicate[] open, int[] at) =>
        ReferenceEquals(request, scan) && ReferenceEquals(predicates, open) && (request.Bound is not { } top || (at[top.TableOrdinal] >= 0) == (positions[top.TableOrdinal] >= 0));

    /// <summary>Begins a row group, whose bytes are there; takes the reader over, and what the one before has for decoding with it.</summary>
    public void Start(RowGroupReader next, RowRanges wanted, int[] at)
    {
        if (reader is { } before)
        {
            if (positions.AsSpan().SequenceEqual(at))
            {
                before.PassReadersTo(next);
            }
            before.Dispose();
        }
        reader = next;
        rows = wanted;
        positions = at;
        isStarted = false;
        isCounting = false;
        position = 0;
        range = 0;
        Array.ForEach(steps, static step => step.Start());
    }

    public override bool TryRelease()
    {
        reader!.Release();
        return true;
    }

    private ColumnReader Column(int at) => reader!.Column(at);

    /// <summary>
    /// Reads the columns of the bound and of the predicates alone, for the values that rows left have; then only rows that may still be in the result are read.
    /// </summary>
    public override void Probe()
    {
        if (candidates is null)
        {
            return;
        }
        Begin();
        candidates.Begin();
        if (range < rows.Ranges.Count)
        {
            var all = rows;
            var end = rows.Ranges[^1].End;
            var late = bound!.IsDescending ? end - ProbedFirst : 0;
            if (late > 0)
            {
                // Events lie about in the order in which they came: the last ones tell a bound that leaves hardly any of the others.
                Probe(candidates, all.Intersect(RowRanges.Of([(late, end)])));
                Probe(candidates, all.Intersect(RowRanges.Of([(0, late)])));
            }
            else
            {
                Probe(candidates, all);
            }
        }
        GoTo(candidates.Wanted());
    }

    private void Probe(BoundCandidates found, RowRanges some)
    {
        GoTo(some);
        while (range < rows.Ranges.Count)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var count = MoveToNextPiece(context.Options.BatchSize);
            if (Filter(count, true, out var selection) > 0)
            {
                found.Add(current[bound!.TableOrdinal]!, selection, count, position - count);
            }
        }
        found.Publish();
    }

    private void GoTo(RowRanges wanted)
    {
        if (position > 0)
        {
            reader!.Rewind();
        }
        rows = wanted;
        position = 0;
        range = 0;
    }

    private void Begin()
    {
        if (!isStarted)
        {
            isStarted = true;
            Prune();
            if (counter is not null && range < rows.Ranges.Count && counter.TryBegin(reader!, positions, rows.RowCount))
            {
                isCounting = true;
                Count(counter);
            }
        }
    }

    /// <summary>Looks at dictionaries, which may take long: who cancels it has the reader to dispose.</summary>
    private void Prune()
    {
        foreach (var step in steps)
        {
            if (step.IsIdle || step.DictionaryColumn is not { } ordinal || positions[ordinal] < 0 || Column(positions[ordinal]).Dictionary is not { } dictionary)
            {
                continue;
            }
            dictionary.Relabel(tableSchema[ordinal].Type.ValueType);
            if (step.MayMatch(dictionary, reader!.NullCountOf(positions[ordinal]) is not 0, tableSchema[ordinal], predicateBatch, selections[0]))
            {
                continue;
            }
            Interlocked.Increment(ref context.Statistics.RowGroupsPruned);
            step.JoinBound?.CountRowGroup(rows.RowCount);
            range = rows.Ranges.Count;
            return;
        }
    }

    public override Batch? Next()
    {
        Begin();
        if (isCounting)
        {
            return NextCounted(counter!);
        }
        while (range < rows.Ranges.Count)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var count = MoveToNextPiece(context.Options.BatchSize);
            if (Filter(count, true, out var selection) == 0)
            {
                Skip(deliverOnly, count);
                continue;
            }
            ReadAll(deliverOnly, count);
            for (var i = 0; i < projection.Count; i++)
            {
                output.Columns[i] = current[projection[i]]!;
            }
            output.RowCount = count;
            output.Selection = selection;
            return output;
        }
        return null;
    }

    /// <summary>Counts all rows by what their columns hold.</summary>
    private void Count(CodeCounter by)
    {
        while (range < rows.Ranges.Count)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            by.Add(MoveToNextPiece(!by.IsSingle ? Batch.MaxRows : request.Distinct ? SmallPiece : LargestPiece));
            if (request.Distinct && by.IsSingle && by.HasAllValues && reader!.NullCountOf(positions[by.SingleOrdinal]) == 0)
            {
                return;
            }
        }
    }

    private void ReadAll(int[] ordinals, int count)
    {
        foreach (var ordinal in ordinals)
        {
            current[ordinal] = Read(ordinal, count);
        }
    }

    /// <summary>The next of what was counted, as far as it satisfies the predicates.</summary>
    private Batch? NextCounted(CodeCounter by)
    {
        while (by.Next(current, context.Options.BatchSize) is > 0 and var count)
        {
            if (Filter(count, false, out var selection) == 0)
            {
                continue;
            }
            for (var i = 0; i < projection.Count; i++)
            {
                counted!.Columns[i] = current[projection[i]]!;
            }
            if (!request.Distinct)
            {
                counted!.Columns[^1] = by.Counts;
            }
            counted!.RowCount = count;
            counted.Selection = selection;
            return counted;
        }
        return null;
    }

    /// <summary>Passes over the rows up to the next ones that are wanted, and gives their number.</summary>
    private int MoveToNextPiece(int most)
    {
        var (start, end) = rows.Ranges[range];
        if (position < start)
        {
            foreach (var column in positions)
            {
                if (column >= 0)
                {
                    Column(column).Skip((int)(start - position));
                }
            }
            position = start;
        }
        var count = (int)Math.Min(most, end - position);
        position += count;
        range += position == end ? 1 : 0;
        return count;
    }

    /// <summary>Reads, unless the columns are there, and filters by one predicate after the other; the columns of those that are not reached are skipped.</summary>
    private unsafe int Filter(int count, bool reads, out Selection? selection)
    {
        selection = null;
        var left = count;
        predicateBatch.RowCount = count;
        if (bound is not null)
        {
            var values = current[bound.TableOrdinal] = predicateBatch.Columns[bound.TableOrdinal] = Read(bound.TableOrdinal, count);
            left = bound.Filter(values, count, selections[1]);
            selection = left == count ? null : selections[1];
            if (left == 0)
            {
                SkipSteps(0, count);
                return 0;
            }
        }
        // A bit a row, as long as predicates can be evaluated for all rows at little cost; row numbers only behind them.
        var mask = stackalloc ulong[Batch.MaxRows / 64];
        var isMasked = false;
        for (var i = 0; i < steps.Length; i++)
        {
            var step = steps[i];
            foreach (var ordinal in step.Reads)
            {
                current[ordinal] = reads ? Read(ordinal, count) : current[ordinal];
                predicateBatch.Columns[ordinal] = current[ordinal]!;
            }
            if (step.IsIdle)
            {
                continue;
            }
            var before = left;
            if (!isMasked && selection is null && i < steps.Length - 1)
            {
                isMasked = true;
                Bitmap.Fill(mask, count, true);
            }
            if (isMasked && step.Expression.TryKeep(predicateBatch, mask))
            {
                left = Bitmap.CountOnes(mask, count);
            }
            else
            {
                if (isMasked && left < count)
                {
                    selection = selections[0];
                    BooleanRows.FromMask(mask, count, selection);
                }
                isMasked = false;
                var result = ReferenceEquals(selection, selections[0]) ? selections[1] : selections[0];
                left = step.Expression.Filter(predicateBatch, selection, result);
                result.Count = left;
                selection = left == count ? selection : result;
            }
            if (reads)
            {
                step.Count(before, left);
            }
            if (left == 0)
            {
                if (reads)
                {
                    SkipSteps(i + 1, count);
                }
                return 0;
            }
        }
        if (isMasked && left < count)
        {
            selection = selections[0];
            BooleanRows.FromMask(mask, count, selection);
        }
        return left;
    }

    private void SkipSteps(int first, int count)
    {
        for (var i = first; i < steps.Length; i++)
        {
            Skip(steps[i].Reads, count);
        }
    }

    private Vector Read(int ordinal, int count)
    {
        var position = positions[ordinal];
        if (position < 0)
        {
            var constant = missing[ordinal] ??= new ConstantVector(new Scalar(tableSchema[ordinal].Type, null).ToVector(), count);
            constant.SetLength(count);
            return constant;
        }
        var vector = Column(position).Read(count);
        vector.Relabel(tableSchema[ordinal].Type);
        return vector;
    }

    private void Skip(int[] ordinals, int count)
    {
        foreach (var ordinal in ordinals)
        {
            if (positions[ordinal] >= 0)
            {
                Column(positions[ordinal]).Skip(count);
            }
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        bound?.Dispose();
        candidates?.Dispose();
        counter?.Dispose();
        Array.ForEach(steps, static step => step.Dispose());
        Array.ForEach(selections, static selection => selection.Dispose());
        Array.ForEach(missing, static constant => constant?.Dispose());
        reader?.Dispose();
    }
}
