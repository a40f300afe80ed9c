using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>Compares two arguments of the same value type: <c>=</c> or <c>&lt;</c>, optionally with swapped operands and negated.</summary>
internal abstract class ComparisonKernel : BitKernel
{
    protected ComparisonKernel(bool swap, bool negate)
    {
        Swap = swap;
        Negate = negate;
    }

    protected bool Swap { get; }

    protected bool Negate { get; }

    /// <summary>The kernel of an operator that is null where an operand is.</summary>
    public static Kernel Create(ComparisonOperator comparison, DataType type)
    {
        var (isEquality, swap, negate) = comparison switch
        {
            ComparisonOperator.Equal => (true, false, false),
            ComparisonOperator.NotEqual => (true, false, true),
            ComparisonOperator.LessThan => (false, false, false),
            ComparisonOperator.GreaterThan => (false, true, false),
            ComparisonOperator.LessThanOrEqual => (false, true, true),
            ComparisonOperator.GreaterThanOrEqual => (false, false, true),
            _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
        };
        return Create(isEquality, swap, negate, type.ValueType);
    }

    private static Kernel Create(bool isEquality, bool swap, bool negate, DataType type) => type.Kind switch
    {
        TypeKind.Int8 => Integer<sbyte>(isEquality, swap, negate),
        TypeKind.UInt8 => Integer<byte>(isEquality, swap, negate),
        TypeKind.Int16 => Integer<short>(isEquality, swap, negate),
        TypeKind.UInt16 => Integer<ushort>(isEquality, swap, negate),
        TypeKind.Int32 or TypeKind.Date32 or TypeKind.Time32 or TypeKind.IntervalYearMonth => Integer<int>(isEquality, swap, negate),
        TypeKind.UInt32 => Integer<uint>(isEquality, swap, negate),
        TypeKind.UInt64 => Integer<ulong>(isEquality, swap, negate),
        TypeKind.Float32 => isEquality ? new VectorComparison<float, SingleEqual>(swap, negate) : new VectorComparison<float, SingleLess>(swap, negate),
        TypeKind.Float64 => isEquality ? new VectorComparison<double, DoubleEqual>(swap, negate) : new VectorComparison<double, DoubleLess>(swap, negate),
        TypeKind.Float16 => isEquality ? new ScalarComparison<Half, HalfEqual>(swap, negate) : new ScalarComparison<Half, HalfLess>(swap, negate),
        TypeKind.Decimal128 => Wide<Int128>(isEquality, swap, negate),
        TypeKind.Decimal256 => Wide<Int256>(isEquality, swap, negate),
        TypeKind.IntervalMonthDayNano => Wide<MonthDayNano>(isEquality, swap, negate),
        TypeKind.IntervalDayTime when !isEquality => new ScalarComparison<long, DayTimeLess>(swap, negate),
        _ => type.Storage switch
        {
            StorageKind.Flat => Integer<long>(isEquality, swap, negate),
            StorageKind.Bytes => new BytesComparison(isEquality, swap, negate),
            StorageKind.Bit => new BooleanComparison(isEquality, swap, negate),
            _ => new NestedComparison(isEquality, swap, negate),
        },
    };

    private static VectorComparison<T, IntegerEqual<T>> Equal<T>(bool swap, bool negate)
        where T : unmanaged, System.Numerics.IBinaryInteger<T> => new(swap, negate);

    private static Kernel Integer<T>(bool isEquality, bool swap, bool negate)
        where T : unmanaged, System.Numerics.IBinaryInteger<T> =>
        isEquality ? Equal<T>(swap, negate) : new VectorComparison<T, IntegerLess<T>>(swap, negate);

    private static Kernel Wide<T>(bool isEquality, bool swap, bool negate)
        where T : unmanaged, IComparable<T> =>
        isEquality ? new ScalarComparison<T, WideEqual<T>>(swap, negate) : new ScalarComparison<T, WideLess<T>>(swap, negate);
}

/// <summary>Compares flat values one at a time.</summary>
internal sealed class ScalarComparison<T, TComparison>(bool swap, bool negate) : ComparisonKernel(swap, negate)
    where T : unmanaged
    where TComparison : struct, IComparison<T>
{
    protected override unsafe void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        var left = new FlatReader<T>(arguments[Swap ? 1 : 0]);
        var right = new FlatReader<T>(arguments[Swap ? 0 : 1]);
        var words = output.Words;
        foreach (var row in rows)
        {
            Bitmap.Assign(words, row, TComparison.Test(left[row], right[row]) != Negate);
        }
    }
}

/// <summary>Compares texts and binaries by their bytes.</summary>
internal sealed class BytesComparison(bool isEquality, bool swap, bool negate) : ComparisonKernel(swap, negate)
{
    protected override unsafe void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        var left = new BytesReader(arguments[Swap ? 1 : 0]);
        var right = new BytesReader(arguments[Swap ? 0 : 1]);
        var words = output.Words;
        if (isEquality)
        {
            foreach (var row in rows)
            {
                Bitmap.Assign(words, row, left[row].SequenceEqual(right[row]) != Negate);
            }
            return;
        }
        foreach (var row in rows)
        {
            Bitmap.Assign(words, row, left[row].SequenceCompareTo(right[row]) < 0 != Negate);
        }
    }
}

/// <summary>Compares Booleans; false is less than true.</summary>
internal sealed class BooleanComparison(bool isEquality, bool swap, bool negate) : ComparisonKernel(swap, negate)
{
    protected override unsafe void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        var left = new BitReader(arguments[Swap ? 1 : 0]);
        var right = new BitReader(arguments[Swap ? 0 : 1]);
        var words = output.Words;
        foreach (var row in rows)
        {
            var test = isEquality ? left[row] == right[row] : !left[row] & right[row];
            Bitmap.Assign(words, row, test != Negate);
        }
    }
}

/// <summary>Compares lists, structs and maps, value by value; inside them NULL equals NULL and is larger than every value.</summary>
internal sealed class NestedComparison(bool isEquality, bool swap, bool negate) : ComparisonKernel(swap, negate)
{
    protected override unsafe void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        var left = arguments[Swap ? 1 : 0];
        var right = arguments[Swap ? 0 : 1];
        var words = output.Words;
        foreach (var row in rows)
        {
            var order = ValueOrder.Compare(left, row, right, row);
            Bitmap.Assign(words, row, (isEquality ? order == 0 : order < 0) != Negate);
        }
    }
}

/// <summary><c>IS [NOT] DISTINCT FROM</c>: compares with NULL equal to NULL; never null.</summary>
internal sealed class DistinctKernel(DataType type, bool negate) : BitKernel
{
    private readonly Kernel equality = ComparisonKernel.Create(ComparisonOperator.Equal, type);
    private Vector? equal;

    public override bool PropagatesNulls => false;

    protected override unsafe void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        equal = equality.Compute(arguments, rows.Selection, output.Length, equal);
        var bits = ((BitVector)equal).Words;
        var words = output.Words;
        var (left, right) = (arguments[0], arguments[1]);
        var mayHaveNulls = left.MayHaveNulls || right.MayHaveNulls;
        foreach (var row in rows)
        {
            bool distinct;
            if (mayHaveNulls && (left.IsNull(row) || right.IsNull(row)))
            {
                distinct = left.IsNull(row) != right.IsNull(row);
            }
            else
            {
                distinct = !Bitmap.Get(bits, row);
            }
            Bitmap.Assign(words, row, distinct != negate);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        equality.Dispose();
        equal?.Dispose();
    }
}
