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
