using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Keys;

/// <summary>
/// Values as bytes whose bytewise order is SQL's (spec/sql.md §5.4, §5.9): signs flipped, most significant byte first; floats in IEEE total order
/// with NaN largest and -0.0 below 0.0; texts bytewise; lists item by item, structs member by member, NULL inside them largest.
/// </summary>
internal static unsafe class NormalizedValue
{
    private const byte End = 0;
    private const byte Present = 1;
    private const byte Null = 2;

    /// <summary>Appends a value that is not null.</summary>
    public static void Append(Vector vector, int row, ByteWriter target)
    {
        var plain = vector.Resolve(ref row);
        switch (plain)
        {
            case BinaryVector bytes:
                target.AddTerminated(bytes[row]);
                break;
            case BitVector bits:
                target.Add(bits[row] ? (byte)1 : (byte)0);
                break;
            case FlatVector flat:
                AppendFlat(flat, row, target);
                break;
            case ListVector list:
                for (var i = list.Offsets[row]; i < list.Offsets[row + 1]; i++)
                {
                    AppendNullable(list.Items, i, target);
                }
                target.Add(End);
                break;
            case StructVector structs:
                foreach (var child in structs.Children)
                {
                    AppendNullable(child, row, target);
                }
                break;
            default:
                target.Add(Null);
                break;
        }
    }

    private static void AppendNullable(Vector vector, int row, ByteWriter target)
    {
        if (vector.IsNull(row))
        {
            target.Add(Null);
        }
        else
        {
            target.Add(Present);
            Append(vector, row, target);
        }
    }

    private static void AppendFlat(FlatVector flat, int row, ByteWriter target)
    {
        switch (flat)
        {
            case FlatVector<sbyte> v:
                target.Add((byte)(v[row] ^ sbyte.MinValue));
                break;
            case FlatVector<byte> v:
                target.Add(v[row]);
                break;
            case FlatVector<short> v:
                target.AddBigEndian((ushort)(v[row] ^ short.MinValue));
                break;
            case FlatVector<ushort> v:
                target.AddBigEndian(v[row]);
                break;
            case FlatVector<int> v:
                target.AddBigEndian((uint)(v[row] ^ int.MinValue));
                break;
            case FlatVector<uint> v:
                target.AddBigEndian(v[row]);
                break;
            case FlatVector<long> v when v.Type.ValueType.Kind == TypeKind.IntervalDayTime:
                // Days lie in the low half and come first.
                target.AddBigEndian((uint)((int)v[row] ^ int.MinValue));
                target.AddBigEndian((uint)((int)(v[row] >> 32) ^ int.MinValue));
                break;
            case FlatVector<long> v:
                target.AddBigEndian((ulong)(v[row] ^ long.MinValue));
                break;
            case FlatVector<ulong> v:
                target.AddBigEndian(v[row]);
                break;
            case FlatVector<Half> v:
                target.AddBigEndian(Order(v[row]));
                break;
            case FlatVector<float> v:
                target.AddBigEndian(Order(v[row]));
                break;
            case FlatVector<double> v:
                target.AddBigEndian(Order(v[row]));
                break;
            case FlatVector<Int128> v:
                target.AddBigEndian((ulong)(v[row] >> 64) ^ (1UL << 63));
                target.AddBigEndian((ulong)v[row]);
                break;
            case FlatVector<Int256> v:
                target.AddBigEndian((ulong)(v[row].Word3 ^ long.MinValue));
                target.AddBigEndian(v[row].Word2);
                target.AddBigEndian(v[row].Word1);
                target.AddBigEndian(v[row].Word0);
                break;
            case FlatVector<MonthDayNano> v:
                target.AddBigEndian((uint)(v[row].Months ^ int.MinValue));
                target.AddBigEndian((uint)(v[row].Days ^ int.MinValue));
                target.AddBigEndian((ulong)(v[row].Nanoseconds ^ long.MinValue));
                break;
        }
    }

    public static ulong Order(double value)
    {
        var bits = double.IsNaN(value) ? 0x7FF8_0000_0000_0000 : BitConverter.DoubleToUInt64Bits(value);
        return (bits >> 63) != 0 ? ~bits : bits | (1UL << 63);
    }

    public static uint Order(float value)
    {
        var bits = float.IsNaN(value) ? 0x7FC0_0000 : BitConverter.SingleToUInt32Bits(value);
        return (bits >> 31) != 0 ? ~bits : bits | (1U << 31);
    }

    public static ushort Order(Half value)
    {
        var bits = Half.IsNaN(value) ? (ushort)0x7E00 : BitConverter.HalfToUInt16Bits(value);
        return (bits >> 15) != 0 ? (ushort)~bits : (ushort)(bits | (1 << 15));
    }
}
