using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>
/// A t-digest for each group. The first values of a group are collected; with what they tell, further ones are counted (<see cref="DigestCells"/>), and those that
/// find no place are collected again. The digest is touched when there is no room for them.
/// </summary>
internal sealed unsafe class DigestAccumulator(DataType type, double share, int centroids, bool hasWeight) : Accumulator
{
    /// <summary>Values before the first are merged; up to here answers are upstream's. Weighted ones wait no longer either.</summary>
    private const int FirstCount = 512;

    /// <summary>Values that wait where counting did not take most of them.</summary>
    private const int LaterCount = 2048;

    private const int SmallestCount = 8;

    /// <summary>Values that wait because they are refused, before it is looked why.</summary>
    private const int RefusedCount = 64;

    /// <summary>Refused values are rare where this many times as many were counted.</summary>
    private const int RareFactor = 8;

    /// <summary>So many centroids of another digest are merged at once, not collected.</summary>
    private const int ManyCentroids = 32;

    /// <summary>By what the room of a group grows: of many groups with some values each, little of it is to stay empty.</summary>
    private const int Growth = 4;

    private readonly GroupItems<double> values = new();
    private readonly DigestCells cells = new();
    private readonly DigestMerger merger = new();

    /// <summary>Weights of the values; a group has none while all of its are 1. Null while that holds for all groups.</summary>
    private GroupItems<double>? weights;
    private TDigest?[] digests = [];
    private Selection? scratch;
    private long bytes;
    private int groupCount;

    /// <summary>Minimum, maximum, and the means and weights of the centroids.</summary>
    public override IReadOnlyList<DataType> StateTypes { get; } = [DataType.Float64, DataType.Float64, DataType.List(DataType.Float64), DataType.List(DataType.Float64)];

    public override long MemoryBytes => bytes + (digests.Length * 8L) + values.Bytes + cells.Bytes + (weights?.Bytes ?? 0) + merger.Bytes;

    public override void Resize(int groupCount)
    {
        if (groupCount > digests.Length)
        {
            Array.Resize(ref digests, Math.Max(groupCount, digests.Length * 2));
        }
        this.groupCount = Math.Max(this.groupCount, groupCount);
        values.Resize(groupCount);
        cells.Resize(groupCount);
        weights?.Resize(groupCount);
    }

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount)
    {
        if (TryFindPlain(arguments, selection, out var plain))
        {
            for (var row = 0; (row = cells.AddRows(groups, plain.Values, row, rowCount, values)) < rowCount;)
            {
                MakeRoom(groups[row]);
            }
            return;
        }
        AddRows(arguments, groups, selection, rowCount);
    }

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount)
    {
        if (TryFindPlain(arguments, selection, out var plain))
        {
            AddRange(0, plain.Span[..rowCount]);
            return;
        }
        AddRows(arguments, null, selection, rowCount);
    }

    public override bool TryUpdateRuns(ReadOnlySpan<Vector> arguments, ReadOnlySpan<DictionaryRun> runs, int rowCount)
    {
        if (!TryFindPlain(arguments, null, out var plain))
        {
            return false;
        }
        var start = 0;
        foreach (var run in runs)
        {
            AddRange(run.Code, plain.Span[start..run.End]);
            start = run.End;
        }
        return true;
    }

    public override Vector[] ExportState(int start, int count)
    {
        using var minima = new FlatVectorBuilder<double>(DataType.Float64);
        using var maxima = new FlatVectorBuilder<double>(DataType.Float64);
        using var means = new ListVectorBuilder(StateTypes[2]);
        using var sizes = new ListVectorBuilder(StateTypes[3]);
        for (var group = start; group < start + count; group++)
        {
            if (Complete(group) is { } digest)
            {
                Append((FlatVectorBuilder<double>)means.Items, digest.Means);
                Append((FlatVectorBuilder<double>)sizes.Items, digest.Weights);
                minima.Append(digest.Minimum);
                maxima.Append(digest.Maximum);
            }
            else
            {
                minima.AppendNull();
                maxima.AppendNull();
            }
            means.EndList();
            sizes.EndList();
        }
        return [minima.Build(), maxima.Build(), means.Build(), sizes.Build()];
    }

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount)
    {
        var minima = new FlatReader<double>(state[0]);
        var maxima = new FlatReader<double>(state[1]);
        var (means, sizes) = (new ListReader(state[2]), new ListReader(state[3]));
        var (meanItems, sizeItems) = (new FlatReader<double>(means.Items), new FlatReader<double>(sizes.Items));
        for (var row = 0; row < rowCount; row++)
        {
            if (state[0].IsNull(row))
            {
                continue;
            }
            var digest = DigestOf(groups[row]);
            if (means.Count(row) >= ManyCentroids && means.Items is FlatVector<double> { MayHaveNulls: false } points && sizes.Items is FlatVector<double> { MayHaveNulls: false } pointSizes)
            {
                bytes -= digest.Bytes;
                merger.MergeSorted(digest, points.Span.Slice(means.Start(row), means.Count(row)), pointSizes.Span.Slice(sizes.Start(row), means.Count(row)));
                bytes += digest.Bytes;
            }
            else
            {
                for (var i = 0; i < means.Count(row); i++)
                {
                    Add(groups[row], meanItems[means.Start(row) + i], sizeItems[sizes.Start(row) + i]);
                }
            }
            digest.AddBounds(minima[row], maxima[row]);
        }
    }

    public override Vector Finish(int start, int count)
    {
        var result = FlatVector.Create(type);
        result.Prepare(count);
        for (var i = 0; i < count; i++)
        {
            if (Complete(start + i) is not { } digest)
            {
                Nulls.Set(result, i);
            }
            else if (result is FlatVector<float> singles)
            {
                singles.Values[i] = (float)digest.Quantile(share);
            }
            else
            {
                ((FlatVector<double>)result).Values[i] = digest.Quantile(share);
            }
        }
        return result;
    }

    public override void Dispose()
    {
        base.Dispose();
        values.Dispose();
        cells.Dispose();
        weights?.Dispose();
        merger.Dispose();
        scratch?.Dispose();
    }

    private static void Append(FlatVectorBuilder<double> builder, ReadOnlySpan<double> items)
    {
        foreach (var item in items)
        {
            builder.Append(item);
        }
    }

    /// <summary>Whether all rows count, as they are, with the weight 1.</summary>
    private bool TryFindPlain(ReadOnlySpan<Vector> arguments, Selection? selection, out FlatVector<double> plain)
    {
        plain = (arguments[0] as FlatVector<double>)!;
        return !hasWeight && weights is null && selection is null && plain is { MayHaveNulls: false };
    }

    private void AddRows(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount)
    {
        var rows = GroupRows.Present(arguments[..(hasWeight ? 2 : 1)], selection, rowCount, ref scratch);
        var isSingle = type.Kind == TypeKind.Float32;
        var singles = isSingle ? new FlatReader<float>(arguments[0]) : default;
        var doubles = isSingle ? default : new FlatReader<double>(arguments[0]);
        var weightOf = hasWeight ? new FlatReader<double>(arguments[1]) : default;
        foreach (var row in new RowSet(rows, rowCount, null))
        {
            var weight = hasWeight ? weightOf[row] : 1;
            if (weight > 0)
            {
                Add(groups == null ? 0 : groups[row], isSingle ? singles[row] : doubles[row], weight);
            }
        }
    }

    private void AddRange(int group, ReadOnlySpan<double> items)
    {
        while (!(items = items[cells.AddRange(group, items, values)..]).IsEmpty)
        {
            MakeRoom(group);
        }
    }

    private void Add(int group, double value, double weight)
    {
        if (weight == 1 && !IsWeighted(group))
        {
            AddRange(group, [value]);
            return;
        }
        if (values.Room(group) == 0)
        {
            MakeRoom(group);
        }
        if (weights is null)
        {
            weights = new GroupItems<double>();
            weights.Resize(groupCount);
        }
        for (var missing = values[group].Length - weights[group].Length; missing > 0; missing--)
        {
            weights.Append(group, 1.0);
        }
        weights.Append(group, weight);
        values.Append(group, value);
    }

    /// <summary>Whether values of a group that wait have weights.</summary>
    private bool IsWeighted(int group) => weights is not null && weights[group].Length > 0;

    private void MakeRoom(int group)
    {
        var isWeighted = IsWeighted(group);
        var known = values[group].Length;
        if (known > 0 && !isWeighted && cells.IsCounting(group) && cells.TryRaise(group, digests[group]!, values))
        {
            return;
        }
        var isFirst = digests[group] is not { IsEmpty: false };
        // Where most values are counted, few are refused, and cells that suit better are not worth their while.
        if (known < FirstCount || !(isFirst || isWeighted || known >= LaterCount || cells.Count(group) is var counted && counted > known && counted < RareFactor * known))
        {
            values.EnsureCapacity(group, Math.Clamp(known * Growth, SmallestCount, known < FirstCount ? FirstCount : LaterCount));
            return;
        }
        Merge(group);
        if (!isWeighted)
        {
            cells.Begin(group, digests[group]!);
        }
        if (cells.IsCounting(group))
        {
            // Few are refused, if all goes well.
            values.Remove(group);
            values.EnsureCapacity(group, RefusedCount);
        }
    }

    /// <summary>The digest of all values of a group; null where there are none.</summary>
    private TDigest? Complete(int group)
    {
        Merge(group);
        return digests[group] is { IsEmpty: false } digest ? digest : null;
    }

    private void Merge(int group)
    {
        var waiting = values[group];
        if (waiting.IsEmpty && !cells.IsCounting(group))
        {
            return;
        }
        var digest = DigestOf(group);
        if (waiting.Length > RefusedCount && cells.IsCounting(group) && !IsWeighted(group))
        {
            // What finds a place now need not be sorted.
            cells.TryRaise(group, digest, values, 1.2);
            waiting = values[group];
        }
        bytes -= digest.Bytes;
        merger.Merge(digest, waiting, IsWeighted(group) ? weights![group] : [], cells, group);
        values.Clear(group);
        weights?.Clear(group);
        bytes += digest.Bytes;
    }

    private TDigest DigestOf(int group)
    {
        if (digests[group] is { } known)
        {
            return known;
        }
        var digest = digests[group] = new TDigest(centroids);
        bytes += digest.Bytes;
        return digest;
    }
}
