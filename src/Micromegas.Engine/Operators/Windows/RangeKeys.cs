using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>The order key of the rows of a block, for RANGE frames with offsets.</summary>
internal interface IRangeKeys : IDisposable
{
    long Bytes { get; }

    /// <summary>Reads the keys of a block.</summary>
    void Load(WindowBlock block, RowStore store, WorkerContext worker);

    bool IsNull(int row);

    /// <summary>What finds the rows at a distance; <paramref name="offset"/> is of the key's type, or an interval.</summary>
    RangeBound CreateBound(Scalar offset);
}

/// <summary>Finds where the rows begin or end that lie a certain distance before or behind a row.</summary>
internal abstract class RangeBound
{
    /// <summary>
    /// Of the rows from <paramref name="from"/> to <paramref name="to"/>, which are not null, the first whose key is not before the key of <paramref name="row"/> moved
    /// by the offset (or, with <paramref name="behind"/>, the first that lies behind it).
    /// </summary>
    public abstract int Find(int row, bool preceding, bool behind, int from, int to);
}

/// <summary>Chooses how keys are kept.</summary>
internal static class RangeKeys
{
    public static IRangeKeys Create(WindowInput key, bool descending)
    {
        var type = key.Type.ValueType;
        return type.IsFloat
            ? new FloatRangeKeys(key, descending)
            : new IntegerRangeKeys(key, descending);
    }
}

/// <summary>Keys of a block as numbers of one kind.</summary>
internal abstract class RangeKeys<T>(WindowInput key, bool descending) : IRangeKeys
    where T : unmanaged
{
    private WindowRowReader? reader;
    private readonly AccessScratch scratch = new();
    private readonly PagedList<T> values = new();
    private readonly PagedList<byte> nulls = new();

    public long Bytes => values.Bytes + nulls.Bytes;

    protected DataType Type { get; } = key.Type.ValueType;

    public bool IsNull(int row) => nulls[row] != 0;

    public void Load(WindowBlock block, RowStore store, WorkerContext worker)
    {
        values.Clear();
        nulls.Clear();
        reader ??= new WindowRowReader(block, store);
        for (var start = 0; start < block.Count; start += Batch.MaxRows)
        {
            worker.ThrowIfCancelled();
            var count = Math.Min(Batch.MaxRows, block.Count - start);
            var access = VectorAccess.Of(reader.Take(key.Ordinal, start, count), scratch);
            for (var row = 0; row < count; row++)
            {
                var isNull = access.IsNull(row);
                nulls.Add(isNull ? (byte)1 : (byte)0);
                values.Add(isNull ? default : Read((FlatVector)access.Plain, access.IndexOf(row)));
            }
            if (block.Pages is { } pages)
            {
                values.PageOut(pages.File);
                nulls.PageOut(pages.File);
            }
        }
    }

    public abstract RangeBound CreateBound(Scalar offset);

    public void Dispose()
    {
        reader?.Dispose();
        scratch.Dispose();
        values.Dispose();
        nulls.Dispose();
    }

    protected abstract T Read(FlatVector vector, int row);

    protected abstract int Compare(T x, T y);

    /// <summary>A bound that moves a key by adding (<c>true</c>) or subtracting the offset.</summary>
    protected RangeBound CreateBound(Func<T, bool, T> move) => new Bound(this, move);

    private sealed class Bound(RangeKeys<T> keys, Func<T, bool, T> move) : RangeBound
    {
        public override int Find(int row, bool preceding, bool behind, int from, int to)
        {
            var isDescending = keys.IsDescending;
            // Preceding rows have smaller keys, in descending order greater ones.
            var target = move(keys.values[row], preceding == isDescending);
            while (from < to)
            {
                var middle = from + ((to - from) >> 1);
                var order = keys.Compare(keys.values[middle], target);
                if (isDescending)
                {
                    order = -order;
                }
                if (order < 0 || (behind && order == 0))
                {
                    from = middle + 1;
                }
                else
                {
                    to = middle;
                }
            }
            return from;
        }
    }

    private bool IsDescending => descending;
}

/// <summary>Floats of any width; NaN is larger than every number.</summary>
internal sealed class FloatRangeKeys(WindowInput key, bool descending) : RangeKeys<double>(key, descending)
{
    public override RangeBound CreateBound(Scalar offset)
    {
        var distance = offset.Value switch
        {
            Half half => (double)half,
            float single => single,
            var other => (double)other!,
        };
        if (double.IsNaN(distance) || distance < 0)
        {
            throw RangeOffset.IsNegative();
        }
        return CreateBound((value, add) => add ? value + distance : value - distance);
    }

    protected override double Read(FlatVector vector, int row) => vector switch
    {
        FlatVector<Half> half => (double)half[row],
        FlatVector<float> single => single[row],
        _ => ((FlatVector<double>)vector)[row],
    };

    protected override int Compare(double x, double y) =>
        x < y ? -1 : x > y ? 1 : x == y ? 0 : double.IsNaN(x).CompareTo(double.IsNaN(y));
}

/// <summary>Integers and decimals as they are, dates and times in nanoseconds: 128 bits, so that no offset leads out of range.</summary>
internal sealed class IntegerRangeKeys(WindowInput key, bool descending) : RangeKeys<Int128>(key, descending)
{
    public override RangeBound CreateBound(Scalar offset)
    {
        if (offset.Value is MonthDayNano interval)
        {
            return CreateBound(RangeOffset.Of(Type, interval));
        }
        var distance = ToInteger(offset.Value!);
        if (distance < 0)
        {
            throw RangeOffset.IsNegative();
        }
        return CreateBound((value, add) => add ? value + distance : value - distance);
    }

    protected override Int128 Read(FlatVector vector, int row)
    {
        switch (vector)
        {
            case FlatVector<sbyte> v:
                return v[row];
            case FlatVector<byte> v:
                return v[row];
            case FlatVector<short> v:
                return v[row];
            case FlatVector<ushort> v:
                return v[row];
            case FlatVector<int> v:
                return (Int128)v[row] * RangeOffset.NanosecondsPerTick(Type);
            case FlatVector<uint> v:
                return v[row];
            case FlatVector<long> v:
                return (Int128)v[row] * RangeOffset.NanosecondsPerTick(Type);
            case FlatVector<ulong> v:
                return v[row];
            case FlatVector<Int128> v:
                return v[row];
            default:
                return ToInteger(((FlatVector<Int256>)vector)[row]);
        }
    }

    protected override int Compare(Int128 x, Int128 y) => x.CompareTo(y);

    private static Int128 ToInteger(object value)
    {
        switch (value)
        {
            case Int128 wide:
                return wide;
            case ulong unsigned:
                return unsigned;
            case Int256 wider:
                var number = wider.ToBigInteger();
                if (System.Numerics.BigInteger.Abs(number) > (System.Numerics.BigInteger)(Int128.MaxValue / 4))
                {
                    Throw.Overflow("A RANGE frame over decimals takes numbers of up to 37 digits.");
                }
                return (Int128)number;
            default:
                return Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
