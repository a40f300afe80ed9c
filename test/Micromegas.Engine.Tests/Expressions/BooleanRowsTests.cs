using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Tests.Expressions;

/// <summary>Rows of bit masks: with wide registers and without.</summary>
public unsafe class BooleanRowsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(30)]
    [InlineData(63)]
    [InlineData(64)]
    public void Rows_of_a_mask_are_its_ones(int ones)
    {
        var random = new Random(ones);
        var buffer = stackalloc int[3 * 64];
        for (var round = 0; round < 200; round++)
        {
            var mask = 0UL;
            foreach (var bit in Enumerable.Range(0, 64).OrderBy(_ => random.Next()).Take(ones))
            {
                mask |= 1UL << bit;
            }
            int[] expected = [.. Enumerable.Range(0, 64).Where(bit => (mask >> bit & 1) != 0).Select(static bit => 128 + bit)];
            Assert.Equal(5 + ones, BooleanRows.Emit(mask, 128, buffer, 5));
            Assert.Equal(expected, new Span<int>(buffer + 5, ones).ToArray());
            Assert.Equal(5 + ones, BooleanRows.EmitEach(mask, 128, buffer, 5));
            Assert.Equal(expected, new Span<int>(buffer + 5, ones).ToArray());
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(64, 64)]
    [InlineData(100, 40)]
    [InlineData(2048, 70)]
    [InlineData(2048, 5)]
    public void A_dictionary_of_Booleans_keeps_the_rows_of_its_true_values(int rows, int values)
    {
        var random = new Random(rows + values);
        using var truths = new BitVector();
        using var vector = new DictionaryVector(DataType.Boolean, truths);
        using var selection = new Selection();
        var mask = stackalloc ulong[Batch.MaxRows / 64];
        for (var round = 0; round < 30; round++)
        {
            truths.Prepare(values);
            for (var value = 0; value < values; value++)
            {
                // One true value, one false value, or some of both.
                Bitmap.Assign(truths.Words, value, round % 3 == 0 ? value == round % values : round % 3 == 1 ? value != round % values : random.Next(2) == 0);
            }
            var codes = new int[rows + 16];
            for (var row = 0; row < rows; row++)
            {
                codes[row] = row > 0 && round % 2 == 0 && row % 9 != 0 ? codes[row - 1] : random.Next(values);
            }
            var runs = new List<DictionaryRun>();
            for (var row = 1; row <= rows; row++)
            {
                if (row == rows || codes[row] != codes[row - 1])
                {
                    runs.Add(new DictionaryRun(row, codes[row - 1]));
                }
            }
            int[] expected = [.. Enumerable.Range(0, rows).Where(row => truths[codes[row]])];
            fixed (int* first = codes)
            {
                fixed (DictionaryRun* firstRun = runs.ToArray())
                {
                    foreach (var asRuns in new[] { false, true })
                    {
                        if (asRuns)
                        {
                            vector.AttachRuns(truths, firstRun, runs.Count, rows);
                        }
                        else
                        {
                            vector.Attach(truths, first, rows);
                        }
                        Assert.Equal(expected.Length, BooleanRows.Select(vector, null, rows, selection));
                        Assert.Equal(expected, selection.Span.ToArray());
                        Bitmap.Fill(mask, rows, true);
                        Bitmap.Clear(mask, rows / 2);
                        if (BooleanRows.TryKeep(vector, rows, mask))
                        {
                            BooleanRows.FromMask(mask, rows, selection);
                            Assert.Equal(expected.Where(row => row != rows / 2), selection.Span.ToArray());
                        }
                    }
                }
            }
        }
    }

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
