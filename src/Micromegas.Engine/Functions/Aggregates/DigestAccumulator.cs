using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>A t-digest for each group.</summary>
internal sealed unsafe class DigestAccumulator(DataType type, double share, int centroids, bool hasWeight) : Accumulator
{
    private TDigest?[] digests = [];
    private Selection? scratch;
    private long bytes;

    /// <summary>Minimum, maximum, and the means and weights of the centroids.</summary>
    public override IReadOnlyList<DataType> StateTypes { get; } = [DataType.Float64, DataType.Float64, DataType.List(DataType.Float64), DataType.List(DataType.Float64)];

    public override long MemoryBytes => bytes + (digests.Length * 8L);

    public override void Resize(int groupCount)
    {
        if (groupCount > digests.Length)
        {
            Array.Resize(ref digests, Math.Max(groupCount, digests.Length * 2));
        }
    }

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount) => Add(arguments, groups, selection, rowCount);

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount) => Add(arguments, null, selection, rowCount);

    public override Vector[] ExportState(int start, int count)
    {
        using var minima = new FlatVectorBuilder<double>(DataType.Float64);
        using var maxima = new FlatVectorBuilder<double>(DataType.Float64);
        using var means = new ListVectorBuilder(StateTypes[2]);
        using var weights = new ListVectorBuilder(StateTypes[3]);
        for (var group = start; group < start + count; group++)
        {
            if (digests[group] is { IsEmpty: false } digest)
            {
                digest.Export((mean, weight) =>
                {
                    ((FlatVectorBuilder<double>)means.Items).Append(mean);
                    ((FlatVectorBuilder<double>)weights.Items).Append(weight);
                });
                minima.Append(digest.Minimum);
                maxima.Append(digest.Maximum);
            }
            else
            {
                minima.AppendNull();
                maxima.AppendNull();
            }
            means.EndList();
            weights.EndList();
        }
        return [minima.Build(), maxima.Build(), means.Build(), weights.Build()];
    }

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount)
    {
        var minima = new FlatReader<double>(state[0]);
        var maxima = new FlatReader<double>(state[1]);
        var (means, weights) = (new ListReader(state[2]), new ListReader(state[3]));
        var (meanItems, weightItems) = (new FlatReader<double>(means.Items), new FlatReader<double>(weights.Items));
        for (var row = 0; row < rowCount; row++)
        {
            if (state[0].IsNull(row))
            {
                continue;
            }
            var digest = Of(groups[row]);
            var before = digest.Bytes;
            for (var i = 0; i < means.Count(row); i++)
            {
                digest.Add(meanItems[means.Start(row) + i], weightItems[weights.Start(row) + i]);
            }
            digest.AddBounds(minima[row], maxima[row]);
            bytes += digest.Bytes - before;
        }
    }

    public override Vector Finish(int start, int count)
    {
        var result = FlatVector.Create(type);
        result.Prepare(count);
        for (var i = 0; i < count; i++)
        {
            if (digests[start + i] is not { IsEmpty: false } digest)
            {
                Nulls.Set(result, i);
            }
            else if (result is FlatVector<float> singles)
            {
                singles.Values[i] = (float)digest.Quantile(share);
            }
            else
            {
                ((FlatVector<double>)result).Values[i] = digest.Quantile(share);
            }
        }
        return result;
    }

    public override void Dispose()
    {
        base.Dispose();
        scratch?.Dispose();
    }

    private void Add(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount)
    {
        var rows = GroupRows.Present(arguments[..(hasWeight ? 2 : 1)], selection, rowCount, ref scratch);
        var isSingle = type.Kind == TypeKind.Float32;
        var singles = isSingle ? new FlatReader<float>(arguments[0]) : default;
        var doubles = isSingle ? default : new FlatReader<double>(arguments[0]);
        var weights = hasWeight ? new FlatReader<double>(arguments[1]) : default;
        foreach (var row in new RowSet(rows, rowCount, null))
        {
            var digest = Of(groups == null ? 0 : groups[row]);
            var weight = hasWeight ? weights[row] : 1;
            if (weight > 0)
            {
                digest.Add(isSingle ? singles[row] : doubles[row], weight);
            }
        }
    }

    private TDigest Of(int group)
    {
        if (digests[group] is { } known)
        {
            return known;
        }
        // What a digest grows to once its buffer is in use.
        bytes += 96 + (centroids * 32L) + (2 * 8192);
        return digests[group] = new TDigest(centroids);
    }
}
