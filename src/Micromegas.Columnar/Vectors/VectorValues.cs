using System.Text;

namespace Micromegas.Columnar;

/// <summary>Single values of vectors, boxed as <see cref="Scalar"/> says: for results, tests and errors, not for hot code.</summary>
public static unsafe class VectorValues
{
    /// <summary>The value of a row, <see langword="null"/> when it is null.</summary>
    public static object? GetValue(this Vector vector, int row)
    {
        if (vector.IsNull(row))
        {
            return null;
        }
        var plain = vector.Resolve(ref row);
        return plain switch
        {
            BitVector bits => bits[row],
            FlatVector<sbyte> flat => flat[row],
            FlatVector<byte> flat => flat[row],
            FlatVector<short> flat => flat[row],
            FlatVector<ushort> flat => flat[row],
            FlatVector<int> flat => flat[row],
            FlatVector<uint> flat => flat[row],
            FlatVector<long> flat => flat[row],
            FlatVector<ulong> flat => flat[row],
            FlatVector<Half> flat => flat[row],
            FlatVector<float> flat => flat[row],
            FlatVector<double> flat => flat[row],
            FlatVector<Int128> flat => flat[row],
            FlatVector<Int256> flat => flat[row],
            FlatVector<MonthDayNano> flat => flat[row],
            Utf8Vector text => Encoding.UTF8.GetString(text[row]),
            BinaryVector binary => binary[row].ToArray(),
            ListVector list => GetItems(list, row),
            StructVector structs => Array.ConvertAll(structs.Children, child => child.GetValue(row)),
            _ => throw new InvalidOperationException($"A {plain.GetType().Name} has no single values."),
        };
    }

    private static object?[] GetItems(ListVector list, int row)
    {
        var start = list.Offsets[row];
        var items = new object?[list.Offsets[row + 1] - start];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = list.Items.GetValue(start + i);
        }
        return items;
    }

    /// <summary>The value of a row with the vector's type.</summary>
    public static Scalar GetScalar(this Vector vector, int row) => new(vector.Type, vector.GetValue(row));
}
