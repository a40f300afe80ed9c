using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>make_histogram(start, end, nb_bins, value)</c>.</summary>
internal sealed class MakeHistogramFunction() : AggregateFunction("make_histogram")
{
    public override string Usage => "(start, end, bins, value)";

    public override string Summary => "Histogram of the values in bins of equal width.";

    public override bool SkipsNulls => false;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 4, 4);
        return arguments.Types.All(static type => type.ValueType.IsNumeric || type.Kind == TypeKind.Null)
            ? new FunctionSignature([DataType.Float64, DataType.Float64, DataType.Int64, DataType.Float64], HistogramType.Type)
            : throw FunctionErrors.NoMatch(Name, arguments);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context)
    {
        if (arguments.Constants is [{ Value: { } start }, { Value: { } end }, { Value: { } bins }, _])
        {
            var culture = System.Globalization.CultureInfo.InvariantCulture;
            var (from, to, count) = (Convert.ToDouble(start, culture), Convert.ToDouble(end, culture), Convert.ToInt64(bins, culture));
            Histogram.Create(from, to, count);
            return new HistogramAccumulator(() => Histogram.Create(from, to, count));
        }
        return new HistogramAccumulator(null);
    }
}

/// <summary><c>sum_histograms(h)</c>.</summary>
internal sealed class SumHistogramsFunction() : AggregateFunction("sum_histograms")
{
    public override string Usage => "(h)";

    public override string Summary => "One histogram of many with the same bins.";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, 1);
        return HistogramType.Is(arguments.Types[0]) || arguments.Types[0].Kind == TypeKind.Null
            ? new FunctionSignature([HistogramType.Type], HistogramType.Type)
            : throw FunctionErrors.NoMatch(Name, arguments);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context) => new HistogramAccumulator(null);
}

/// <summary>One histogram a group.</summary>
/// <param name="create">The empty histogram when bounds and bins are constant; otherwise each group takes those of its first row.</param>
internal sealed unsafe class HistogramAccumulator(Func<Histogram>? create) : Accumulator
{
    private Histogram?[] groups = [];
    private int count;

    public override IReadOnlyList<DataType> StateTypes { get; } = [HistogramType.Type];

    public override long MemoryBytes => groups.Length * 8L + groups.Take(count).Sum(static histogram => histogram is null ? 0 : 120 + (histogram.Bins.Length * 8L));

    public override void Resize(int groupCount)
    {
        if (groupCount > groups.Length)
        {
            Array.Resize(ref groups, Math.Max(groupCount, groups.Length * 2));
        }
        if (create is not null)
        {
            for (var i = count; i < groupCount; i++)
            {
                groups[i] = create();
            }
        }
        count = Math.Max(count, groupCount);
    }

    public override void Update(ReadOnlySpan<Vector> arguments, int* groupOf, Selection? selection, int rowCount)
    {
        if (arguments.Length == 1)
        {
            foreach (var row in new RowSet(selection, rowCount, null))
            {
                Merge(groupOf[row], HistogramType.Read(arguments[0], row));
            }
            return;
        }
        var values = new FlatReader<double>(arguments[3]);
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            var histogram = create is null ? At(groupOf[row], arguments, row) : groups[groupOf[row]]!;
            if (!arguments[3].IsNull(row))
            {
                histogram.Add(values[row]);
            }
        }
    }

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount)
    {
        Resize(1);
        using var zero = BufferPool.Shared.Rent(Math.Max(rowCount, 1) * 4L);
        new Span<int>(zero.Pointer, rowCount).Clear();
        Update(arguments, (int*)zero.Pointer, selection, rowCount);
    }

    public override Vector[] ExportState(int start, int groupCount) => [HistogramType.Write(groups.AsSpan(start, groupCount))];

    public override void ImportState(ReadOnlySpan<Vector> state, int* groupOf, int rowCount)
    {
        for (var row = 0; row < rowCount; row++)
        {
            Merge(groupOf[row], HistogramType.Read(state[0], row));
        }
    }

    public override Vector Finish(int start, int groupCount) => HistogramType.Write(groups.AsSpan(start, groupCount));

    private void Merge(int group, Histogram? other)
    {
        if (other is null)
        {
            return;
        }
        if (groups[group] is { } own)
        {
            own.Merge(other);
        }
        else
        {
            groups[group] = other;
        }
    }

    /// <summary>The group's histogram, made by its first row; later rows must have the same bounds.</summary>
    private Histogram At(int group, ReadOnlySpan<Vector> arguments, int row)
    {
        var start = Bound(arguments[0], row, "start");
        var end = Bound(arguments[1], row, "end");
        if (arguments[2].IsNull(row))
        {
            throw new EngineException(SqlState.InvalidParameterValue, "make_histogram: nb_bins argument is null");
        }
        var bins = new FlatReader<long>(arguments[2])[row];
        var histogram = groups[group] ??= Histogram.Create(start, end, bins);
        return histogram.Start == start && histogram.End == end && histogram.Bins.Length == bins
            ? histogram
            : throw new EngineException(SqlState.InvalidParameterValue, "make_histogram: bounds/bins changed between batches");
    }

    private static double Bound(Vector vector, int row, string name) => vector.IsNull(row)
        ? throw new EngineException(SqlState.InvalidParameterValue, $"make_histogram: {name} argument is null")
        : new FlatReader<double>(vector)[row];
}
