using System.Text;
using Micromegas.Columnar;

namespace Micromegas.Lake.Views;

/// <summary>
/// Columns that have one value for all rows of a block. Texts and binaries come as dictionary vectors of a single value, so that what is done per value is done
/// once.
/// </summary>
internal static class ConstantColumn
{
    public static DictionaryVector Text(DataType type, string value, int rows) => Bytes(type, Encoding.UTF8.GetBytes(value), rows);

    public static unsafe DictionaryVector Bytes(DataType type, ReadOnlySpan<byte> value, int rows)
    {
        using var values = new BinaryVectorBuilder(type.ValueType);
        values.Append(value);
        Vector dictionary = values.Build();
        var vector = new DictionaryVector(type, dictionary) { OwnsValues = true };
        vector.Prepare(dictionary, rows);
        new Span<int>(vector.Codes, rows).Clear();
        return vector;
    }

    /// <summary>Gives a column of <see cref="Text"/> another number of rows.</summary>
    public static unsafe void Resize(DictionaryVector column, int rows)
    {
        column.Prepare(column.Values, rows);
        new Span<int>(column.Codes, rows).Clear();
    }

    public static unsafe FlatVector<long> Time(long nanoseconds, int rows)
    {
        var vector = new FlatVector<long>(DataType.LakeTime);
        vector.Prepare(rows);
        new Span<long>(vector.Values, rows).Fill(nanoseconds);
        return vector;
    }
}
