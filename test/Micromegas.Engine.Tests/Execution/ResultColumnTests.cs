using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Tests.Execution;

public sealed class ResultColumnTests
{
    public static TheoryData<string> Types => ["Utf8", "Dictionary", "Jsonb"];

    [Theory]
    [MemberData(nameof(Types))]
    public void Rows_of_dictionaries_come_out_as_they_went_in(string name)
    {
        var type = TypeOf(name);
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var budget = MemoryBudget.Unlimited();
            MemoryBudget.Current = budget;
            try
            {
                using var column = new ResultColumn(type);
                var copies = new List<(object?[] Expected, Vector Copy)>();
                for (var dictionary = 0; dictionary < 3; dictionary++)
                {
                    using var values = Values(type, random, random.Next(1, 200));
                    for (var batch = 0; batch < 4; batch++)
                    {
                        using var codes = Codes(type, values, random, random.Next(1, 300));
                        using var selection = random.Next(2) == 0 ? null : Select(random, codes.Length);
                        var input = new Batch(new Schema(new Field("c", type)), [codes]) { RowCount = codes.Length, Selection = selection };
                        var rows = selection?.Span.ToArray() ?? [.. Enumerable.Range(0, codes.Length)];
                        copies.Add((Array.ConvertAll(rows, row => codes.GetValue(row)), column.Copy(codes, input)));
                    }
                }
                // The copies are on their own by now, and free in whatever order.
                foreach (var (expected, copy) in copies.OrderBy(_ => random.Next()))
                {
                    Assert.Equal(type, copy.Type);
                    Assert.Equal(expected, Enumerable.Range(0, copy.Length).Select(row => copy.GetValue(row)));
                    copy.Dispose();
                }
                column.Dispose();
                Assert.Equal(0, budget.RentedBytes);
            }
            finally
            {
                MemoryBudget.Current = null;
            }
        }
    }

    [Fact]
    public void Batches_of_one_dictionary_share_its_values()
    {
        using var column = new ResultColumn(DataType.Utf8);
        using var values = Values(DataType.Utf8, new Random(1), 100);
        using var first = Assert.IsType<DictionaryVector>(Copy(column, values, 50));
        using var second = Assert.IsType<DictionaryVector>(Copy(column, values, 1));
        Assert.Same(first.Values, second.Values);
        Assert.NotSame(values, first.Values);
        using var others = Values(DataType.Utf8, new Random(2), 100);
        using var third = Assert.IsType<DictionaryVector>(Copy(column, others, 50));
        Assert.NotSame(first.Values, third.Values);
    }

    [Fact]
    public void Few_rows_of_a_large_dictionary_are_written_out()
    {
        using var column = new ResultColumn(DataType.Utf8);
        using var values = Values(DataType.Utf8, new Random(1), 100);
        using var few = Copy(column, values, 3);
        Assert.IsType<Utf8Vector>(few);
        // Until there were enough of them.
        using var more = Copy(column, values, 30);
        Assert.IsType<DictionaryVector>(more);
        using var large = new Utf8Vector();
        large.Prepare(2, 600_000);
        unsafe
        {
            new Span<byte>(large.Bytes, 600_000).Fill((byte)'x');
            (large.Offsets[1], large.Offsets[2]) = (300_000, 600_000);
        }
        using var written = Copy(column, large, 2);
        Assert.IsType<Utf8Vector>(written);
    }

    private static DataType TypeOf(string name) => name switch
    {
        "Dictionary" => DataType.DictionaryUtf8,
        "Jsonb" => DataType.Jsonb,
        _ => DataType.Utf8,
    };

    private static Vector Copy(ResultColumn column, Vector values, int rows)
    {
        using var codes = Codes(DataType.Utf8, values, new Random(rows), rows);
        return column.Copy(codes, new Batch(new Schema(new Field("c", DataType.Utf8)), [codes]) { RowCount = rows });
    }

    private static Vector Values(DataType type, Random random, int count)
    {
        using var builder = VectorBuilder.Create(type.ValueType);
        for (var i = 0; i < count; i++)
        {
            if (count > 1 && random.Next(20) == 0 && count != 100)
            {
                builder.AppendNull();
            }
            else if (type.ValueType.IsUtf8)
            {
                builder.AppendValue($"value {random.Next(count)}");
            }
            else
            {
                builder.AppendValue(new byte[] { (byte)random.Next(256), (byte)i });
            }
        }
        return builder.Build();
    }

    private static unsafe DictionaryVector Codes(DataType type, Vector values, Random random, int rows)
    {
        var vector = new DictionaryVector(type, values);
        vector.Prepare(values, rows);
        var validity = random.Next(2) == 0 ? null : vector.PrepareValidity(rows);
        for (var i = 0; i < rows; i++)
        {
            vector.Codes[i] = random.Next(values.Length);
            if (validity != null && random.Next(4) == 0)
            {
                Bitmap.Clear(validity, i);
                vector.Codes[i] = int.MinValue;
            }
        }
        return vector;
    }

    private static unsafe Selection Select(Random random, int rows)
    {
        var selection = new Selection(rows);
        for (var i = 0; i < rows; i++)
        {
            if (random.Next(2) == 0)
            {
                selection.Rows[selection.Count++] = i;
            }
        }
        return selection;
    }
}
