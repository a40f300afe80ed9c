using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Tests.Expressions;

/// <summary>Texts that hold a pattern are found in one sweep as by looking into each, with registers of either size; what crosses a border does not count.</summary>
public sealed unsafe class SubstringSearchTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 9)]
    [InlineData(3, 40)]
    [InlineData(20, 200)]
    public void Same_rows_as_one_by_one(int alphabet, int longest)
    {
        var random = new Random(alphabet * longest);
        foreach (var rowCount in new[] { 0, 1, 2, 63, 64, 65, 500, Batch.MaxRows })
        {
            var values = Enumerable.Range(0, rowCount).Select(_ => Text(random, alphabet, random.Next(longest + 1))).ToArray();
            using var texts = (BinaryVector)TestData.Column(DataType.Utf8, values);
            foreach (var length in new[] { 1, 2, 3, 5, 17, 70 })
            {
                var pattern = Text(random, alphabet, length);
                Assert.Equal(values.Select(value => value.Contains(pattern, StringComparison.Ordinal)), Mark<ThirtyTwoBytes>(texts, pattern));
                Assert.Equal(values.Select(value => value.Contains(pattern, StringComparison.Ordinal)), Mark<SixtyFourBytes>(texts, pattern));
            }
        }
    }

    private static string Text(Random random, int alphabet, int length) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(alphabet))));

    private static IEnumerable<bool> Mark<TBytes>(BinaryVector texts, string pattern)
        where TBytes : struct, IAnchorBytes
    {
        var words = new ulong[Bitmap.WordCount(texts.Length) + 1];
        Array.Fill(words, ulong.MaxValue);
        fixed (ulong* first = words)
        {
            SubstringSearch.Mark<TBytes>(texts, System.Text.Encoding.UTF8.GetBytes(pattern), first);
        }
        return [.. Enumerable.Range(0, texts.Length).Select(row => (words[row / 64] >> (row % 64) & 1) != 0)];
    }
}
