using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Variance and standard deviation, of the population or of a sample (null for fewer than two values).</summary>
internal sealed class VarianceFunction(string name, bool isSample, bool isDeviation, params string[] aliases) : AggregateFunction(name, aliases)
{
    public override string Summary => $"{(isDeviation ? "Standard deviation" : "Variance")} of {(isSample ? "a sample" : "the population")}.";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, 1);
        return arguments.Types[0].ValueType.IsNumeric
            ? new FunctionSignature([DataType.Float64], DataType.Float64)
            : throw FunctionErrors.NoMatch(Name, arguments);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context) =>
        new MomentsAccumulator(moments =>
        {
            var divisor = moments.Count - (isSample ? 1 : 0);
            var variance = divisor > 0 ? moments.SquaresX / divisor : double.NaN;
            return divisor <= 0 ? null : isDeviation ? Math.Sqrt(variance) : variance;
        });
}

/// <summary>Functions of pairs (y, x): correlation, covariance and linear regression.</summary>
internal sealed class PairFunction(string name, Func<Moments, double?> finish, params string[] aliases) : AggregateFunction(name, aliases)
{
    public override string Usage => "(y, x)";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 2, 2);
        return arguments.Types.All(static type => type.ValueType.IsNumeric || type.Kind == TypeKind.Null)
            ? new FunctionSignature([DataType.Float64, DataType.Float64], Name == "regr_count" ? DataType.UInt64 : DataType.Float64, Name != "regr_count")
            : throw FunctionErrors.NoMatch(Name, arguments);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context) =>
        new MomentsAccumulator(finish, Name == "regr_count");

    public static IReadOnlyList<AggregateFunction> All { get; } =
    [
        new PairFunction("corr", static m => m.Count < 1 || m.SquaresX == 0 || m.SquaresY == 0 ? null : m.Products / Math.Sqrt(m.SquaresX * m.SquaresY)),
        new PairFunction("covar_samp", static m => m.Count < 2 ? null : m.Products / (m.Count - 1), "covar"),
        new PairFunction("covar_pop", static m => m.Count < 1 ? null : m.Products / m.Count),
        new PairFunction("regr_slope", static m => m.Count < 2 || m.SquaresX == 0 ? null : m.Products / m.SquaresX),
        new PairFunction(
            "regr_intercept", static m => m.Count < 2 || m.SquaresX == 0 ? null : m.MeanY - (m.Products / m.SquaresX * m.MeanX)),
        new PairFunction(
            "regr_r2",
            static m => m.Count < 2 || m.SquaresX == 0 || m.SquaresY == 0 ? null : m.Products * m.Products / (m.SquaresX * m.SquaresY)),
        new PairFunction("regr_avgx", static m => m.Count < 1 ? null : m.MeanX),
        new PairFunction("regr_avgy", static m => m.Count < 1 ? null : m.MeanY),
        new PairFunction("regr_sxx", static m => m.Count < 1 ? null : m.SquaresX),
        new PairFunction("regr_syy", static m => m.Count < 1 ? null : m.SquaresY),
        new PairFunction("regr_sxy", static m => m.Count < 1 ? null : m.Products),
        new PairFunction("regr_count", static m => m.Count),
    ];
}

/// <summary>Count, means and sums of squared deviations of (y, x), updated value by value (Welford) and merged pairwise (Chan).</summary>
internal struct Moments
{
    public long Count;
    public double MeanX;
    public double MeanY;
    public double SquaresX;
    public double SquaresY;
    public double Products;

    public void Add(double y, double x)
    {
        Count++;
        var deltaX = x - MeanX;
        var deltaY = y - MeanY;
        MeanX += deltaX / Count;
        MeanY += deltaY / Count;
        SquaresX += deltaX * (x - MeanX);
        SquaresY += deltaY * (y - MeanY);
        Products += deltaX * (y - MeanY);
    }

    public void Merge(in Moments other)
    {
        if (other.Count == 0)
        {
            return;
        }
        if (Count == 0)
        {
            this = other;
            return;
        }
        var total = Count + other.Count;
        var deltaX = other.MeanX - MeanX;
        var deltaY = other.MeanY - MeanY;
        var weight = (double)Count * other.Count / total;
        SquaresX += other.SquaresX + (deltaX * deltaX * weight);
        SquaresY += other.SquaresY + (deltaY * deltaY * weight);
        Products += other.Products + (deltaX * deltaY * weight);
        MeanX += deltaX * other.Count / total;
        MeanY += deltaY * other.Count / total;
        Count = total;
    }
}

/// <summary>One argument (x) or two (y, x).</summary>
internal sealed unsafe class MomentsAccumulator(Func<Moments, double?> finish, bool isCount = false) : Accumulator
{
    private GroupArray<Moments> groupMoments;
    private Selection? scratch;

    public override IReadOnlyList<DataType> StateTypes { get; } =
        [DataType.Int64, DataType.Float64, DataType.Float64, DataType.Float64, DataType.Float64, DataType.Float64];

    public override long MemoryBytes => groupMoments.Bytes;

    public override void Resize(int groupCount) => groupMoments.Resize(groupCount);

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount) =>
        Add(arguments, groups, selection, rowCount);

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount) =>
        Add(arguments, null, selection, rowCount);

    public override Vector[] ExportState(int start, int count)
    {
        var items = groupMoments.Slice(start, count);
        var counts = FlatVector<long>.Allocate(DataType.Int64, count);
        var columns = new FlatVector<double>[5];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = FlatVector<double>.Allocate(DataType.Float64, count);
        }
        for (var i = 0; i < count; i++)
        {
            counts.Values[i] = items[i].Count;
            columns[0].Values[i] = items[i].MeanX;
            columns[1].Values[i] = items[i].MeanY;
            columns[2].Values[i] = items[i].SquaresX;
            columns[3].Values[i] = items[i].SquaresY;
            columns[4].Values[i] = items[i].Products;
        }
        return [counts, .. columns];
    }

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount)
    {
        var counts = new FlatReader<long>(state[0]);
        var readers = new FlatReader<double>[5];
        for (var i = 0; i < readers.Length; i++)
        {
            readers[i] = new FlatReader<double>(state[i + 1]);
        }
        for (var row = 0; row < rowCount; row++)
        {
            groupMoments.Items[groups[row]].Merge(new Moments
            {
                Count = counts[row],
                MeanX = readers[0][row],
                MeanY = readers[1][row],
                SquaresX = readers[2][row],
                SquaresY = readers[3][row],
                Products = readers[4][row],
            });
        }
    }

    public override Vector Finish(int start, int count)
    {
        var items = groupMoments.Slice(start, count);
        if (isCount)
        {
            var counts = FlatVector<ulong>.Allocate(DataType.UInt64, count);
            for (var i = 0; i < count; i++)
            {
                counts.Values[i] = (ulong)items[i].Count;
            }
            return counts;
        }
        var result = FlatVector<double>.Allocate(DataType.Float64, count);
        for (var i = 0; i < count; i++)
        {
            if (finish(items[i]) is { } value)
            {
                result.Values[i] = value;
            }
            else
            {
                Nulls.Set(result, i);
            }
        }
        return result;
    }

    internal override bool IsFixedSize => true;

    public override void Dispose()
    {
        base.Dispose();
        groupMoments.Dispose();
        scratch?.Dispose();
    }

    private void Add(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount)
    {
        var rows = GroupRows.Present(arguments, selection, rowCount, ref scratch);
        var y = new FlatReader<double>(arguments[0]);
        var x = arguments.Length > 1 ? new FlatReader<double>(arguments[1]) : y;
        var items = groupMoments.Items;
        foreach (var row in new RowSet(rows, rowCount, null))
        {
            items[groups == null ? 0 : groups[row]].Add(y[row], x[row]);
        }
    }
}
