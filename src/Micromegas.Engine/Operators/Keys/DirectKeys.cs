using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Keys;

/// <summary>
/// The direct index over keys that are dictionary codes, Booleans or integers below 256: one array entry a combination, as long as there are at most
/// 64 Ki of them (design.md §4). The entries stay valid while the dictionaries do, so a key is looked up once a dictionary, not once a row.
/// </summary>
internal sealed unsafe class DirectKeys : IDisposable
{
    private const int MaxEntries = 64 * 1024;
    private const int SmallIntegers = 256;

    private readonly NativeList<int> map = new();
    private Vector?[] dictionaries = [];
    private int[] sizes = [];
    private bool isFilled;
    private long servedRows;

    /// <summary>Whether the rows can be resolved directly.</summary>
    public bool TryUse(ReadOnlySpan<Vector> keys, ReadOnlySpan<VectorAccess> accesses, int* rows, int count)
    {
        if (sizes.Length != keys.Length)
        {
            sizes = new int[keys.Length];
            dictionaries = new Vector?[keys.Length];
        }
        var entries = 1L;
        var same = isFilled;
        for (var i = 0; i < keys.Length; i++)
        {
            var (size, dictionary) = SizeOf(accesses[i], rows, count);
            if (size == 0)
            {
                return false;
            }
            entries *= size + 1;
            if (entries > MaxEntries)
            {
                return false;
            }
            same &= sizes[i] == size && ReferenceEquals(dictionaries[i], dictionary);
            sizes[i] = size;
            dictionaries[i] = dictionary;
        }
        if (same)
        {
            servedRows += count;
            return true;
        }
        // Filling the map must not cost more than it saves: with dictionaries that change all the time only small maps pay.
        isFilled = entries <= 4L * count || servedRows >= entries || !isFilled;
        servedRows = count;
        if (isFilled)
        {
            map.Count = 0;
            map.Resize((int)entries, KeyScratch.Unknown);
        }
        return isFilled;
    }

    /// <summary>Puts each row's place in the map at the row's place in <paramref name="numbers"/> and returns the map.</summary>
    public int* Index(ReadOnlySpan<VectorAccess> accesses, int* rows, int count, int* numbers)
    {
        for (var i = 0; i < accesses.Length; i++)
        {
            var size = sizes[i];
            ref readonly var access = ref accesses[i];
            switch (access.Plain)
            {
                case BitVector bits when access.Codes == null:
                    for (var k = 0; k < count; k++)
                    {
                        var row = rows == null ? k : rows[k];
                        var code = access.IsNull(row) ? size : bits[access.IndexOf(row)] ? 1 : 0;
                        numbers[row] = i == 0 ? code : (numbers[row] * (size + 1)) + code;
                    }
                    break;
                case FlatVector flat when access.Codes == null:
                    IndexIntegers(access, flat, size, i == 0, rows, count, numbers);
                    break;
                default:
                    IndexCodes(access, size, i == 0, rows, count, numbers);
                    break;
            }
        }
        return map.Items;
    }

    public void Dispose() => map.Dispose();

    private static (int Size, Vector? Dictionary) SizeOf(in VectorAccess access, int* rows, int count)
    {
        if (access.Codes != null)
        {
            return (Math.Max(access.Plain.Length, 1), access.Plain);
        }
        if (!access.IsDirect)
        {
            return (0, null);
        }
        return access.Plain switch
        {
            BitVector => (2, null),
            FlatVector<sbyte> flat => (AreSmall(flat.Values, access, rows, count) ? SmallIntegers : 0, null),
            FlatVector<byte> => (SmallIntegers, null),
            FlatVector<short> flat => (AreSmall(flat.Values, access, rows, count) ? SmallIntegers : 0, null),
            FlatVector<int> flat => (AreSmall(flat.Values, access, rows, count) ? SmallIntegers : 0, null),
            FlatVector<long> flat => (AreSmall(flat.Values, access, rows, count) ? SmallIntegers : 0, null),
            _ => (0, null),
        };
    }

    private static bool AreSmall<T>(T* values, in VectorAccess access, int* rows, int count)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? i : rows[i];
            if (ulong.CreateTruncating(values[row]) >= SmallIntegers && !access.IsNull(row))
            {
                return false;
            }
        }
        return true;
    }

    private static void IndexIntegers(in VectorAccess access, FlatVector flat, int size, bool first, int* rows, int count, int* numbers)
    {
        switch (flat.ElementSize)
        {
            case 1:
                IndexIntegers((byte*)flat.Data, access, size, first, rows, count, numbers);
                break;
            case 2:
                IndexIntegers((short*)flat.Data, access, size, first, rows, count, numbers);
                break;
            case 4:
                IndexIntegers((int*)flat.Data, access, size, first, rows, count, numbers);
                break;
            default:
                IndexIntegers((long*)flat.Data, access, size, first, rows, count, numbers);
                break;
        }
    }

    private static void IndexIntegers<T>(T* values, in VectorAccess access, int size, bool first, int* rows, int count, int* numbers)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? i : rows[i];
            var code = access.IsNull(row) ? size : int.CreateTruncating(values[row]);
            numbers[row] = first ? code : (numbers[row] * (size + 1)) + code;
        }
    }

    private static void IndexCodes(in VectorAccess access, int size, bool first, int* rows, int count, int* numbers)
    {
        var codes = access.Codes;
        if (!access.MayHaveNulls)
        {
            if (first)
            {
                for (var i = 0; i < count; i++)
                {
                    var row = rows == null ? i : rows[i];
                    numbers[row] = codes[row];
                }
                return;
            }
            for (var i = 0; i < count; i++)
            {
                var row = rows == null ? i : rows[i];
                numbers[row] = (numbers[row] * (size + 1)) + codes[row];
            }
            return;
        }
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? i : rows[i];
            var code = access.IsNull(row) ? size : codes[row];
            numbers[row] = first ? code : (numbers[row] * (size + 1)) + code;
        }
    }
}
