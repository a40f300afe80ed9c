using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>A t-digest for each group. Values are collected by group, so that a digest is touched once in some thousand rows.</summary>
internal sealed unsafe class DigestAccumulator(DataType type, double share, int centroids, bool hasWeight) : Accumulator
{
    /// <summary>Values before the first are merged; up to here answers are upstream's. Weighted ones wait no longer either.</summary>
    private const int FirstCount = 512;

    /// <summary>Values that wait before they are merged into centroids.</summary>
    private const int LaterCount = 2048;

    private const int SmallestCount = 8;

    /// <summary>By what the room of a group grows: of many groups with some values each, little of it is to stay empty.</summary>
    private const int Growth = 4;

    private readonly GroupItems<double> values = new();
    private readonly DigestMerger merger = new(centroids);

    /// <summary>Weights of the values; a group has none while all of its are 1. Null while that holds for all groups.</summary>
    private GroupItems<double>? weights;
    private TDigest?[] digests = [];
    private Selection? scratch;
    private long bytes;
    private int groupCount;

    /// <summary>Minimum, maximum, and the means and weights of the centroids.</summary>
    public override IReadOnlyList<DataType> StateTypes { get; } = [DataType.Float64, DataType.Float64, DataType.List(DataType.Float64), DataType.List(DataType.Float64)];

    public override long MemoryBytes => bytes + (digests.Length * 8L) + values.Bytes + (weights?.Bytes ?? 0) + merger.Bytes;

    public override void Resize(int groupCount)
    {
        if (groupCount > digests.Length)
        {
            Array.Resize(ref digests, Math.Max(groupCount, digests.Length * 2));
        }
        this.groupCount = Math.Max(this.groupCount, groupCount);
        values.Resize(groupCount);
        weights?.Resize(groupCount);
    }

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount)
    {
        if (TryFindPlain(arguments, selection, out var plain))
        {
            for (var row = 0; (row = values.AppendRows(groups, plain.Values, row, rowCount)) < rowCount;)
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
            for (var i = 0; i < means.Count(row); i++)
            {
                Add(groups[row], meanItems[means.Start(row) + i], sizeItems[sizes.Start(row) + i]);
            }
            DigestOf(groups[row]).AddBounds(minima[row], maxima[row]);
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
        while (!items.IsEmpty)
        {
            var room = values.Room(group);
            if (room == 0)
            {
                MakeRoom(group);
                room = values.Room(group);
            }
            var count = Math.Min(room, items.Length);
            values.Append(group, items[..count]);
            items = items[count..];
        }
    }

    private void Add(int group, double value, double weight)
    {
        if (values.Room(group) == 0)
        {
            MakeRoom(group);
        }
        if (weight != 1 && weights is null)
        {
            weights = new GroupItems<double>();
            weights.Resize(groupCount);
        }
        if (weights is not null && (weight != 1 || weights[group].Length > 0))
        {
            for (var missing = values[group].Length - weights[group].Length; missing > 0; missing--)
            {
                weights.Append(group, 1.0);
            }
            weights.Append(group, weight);
        }
        values.Append(group, value);
    }

    private void MakeRoom(int group)
    {
        var isWeighted = weights is not null && weights[group].Length > 0;
        var known = values[group].Length;
        var most = isWeighted || digests[group] is not { IsEmpty: false } ? FirstCount : LaterCount;
        if (known >= most)
        {
            Merge(group);
            most = isWeighted ? FirstCount : LaterCount;
        }
        values.EnsureCapacity(group, Math.Clamp(known * Growth, SmallestCount, most));
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
        if (waiting.IsEmpty)
        {
            return;
        }
        var digest = DigestOf(group);
        bytes -= digest.Bytes;
        if (weights is not null && weights[group].Length > 0)
        {
            merger.Merge(digest, waiting, weights[group]);
            weights.Clear(group);
        }
        else
        {
            merger.Merge(digest, waiting);
        }
        values.Clear(group);
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
