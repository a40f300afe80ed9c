using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Tests.Expressions;

namespace Micromegas.Engine.Tests.Operators;

/// <summary>Keys get numbers in order of first appearance, whatever holds their values, and keep them when tables grow or are added to others.</summary>
public sealed unsafe class KeyTableTests : IDisposable
{
    private readonly KeyTable table = new([DataType.Utf8]);
    private readonly KeyEncoder encoder;

    public KeyTableTests() => encoder = new KeyEncoder(table, add: true);

    public void Dispose()
    {
        encoder.Dispose();
        table.Dispose();
    }

    [Fact]
    public void A_null_among_texts_takes_a_number()
    {
        Assert.Equal([0, 1, 2, 1, 3], Resolve(Texts("a", null, "b", null, "c")));
        Assert.Equal([3, 1, 4, 0], Resolve(Texts("c", null, "d", "a")));
        Assert.Equal((IEnumerable<string?>)["a", null, "b", "c", "d"], Values(table));
    }

    [Fact]
    public void Values_of_a_dictionary_that_no_row_has_are_no_keys()
    {
        using var dictionary = new DictionaryVector(DataType.DictionaryUtf8, Texts([.. Enumerable.Range(0, 1000).Select(static i => $"value {i}")])) { OwnsValues = true };
        dictionary.Prepare(dictionary.Values, 300);
        for (var row = 0; row < 300; row++)
        {
            dictionary.Codes[row] = row * 3;
        }
        var numbers = new int[300];
        fixed (int* first = numbers)
        {
            encoder.Resolve([dictionary], null, 300, first);
        }
        Assert.Equal(Enumerable.Range(0, 300), numbers);
        Assert.Equal([300, 0, 300], Resolve(Texts("other", "value 0", "other")));
        // What was hashed ahead of the dictionary is not taken for the texts between.
        fixed (int* first = numbers)
        {
            encoder.Resolve([dictionary], null, 300, first);
        }
        Assert.Equal(Enumerable.Range(0, 300), numbers);
        Assert.Equal(301, table.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(100_000)]
    [InlineData(1_500_000)]
    public void Texts_of_any_length_keep_their_numbers(int longest)
    {
        var random = new Random(5);
        var texts = Enumerable.Range(0, longest > 1000 ? 40 : 5000)
            .Select(_ => new string((char)('a' + random.Next(26)), random.Next(longest + 1)))
            .Distinct().ToArray();
        for (var i = 0; i < 2; i++)
        {
            for (var start = 0; start < texts.Length; start += 8)
            {
                var some = texts.AsSpan(start..Math.Min(start + 8, texts.Length)).ToArray();
                Assert.Equal(Enumerable.Range(start, some.Length), Resolve(Texts(some)));
            }
        }
        Assert.Equal((IEnumerable<string?>)texts, Values(table));
    }

    [Fact]
    public void The_keys_of_another_table_are_added()
    {
        using var other = new KeyTable([DataType.Utf8]);
        using var add = new KeyEncoder(other, add: true);
        Resolve(Texts("x", null, "y"));
        Resolve(add, Texts("q", "y", null, "x", "r"));
        using var importer = new KeyImporter(table, other);
        Assert.Equal([3, 2, 1, 0], new ReadOnlySpan<int>(importer.Add(0, 4), 4).ToArray());
        Assert.Equal([4], new ReadOnlySpan<int>(importer.Add(4, 1), 1).ToArray());
        Assert.Equal((IEnumerable<string?>)["x", null, "y", "q", "r"], Values(table));
    }

    [Fact]
    public void A_null_alone_is_added()
    {
        using var other = new KeyTable([DataType.Utf8]);
        using var add = new KeyEncoder(other, add: true);
        Resolve(add, Texts(null, null));
        using var importer = new KeyImporter(table, other);
        Assert.Equal([0], new ReadOnlySpan<int>(importer.Add(0, 1), 1).ToArray());
        Assert.Equal((IEnumerable<string?>)[null], Values(table));
    }

    [Fact]
    public void The_keys_of_another_table_of_several_columns_are_added()
    {
        using var left = new KeyTable([DataType.Int64, DataType.Utf8, DataType.Utf8]);
        using var right = new KeyTable([DataType.Int64, DataType.Utf8, DataType.Utf8]);
        using var addLeft = new KeyEncoder(left, add: true);
        using var addRight = new KeyEncoder(right, add: true);
        var numbers = new int[3];
        fixed (int* first = numbers)
        {
            using var ones = TestData.Column(DataType.Int64, [1L, 2L, null]);
            addLeft.Resolve([ones, Texts("a", "b", null), Texts("p", null, "q")], null, 3, first);
            using var others = TestData.Column(DataType.Int64, [null, 2L, 1L]);
            addRight.Resolve([others, Texts(null, "b", "a"), Texts("q", "z", "p")], null, 3, first);
        }
        using var importer = new KeyImporter(left, right);
        Assert.Equal([2, 3, 0], new ReadOnlySpan<int>(importer.Add(0, 3), 3).ToArray());
        using var last = left.Decode(2, 3, 1);
        Assert.Equal("z"u8, ((BinaryVector)last)[0]);
    }

    private int[] Resolve(Vector texts) => Resolve(encoder, texts);

    private static int[] Resolve(KeyEncoder encoder, Vector texts)
    {
        var numbers = new int[texts.Length];
        fixed (int* first = numbers)
        {
            encoder.Resolve([texts], null, texts.Length, first);
        }
        texts.Dispose();
        return numbers;
    }

    private static Vector Texts(params string?[] texts) => TestData.Column(DataType.Utf8, [.. texts]);

    private static string?[] Values(KeyTable table)
    {
        using var vector = table.Decode(0, 0, table.Count);
        return [.. Enumerable.Range(0, table.Count).Select(row => vector.IsNull(row) ? null : System.Text.Encoding.UTF8.GetString(((BinaryVector)vector)[row]))];
    }
}
