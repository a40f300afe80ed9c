using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Orders values and takes the point between two of them.</summary>
internal interface IRank<T>
    where T : unmanaged
{
    static abstract int Compare(T left, T right);

    static abstract bool IsLess(T left, T right);

    static abstract T Between(T low, T high, double part);
}

internal readonly struct DoubleRank : IRank<double>
{
    public static int Compare(double left, double right) => TotalOrder.Key(left).CompareTo(TotalOrder.Key(right));

    public static bool IsLess(double left, double right) => TotalOrder.Key(left) < TotalOrder.Key(right);

    public static double Between(double low, double high, double part) => part == 0 || low.Equals(high) ? low : low + ((high - low) * part);
}

internal readonly struct SingleRank : IRank<float>
{
    public static int Compare(float left, float right) => TotalOrder.Key(left).CompareTo(TotalOrder.Key(right));

    public static bool IsLess(float left, float right) => TotalOrder.Key(left) < TotalOrder.Key(right);

    public static float Between(float low, float high, double part) => part == 0 || low.Equals(high) ? low : (float)(low + ((high - low) * part));
}

internal readonly struct DecimalRank : IRank<Int128>
{
    public static int Compare(Int128 left, Int128 right) => left.CompareTo(right);

    public static bool IsLess(Int128 left, Int128 right) => left < right;

    public static Int128 Between(Int128 low, Int128 high, double part) => part == 0 ? low : low + ((high - low) / 2);
}

internal readonly struct WideDecimalRank : IRank<Int256>
{
    public static int Compare(Int256 left, Int256 right) => left.CompareTo(right);

    public static bool IsLess(Int256 left, Int256 right) => left.CompareTo(right) < 0;

    public static Int256 Between(Int256 low, Int256 high, double part) =>
        part == 0 ? low : Int256.FromBigInteger(low.ToBigInteger() + ((high.ToBigInteger() - low.ToBigInteger()) / 2));
}

/// <summary>
/// Keeps all values of each group; the result is found by selection, not by sorting. Groups that memory has no room for are searched in passes instead.
/// </summary>
internal sealed unsafe class PercentileAccumulator<T, TRank>(DataType type, double share) : Accumulator
    where T : unmanaged
    where TRank : struct, IRank<T>
{
    private const int FewestSamples = 128;
    private const int MostSamples = 1 << 16;

    private readonly GroupItems<T> values = new();
    private Selection? scratch;
    private List<PercentileSearch<T, TRank>?>? searches;
    private int knownGroups;
    private int sampleSize;
    private bool isRepeated;

    public override IReadOnlyList<DataType> StateTypes { get; } = [DataType.List(type)];

    public override long MemoryBytes => values.Bytes + (searches?.Sum(static search => search?.Bytes ?? 0) ?? 0);

    public override void Resize(int groupCount)
    {
        values.Resize(groupCount);
        knownGroups = Math.Max(knownGroups, groupCount);
        while (searches?.Count < groupCount)
        {
            searches.Add(null);
        }
    }

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount)
    {
        var rows = GroupRows.Present(arguments[..1], selection, rowCount, ref scratch);
        var reader = new FlatReader<T>(arguments[0]);
        foreach (var row in new RowSet(rows, rowCount, null))
        {
            values.Append(groups[row], reader[row]);
        }
    }

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount)
    {
        var rows = GroupRows.Present(arguments[..1], selection, rowCount, ref scratch);
        if (rows is null && arguments[0] is FlatVector<T> flat)
        {
            values.Append(0, flat.Span[..rowCount]);
            return;
        }
        var reader = new FlatReader<T>(arguments[0]);
        foreach (var row in new RowSet(rows, rowCount, null))
        {
            values.Append(0, reader[row]);
        }
    }

    public override bool TryUpdateRuns(ReadOnlySpan<Vector> arguments, ReadOnlySpan<DictionaryRun> runs, int rowCount)
    {
        if (arguments[0] is not FlatVector<T> { MayHaveNulls: false } flat)
        {
            return false;
        }
        var start = 0;
        foreach (var run in runs)
        {
            values.Append(run.Code, flat.Span[start..run.End]);
            start = run.End;
        }
        return true;
    }

    public override Vector[] ExportState(int start, int count)
    {
        using var builder = new ListVectorBuilder(StateTypes[0]);
        var items = (FlatVectorBuilder<T>)builder.Items;
        using var block = new FlatVector<T>(type);
        for (var group = start; group < start + count; group++)
        {
            fixed (T* first = values[group])
            {
                block.Attach(first, values[group].Length);
                items.AppendRange(block, 0, block.Length);
            }
            builder.EndList();
        }
        return [builder.Build()];
    }

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount)
    {
        var lists = new ListReader(state[0]);
        var items = new FlatReader<T>(lists.Items);
        for (var row = 0; row < rowCount; row++)
        {
            var group = groups[row];
            if (searches?[group] is { } search)
            {
                for (var i = lists.Start(row); i < lists.End(row); i++)
                {
                    search.Add(items[i]);
                }
                continue;
            }
            if (isRepeated)
            {
                // The group is small, and there already.
                continue;
            }
            if (lists.Items is FlatVector<T> { MayHaveNulls: false } flat)
            {
                values.Append(group, flat.Span[lists.Start(row)..lists.End(row)]);
            }
            else
            {
                for (var i = lists.Start(row); i < lists.End(row); i++)
                {
                    values.Append(group, items[i]);
                }
            }
            if (searches is not null && values[group].Length > sampleSize)
            {
                Search(group);
            }
        }
    }

    public override Vector Finish(int start, int count)
    {
        var result = FlatVector<T>.Allocate(type, count);
        for (var i = 0; i < count; i++)
        {
            if (searches?[start + i] is { } search)
            {
                result.Values[i] = search.Result;
                continue;
            }
            var some = values[start + i];
            if (some.Length == 0)
            {
                Nulls.Set(result, i);
                continue;
            }
            result.Values[i] = At(some);
        }
        return result;
    }

    public override void Dispose()
    {
        base.Dispose();
        values.Dispose();
        scratch?.Dispose();
        foreach (var search in searches ?? [])
        {
            search?.Dispose();
        }
    }

    internal override long GrowthBytes(int rows) => searches is null ? values.GrowthBytes(rows) : 0;

    internal override bool HasPasses => true;

    internal override long StateBytes(int group) => (long)values[group].Length * sizeof(T);

    internal override Vector[] ExportPiece(int group, int piece, long bytes)
    {
        using var builder = new ListVectorBuilder(StateTypes[0]);
        using var block = new FlatVector<T>(type);
        var most = Math.Max(1, bytes / sizeof(T));
        var some = values[group];
        some = some[(int)Math.Min(piece * most, some.Length)..];
        some = some[..(int)Math.Min(most, some.Length)];
        fixed (T* first = some)
        {
            block.Attach(first, some.Length);
            builder.Items.AppendRange(block, 0, some.Length);
        }
        builder.EndList();
        return [builder.Build()];
    }

    internal override void BeginPasses(int groups, long bytes)
    {
        sampleSize = (int)Math.Clamp(bytes / (PercentileSearch<T, TRank>.Samples * sizeof(T) * Math.Max(1L, groups)), FewestSamples, MostSamples);
        searches = [.. new PercentileSearch<T, TRank>?[knownGroups]];
    }

    internal override bool EndPass()
    {
        var more = false;
        isRepeated = true;
        foreach (var search in searches!)
        {
            more |= search?.EndPass() ?? false;
        }
        return more;
    }

    /// <summary>From now on the values of the group are not kept.</summary>
    private void Search(int group)
    {
        var search = new PercentileSearch<T, TRank>(share, sampleSize);
        searches![group] = search;
        foreach (var value in values[group])
        {
            search.Add(value);
        }
        values.Remove(group);
    }

    private T At(Span<T> items)
    {
        var position = share * (items.Length - 1);
        var low = (int)Math.Floor(position);
        var part = position - low;
        NativeBuffer? candidates = null;
        try
        {
            // The copy is as large as the group: where memory is short, the items are put in order where they are.
            if (items.Length >= RankSelection<T, TRank>.Many && MemoryBudget.Current?.HasRoomFor(2L * items.Length * sizeof(T)) != false)
            {
                candidates = BufferPool.Shared.Rent((long)items.Length * sizeof(T));
                var count = RankSelection<T, TRank>.Narrow(items, low, (T*)candidates.Pointer, out var below);
                if (count > 0)
                {
                    items = new Span<T>(candidates.Pointer, count);
                    low -= below;
                }
            }
            RankSelection<T, TRank>.Select(items, low);
            if (part == 0)
            {
                return items[low];
            }
            // Everything behind is larger: the next value is the least of them.
            var next = items[low + 1];
            foreach (var item in items[(low + 2)..])
            {
                next = TRank.IsLess(item, next) ? item : next;
            }
            return TRank.Between(items[low], next, part);
        }
        finally
        {
            candidates?.Dispose();
        }
    }
}
