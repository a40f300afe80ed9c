using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>What one asks of a histogram (spec/sql.md §3.4).</summary>
internal static class HistogramFunctions
{
    private static readonly Parameter Histograms = static type => HistogramType.Is(type) || type.Kind == TypeKind.Null ? HistogramType.Type : null;

    private static readonly DataType Expanded = DataType.List(new Field(
        "item", DataType.Struct(new Field("bin_center", DataType.Float64, false), new Field("count", DataType.UInt64, false)), false));

    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        HistogramBuckets.Function,
        new DefinedFunction(
            "quantile_from_histogram", "(h, ratio)", "Value below which that share of the values lies, interpolated inside its bin.",
            Accept.Fixed("quantile_from_histogram", DataType.Float64, 2, Histograms, Accept.Float64),
            static s => new NullableRowKernel<double>(s, Quantile, propagatesNulls: false)) { CanFail = true },
        Number("variance_from_histogram", "Variance of the values, as a sample.", static histogram => histogram.Variance),
        Number("sum_from_histogram", "Sum of the values.", static histogram => histogram.Sum),
        new DefinedFunction(
            "count_from_histogram", "(h)", "Number of values.", Accept.Fixed("count_from_histogram", DataType.UInt64, 1, Histograms),
            static s => new NullableRowKernel<ulong>(s, static (a, row) => HistogramType.Read(a[0], row)?.Count)),
        new DefinedFunction(
            "expand_histogram", "(h)", "Centre and count of each bin; a table in FROM.", Accept.Fixed("expand_histogram", Expanded, 1, Histograms),
            static s => new BuiltRowKernel(s, Expand)),
    ];

    private static DefinedFunction Number(string name, string summary, Func<Histogram, double> compute) => new(
        name, "(h)", summary, Accept.Fixed(name, DataType.Float64, 1, Histograms),
        s => new NullableRowKernel<double>(s, (a, row) => HistogramType.Read(a[0], row) is { } histogram ? compute(histogram) : null));

    private static double? Quantile(RowArguments a, int row)
    {
        if (HistogramType.Read(a[0], row) is not { } histogram)
        {
            return null;
        }
        return a.IsNull(1, row)
            ? throw new EngineException(SqlState.InvalidParameterValue, "bad ratio NULL in quantile_from_histogram")
            : histogram.Quantile(a.Float64(1, row));
    }

    private static void Expand(RowArguments a, int row, VectorBuilder output)
    {
        var histogram = HistogramType.Read(a[0], row)!;
        var list = (ListVectorBuilder)output;
        var structs = (StructVectorBuilder)list.Items;
        var span = histogram.End - histogram.Start;
        var width = Math.Abs(span) < 2.220446049250313e-16 ? 1.0 : span / histogram.Bins.Length;
        for (var i = 0; i < histogram.Bins.Length; i++)
        {
            ((FlatVectorBuilder<double>)structs.Children[0]).Append(histogram.Start + ((i + 0.5) * width));
            ((FlatVectorBuilder<ulong>)structs.Children[1]).Append(histogram.Bins[i]);
            structs.EndStruct();
        }
        list.EndList();
    }
}
