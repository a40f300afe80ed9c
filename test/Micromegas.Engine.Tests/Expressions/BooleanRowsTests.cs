using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Tests.Expressions;

public sealed unsafe class BooleanRowsTests
{
    /// <summary>No value, one, all but one and all are true of a dictionary, of less and more values than a word has bits.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(200)]
    public void Rows_by_the_code_of_a_dictionary(int values)
    {
        foreach (var odd in new[] { -1, 0, values / 2, values - 1 })
        {
            foreach (var isTrue in new[] { true, false })
            {
                foreach (var rowCount in new[] { 1, 8, 63, 64, 130, 2048 })
                {
                    Check(values, odd, isTrue, rowCount);
                }
            }
        }
    }

    private static void Check(int values, int odd, bool isTrue, int rowCount)
    {
        using var vector = new DictionaryVector(
            DataType.Boolean, TestData.Column(DataType.Boolean, [.. Enumerable.Range(0, values).Select(value => (object?)(value == odd ? isTrue : !isTrue))])) { OwnsValues = true };
        vector.Prepare(vector.Values, rowCount);
        var random = new Random(rowCount);
        for (var row = 0; row < rowCount; row++)
        {
            vector.Codes[row] = random.Next(4) == 0 ? Math.Max(odd, 0) : random.Next(values);
        }
        using var result = new Selection();
        var count = BooleanRows.Select(vector, null, rowCount, result);
        Assert.Equal(
            Enumerable.Range(0, rowCount).Where(row => (vector.Codes[row] == odd) == isTrue),
            new ReadOnlySpan<int>(result.Rows, count).ToArray());
    }
}
