using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>Compares single values of any type, however they are encoded: for nested values and list functions, not for hot columns. NULL is largest and equals NULL.</summary>
internal static unsafe class ValueOrder
{
    public static int Compare(Vector left, int leftRow, Vector right, int rightRow)
    {
        var leftNull = left.IsNull(leftRow);
        var rightNull = right.IsNull(rightRow);
        if (leftNull || rightNull)
        {
            return leftNull.CompareTo(rightNull);
        }
        var isDayTime = left.Type.ValueType.Kind == TypeKind.IntervalDayTime;
        var a = left.Resolve(ref leftRow);
        var b = right.Resolve(ref rightRow);
        return a switch
        {
            BitVector bits => bits[leftRow].CompareTo(((BitVector)b)[rightRow]),
            FlatVector<sbyte> flat => flat[leftRow].CompareTo(((FlatVector<sbyte>)b)[rightRow]),
            FlatVector<byte> flat => flat[leftRow].CompareTo(((FlatVector<byte>)b)[rightRow]),
            FlatVector<short> flat => flat[leftRow].CompareTo(((FlatVector<short>)b)[rightRow]),
            FlatVector<ushort> flat => flat[leftRow].CompareTo(((FlatVector<ushort>)b)[rightRow]),
            FlatVector<int> flat => flat[leftRow].CompareTo(((FlatVector<int>)b)[rightRow]),
            FlatVector<uint> flat => flat[leftRow].CompareTo(((FlatVector<uint>)b)[rightRow]),
            FlatVector<long> flat when isDayTime => DayTime.Compare(flat[leftRow], ((FlatVector<long>)b)[rightRow]),
            FlatVector<long> flat => flat[leftRow].CompareTo(((FlatVector<long>)b)[rightRow]),
            FlatVector<ulong> flat => flat[leftRow].CompareTo(((FlatVector<ulong>)b)[rightRow]),
            FlatVector<Half> flat => TotalOrder.Key(flat[leftRow]).CompareTo(TotalOrder.Key(((FlatVector<Half>)b)[rightRow])),
            FlatVector<float> flat => TotalOrder.Key(flat[leftRow]).CompareTo(TotalOrder.Key(((FlatVector<float>)b)[rightRow])),
            FlatVector<double> flat => TotalOrder.Key(flat[leftRow]).CompareTo(TotalOrder.Key(((FlatVector<double>)b)[rightRow])),
            FlatVector<Int128> flat => flat[leftRow].CompareTo(((FlatVector<Int128>)b)[rightRow]),
            FlatVector<Int256> flat => flat[leftRow].CompareTo(((FlatVector<Int256>)b)[rightRow]),
            FlatVector<MonthDayNano> flat => flat[leftRow].CompareTo(((FlatVector<MonthDayNano>)b)[rightRow]),
            BinaryVector bytes => bytes[leftRow].SequenceCompareTo(((BinaryVector)b)[rightRow]),
            ListVector list => CompareLists(list, leftRow, (ListVector)b, rightRow),
            StructVector structs => CompareStructs(structs, leftRow, (StructVector)b, rightRow),
            _ => throw new EngineException(SqlState.DatatypeMismatch, $"Values of type {left.Type} have no order."),
        };
    }

    public static bool Equal(Vector left, int leftRow, Vector right, int rightRow) => Compare(left, leftRow, right, rightRow) == 0;

    private static int CompareLists(ListVector left, int leftRow, ListVector right, int rightRow)
    {
        int start = left.Offsets[leftRow], otherStart = right.Offsets[rightRow];
        var count = left.Offsets[leftRow + 1] - start;
        var otherCount = right.Offsets[rightRow + 1] - otherStart;
        for (var i = 0; i < count && i < otherCount; i++)
        {
            var order = Compare(left.Items, start + i, right.Items, otherStart + i);
            if (order != 0)
            {
                return order;
            }
        }
        return count.CompareTo(otherCount);
    }

    private static int CompareStructs(StructVector left, int leftRow, StructVector right, int rightRow)
    {
        for (var i = 0; i < left.Children.Length; i++)
        {
            var order = Compare(left.Children[i], leftRow, right.Children[i], rightRow);
            if (order != 0)
            {
                return order;
            }
        }
        return 0;
    }
}
