using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>
/// <c>histogram_from_buckets</c>: brings a histogram with buckets of any width onto bins of equal width, so that the other histogram functions work on it. Values are taken
/// to lie evenly between the bounds of their bucket; nothing else is lost but where in its bucket a value lay.
/// </summary>
internal static unsafe class HistogramBuckets
{
    private const string Name = "histogram_from_buckets";
    private const int Start = 0, End = 1, Bins = 2, Bounds = 3, Counts = 4, Min = 5, Max = 6, Sum = 7;

    public static ScalarFunction Function { get; } = new DefinedFunction(
        Name,
        "(start, end, bins, bounds, counts [, min [, max [, sum]]])",
        "Histogram in equal bins of one in buckets: counts[i] values above bounds[i - 1] up to bounds[i], spread evenly over what they cover.",
        Accept.Fixed(Name, HistogramType.Type, 5, Accept.Float64, Accept.Float64, Accept.Int64, Numbers, Numbers, Accept.Float64, Accept.Float64, Accept.Float64),
        static s => new BuiltRowKernel(s, static (a, row, output) => HistogramType.Append((StructVectorBuilder)output, Convert(a, row)), propagatesNulls: false)) { CanFail = true };

    private static DataType? Numbers(DataType type) => type.Kind == TypeKind.Null ? DataType.List(new Field("item", DataType.Float64))
        : !type.ValueType.IsList || !type.ValueType.ItemField.Type.ValueType.IsNumeric ? null
        : type.ValueType.ItemField.Type.Kind is TypeKind.Float64 or TypeKind.UInt64 or TypeKind.Int64 ? type
        : DataType.List(new Field("item", DataType.Float64));

    private static Histogram? Convert(RowArguments a, int row)
    {
        for (var i = Start; i <= Counts; i++)
        {
            if (a.IsNull(i, row))
            {
                return null;
            }
        }
        var bounds = Read(a[Bounds], row, "bounds");
        var counts = Read(a[Counts], row, "counts");
        if (counts.Length == 0 && bounds.Length == 0)
        {
            // Nothing is known of where the values lie.
            return null;
        }
        if (counts.Length != bounds.Length + 1)
        {
            throw Bad($"{counts.Length} counts for {bounds.Length} bounds; there must be one more");
        }
        var histogram = Histogram.Create(a.Float64(Start, row), a.Float64(End, row), a.Int64(Bins, row), Name);
        Fill(histogram, bounds, counts, Optional(a, Min, row), Optional(a, Max, row));
        if (Optional(a, Sum, row) is { } sum)
        {
            histogram.Sum = sum;
        }
        return histogram;
    }

    private static void Fill(Histogram histogram, double[] bounds, double[] counts, double? min, double? max)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            var count = Whole(counts[i]);
            if (i < bounds.Length && (double.IsNaN(bounds[i]) || (i > 0 && bounds[i] <= bounds[i - 1])))
            {
                throw Bad("the bounds must ascend");
            }
            if (count == 0)
            {
                continue;
            }
            // The outer buckets end where the values do; where that is not known, at their one bound.
            var low = i > 0 ? bounds[i - 1] : min ?? (bounds.Length > 0 ? bounds[0] : histogram.Start);
            var high = i < bounds.Length ? bounds[i] : max ?? (bounds.Length > 0 ? bounds[^1] : histogram.End);
            low = Math.Max(low, min ?? low);
            high = Math.Min(high, max ?? high);
            low = double.IsFinite(low) ? low : double.IsFinite(high) ? high : histogram.Start;
            high = double.IsFinite(high) ? Math.Max(low, high) : low;
            histogram.AddEvenly(low, high, count);
        }
        histogram.Min = min ?? histogram.Min;
        histogram.Max = max ?? histogram.Max;
    }

    private static double? Optional(RowArguments a, int ordinal, int row) => ordinal < a.Count && !a.IsNull(ordinal, row) ? a.Float64(ordinal, row) : null;

    private static ulong Whole(double count) => count is >= 0 and < 18446744073709551616.0 && count == Math.Floor(count)
        ? (ulong)count
        : throw Bad($"{count} is not a count");

    private static double[] Read(Vector vector, int row, string what)
    {
        var list = (ListVector)vector.Resolve(ref row);
        var numbers = new double[list.Offsets[row + 1] - list.Offsets[row]];
        for (var i = 0; i < numbers.Length; i++)
        {
            var item = list.Offsets[row] + i;
            if (list.Items.IsNull(item))
            {
                throw Bad($"the {what} must not be NULL");
            }
            numbers[i] = list.Items.Resolve(ref item) switch
            {
                FlatVector<double> doubles => doubles[item],
                FlatVector<ulong> counts => counts[item],
                FlatVector<long> counts => counts[item],
                var other => throw Bad($"{other.Type} is no type of {what}"),
            };
        }
        return numbers;
    }

    private static EngineException Bad(string message) => new(SqlState.InvalidParameterValue, $"{Name}: {message}");
}
