using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Tests.Expressions;

namespace Micromegas.Engine.Tests.Operators;

public sealed unsafe class DirectKeysTests
{
    private const int Rows = 8;

    [Fact]
    public void A_batch_that_does_not_fit_leaves_no_trace_in_the_map()
    {
        using var keys = new DirectKeys(2);
        using var first = Codes("a", "b");
        using var other = Codes("c", "d");
        using var levels = Codes("low", "high");
        using var many = Codes([.. Enumerable.Range(0, 70_000).Select(i => $"{i}")]);

        Assert.True(TryUse(keys, first, levels));
        keys.Map[keys.Index(null, Rows, Rows)[0]] = 7;
        Assert.True(TryUse(keys, first, levels));
        Assert.Equal(7, keys.Map[keys.Index(null, Rows, Rows)[0]]);

        Assert.False(TryUse(keys, other, many));
        Assert.True(TryUse(keys, other, levels));
        Assert.Equal(KeyScratch.Unknown, keys.Map[keys.Index(null, Rows, Rows)[0]]);
    }

    [Fact]
    public void Only_the_whole_batch_tells_whether_values_come_in_runs()
    {
        using var codes = new KeyCodes();
        using var runs = Longs(i => i / 100);
        using var late = Longs(i => i < 1000 ? 5 : i);
        using var early = Longs(i => i < 300 ? i : 1);

        Assert.False(codes.TryReadRuns(late, Batch.MaxRows));
        Assert.False(codes.TryReadRuns(early, Batch.MaxRows));
        Assert.True(codes.TryReadRuns(runs, Batch.MaxRows));
        Assert.Equal(Enumerable.Range(1, 21).Select(i => Math.Min(i * 100, Batch.MaxRows)), codes.Runs.ToArray().Select(run => run.End));
        Assert.Equal(21, codes.Runs.ToArray().Select(run => run.Code).Distinct().Count());
    }

    private static FlatVector<long> Longs(Func<int, long> value)
    {
        var vector = FlatVector<long>.Allocate(DataType.Int64, Batch.MaxRows);
        for (var row = 0; row < Batch.MaxRows; row++)
        {
            vector.Span[row] = value(row);
        }
        return vector;
    }

    private static bool TryUse(DirectKeys keys, DictionaryVector left, DictionaryVector right)
    {
        using var scratch = new AccessScratch();
        return keys.TryUse([VectorAccess.Of(left, scratch), VectorAccess.Of(right, scratch)], null, Rows, Rows);
    }

    /// <summary>The first two values in turn.</summary>
    private static DictionaryVector Codes(params string[] values)
    {
        var vector = new DictionaryVector(DataType.DictionaryUtf8, TestData.Column(DataType.Utf8, values)) { OwnsValues = true };
        vector.Prepare(vector.Values, Rows);
        for (var row = 0; row < Rows; row++)
        {
            vector.Codes[row] = row % 2;
        }
        return vector;
    }
}
