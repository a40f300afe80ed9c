using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>The struct that carries a histogram (spec/sql.md §3.1), read and written.</summary>
internal static unsafe class HistogramType
{
    public static DataType Type { get; } = DataType.Struct(
        new Field("start", DataType.Float64, false),
        new Field("end", DataType.Float64, false),
        new Field("min", DataType.Float64, false),
        new Field("max", DataType.Float64, false),
        new Field("sum", DataType.Float64, false),
        new Field("sum_sq", DataType.Float64, false),
        new Field("count", DataType.UInt64, false),
        new Field("bins", DataType.List(new Field("bin", DataType.UInt64, false)), false));

    /// <summary>Whether a type is such a struct.</summary>
    public static bool Is(DataType type) =>
        type.ValueType is { Kind: TypeKind.Struct, Fields.Length: 8 } found && found.Fields.Zip(Type.Fields).All(static pair => pair.First.Name == pair.Second.Name
            && pair.First.Type.ValueType.Kind == pair.Second.Type.Kind);

    /// <summary>The histogram of a row; null when the row is.</summary>
    public static Histogram? Read(Vector vector, int row)
    {
        if (vector.IsNull(row))
        {
            return null;
        }
        var structs = (StructVector)vector.Resolve(ref row);
        var at = row;
        var list = (ListVector)structs.Children[7].Resolve(ref at);
        var bins = new ulong[list.Offsets[at + 1] - list.Offsets[at]];
        for (var i = 0; i < bins.Length; i++)
        {
            var item = list.Offsets[at] + i;
            bins[i] = ((FlatVector<ulong>)list.Items.Resolve(ref item))[item];
        }
        return new Histogram(Number(structs, 0, row), Number(structs, 1, row), bins)
        {
            Min = Number(structs, 2, row),
            Max = Number(structs, 3, row),
            Sum = Number(structs, 4, row),
            SumOfSquares = Number(structs, 5, row),
            Count = Value<ulong>(structs, 6, row),
        };
    }

    private static double Number(StructVector structs, int member, int row) => Value<double>(structs, member, row);

    private static T Value<T>(StructVector structs, int member, int row)
        where T : unmanaged
    {
        var plain = structs.Children[member].Resolve(ref row);
        return ((FlatVector<T>)plain)[row];
    }

    /// <summary>Histograms as a vector; null for those that are.</summary>
    public static Vector Write(ReadOnlySpan<Histogram?> histograms)
    {
        using var builder = new StructVectorBuilder(Type);
        foreach (var histogram in histograms)
        {
            Append(builder, histogram);
        }
        return builder.Build();
    }

    /// <summary>Appends a histogram; null for one that is.</summary>
    public static void Append(StructVectorBuilder builder, Histogram? histogram)
    {
        if (histogram is null)
        {
            builder.AppendNull();
            return;
        }
        ReadOnlySpan<double> numbers = [histogram.Start, histogram.End, histogram.Min, histogram.Max, histogram.Sum, histogram.SumOfSquares];
        for (var i = 0; i < numbers.Length; i++)
        {
            ((FlatVectorBuilder<double>)builder.Children[i]).Append(numbers[i]);
        }
        ((FlatVectorBuilder<ulong>)builder.Children[6]).Append(histogram.Count);
        var list = (ListVectorBuilder)builder.Children[7];
        foreach (var bin in histogram.Bins)
        {
            ((FlatVectorBuilder<ulong>)list.Items).Append(bin);
        }
        list.EndList();
        builder.EndStruct();
    }
}
