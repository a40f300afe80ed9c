using Micromegas.Testing;

namespace Micromegas.Columnar.Tests;

public class VectorBuilderTests
{
    [Fact]
    public void Values_of_every_type_come_back()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var table = new RandomTable(random);
            var field = table.NextField("c", 3);
            var values = table.NextColumn(field, random.Next(400));
            using var builder = VectorBuilder.Create(field.Type, random.Next(100));
            // A builder is used again after it built.
            for (var round = 0; round < 2; round++)
            {
                foreach (var value in values)
                {
                    builder.AppendValue(value);
                }
                using var vector = builder.Build();
                Assert.Equal(0, builder.Length);
                Assert.Equal(field.Type, vector.Type);
                AssertValues(values, vector);
            }
        }
    }

    [Fact]
    public void Rows_are_copied_from_vectors_however_they_are_encoded()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var table = new RandomTable(random);
            var field = table.NextField("c", 2);
            var values = table.NextColumn(field, 300);
            using var source = Build(field.Type, values);
            using var constant = new ConstantVector(Build(field.Type, [values[7]]), 5);
            var rows = Enumerable.Range(0, 300).Where(_ => random.Next(3) == 0).ToArray();
            using var builder = VectorBuilder.Create(field.Type);
            builder.Append(source, rows);
            builder.AppendRange(source, 100, 50);
            builder.AppendRange(constant, 0, 5);
            builder.AppendNull();
            builder.Append(source, 299);
            using var copy = builder.Build();
            AssertValues([.. rows.Select(row => values[row]), .. values[100..150], .. Enumerable.Repeat(values[7], 5), null, values[299]], copy);
        }
    }

    [Fact]
    public void Codes_are_looked_up_with_and_without_nulls()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            foreach (var type in new[] { DataType.Int32, DataType.Float64, DataType.Utf8 })
            {
                object?[] values = [.. Enumerable.Range(0, 20).Select(i => random.Next(seed % 3 == 0 ? 5 : int.MaxValue) == 0 ? null : ValueOf(type, i))];
                using var plain = Build(type, values);
                using var coded = new DictionaryVector(type, plain);
                coded.Prepare(plain, 100);
                var expected = new object?[100];
                unsafe
                {
                    var validity = seed % 2 == 0 ? null : coded.PrepareValidity(100);
                    for (var i = 0; i < 100; i++)
                    {
                        var code = random.Next(20);
                        (coded.Codes[i], expected[i]) = (code, values[code]);
                        if (validity != null && random.Next(5) == 0)
                        {
                            Bitmap.Clear(validity, i);
                            (coded.Codes[i], expected[i]) = (-1, null);
                        }
                    }
                }
                int[] rows = [.. Enumerable.Range(0, 100).Where(_ => random.Next(2) == 0)];
                using var builder = VectorBuilder.Create(type);
                builder.AppendRange(coded, 10, 50);
                builder.Append(coded, rows);
                builder.AppendRange(plain, 5, 10);
                builder.AppendRange(plain, 5, 0);
                builder.Append(plain, [19, 3]);
                using var copy = builder.Build();
                AssertValues([.. expected[10..60], .. rows.Select(row => expected[row]), .. values[5..15], values[19], values[3]], copy);
            }
        }

        static object ValueOf(DataType type, int i) => type == DataType.Int32 ? i : type == DataType.Float64 ? i * 0.5 : (object)$"text {i}";
    }

    [Fact]
    public void Dictionaries_are_merged_value_by_value()
    {
        using var first = Build(DataType.DictionaryUtf8, ["a", "b", "a", null]);
        using var second = Build(DataType.DictionaryUtf8, ["b", "c", "b"]);
        using var plain = Build(DataType.Utf8, ["c", "d"]);
        using var builder = (DictionaryVectorBuilder)VectorBuilder.Create(DataType.DictionaryUtf8);
        builder.AppendRange(first, 0, 4);
        builder.AppendRange(second, 0, 3);
        builder.AppendRange(first, 0, 2);
        builder.AppendRange(plain, 0, 2);
        Assert.Equal(4, builder.ValueCount);
        using var merged = (DictionaryVector)builder.Build();
        AssertValues(["a", "b", "a", null, "b", "c", "b", "a", "b", "c", "d"], merged);
        Assert.Equal(4, merged.Values.Length);
        // The next vector starts with a new dictionary.
        builder.AppendRange(second, 1, 1);
        using var next = (DictionaryVector)builder.Build();
        AssertValues(["c"], next);
        Assert.Equal(1, next.Values.Length);
    }

    [Fact]
    public void A_dictionary_of_nulls_alone_has_valid_codes()
    {
        using var vector = (DictionaryVector)Build(DataType.DictionaryUtf8, [null, null]);
        Assert.True(vector.IsNull(0) && vector.IsNull(1));
        Assert.NotEqual(0, vector.Values.Length);
    }

    [Fact]
    public unsafe void Codes_are_appended_by_the_thousand()
    {
        using var builder = new DictionaryVectorBuilder(DataType.DictionaryUtf8);
        var code = builder.AddValue("info"u8);
        builder.AppendCode(code, 3000);
        builder.Append("warn"u8);
        using var vector = (DictionaryVector)builder.Build();
        Assert.Equal(3001, vector.Length);
        Assert.Equal("info", vector.GetValue(2999));
        Assert.Equal("warn", vector.GetValue(3000));
        Assert.Equal(1, vector.Codes[3000]);
    }

    [Fact]
    public void Batches_are_copied_with_their_selection()
    {
        var schema = new Schema(new Field("a", DataType.Int32), new Field("b", DataType.DictionaryUtf8));
        using var numbers = Build(DataType.Int32, [1, null, 3, 4]);
        using var texts = Build(DataType.DictionaryUtf8, ["x", "y", "x", "z"]);
        using var selection = new Selection();
        Select(selection, 1, 3);
        using var builder = new BatchBuilder(schema);
        builder.Append(new Batch(schema, [numbers, texts]) { RowCount = 4, Selection = selection });
        builder.Append(new Batch(schema, [numbers, texts]) { RowCount = 4 });
        builder.Append(new Batch(schema, [numbers, texts]) { RowCount = 4, Selection = selection }, [0]);
        Assert.Equal(7, builder.RowCount);
        var batch = builder.Build();
        AssertValues([null, 4, 1, null, 3, 4, 1], batch.Columns[0]);
        AssertValues(["y", "z", "x", "y", "x", "z", "x"], batch.Columns[1]);
        Assert.Equal(0, builder.RowCount);
        Array.ForEach(batch.Columns, static column => column.Dispose());
    }

    [Fact]
    public void Nothing_is_leaked()
    {
        var before = BufferPool.Shared.OutstandingCount;
        for (var seed = 0; seed < 20; seed++)
        {
            var table = new RandomTable(new Random(seed));
            var field = table.NextField("c", 3);
            Build(field.Type, table.NextColumn(field, 100)).Dispose();
            using var abandoned = VectorBuilder.Create(field.Type, 100);
            abandoned.AppendNull();
        }
        // Tests of other classes may hold buffers meanwhile, but not thousands.
        Assert.InRange(BufferPool.Shared.OutstandingCount - before, -1000, 1000);
        using var builder = VectorBuilder.Create(DataType.Utf8);
        builder.AppendValue("kept");
        Assert.True(builder.AllocatedBytes > 0);
    }

    [Fact]
    public void A_scalar_becomes_a_vector_and_back()
    {
        foreach (var scalar in new[] { Scalar.Of(true), Scalar.Of(5), Scalar.Of(5L), Scalar.Of(1.5), Scalar.Of("x"), new Scalar(DataType.DictionaryUtf8, "y"), new Scalar(DataType.Int32, null) })
        {
            using var vector = scalar.ToVector();
            Assert.Equal(scalar, vector.GetScalar(0));
        }
        using var none = Scalar.Null.ToVector();
        Assert.True(none.IsNull(0));
    }

    internal static Vector Build(DataType type, object?[] values)
    {
        using var builder = VectorBuilder.Create(type);
        foreach (var value in values)
        {
            builder.AppendValue(value);
        }
        return builder.Build();
    }

    internal static void AssertValues(object?[] expected, Vector actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var row = 0; row < expected.Length; row++)
        {
            var value = actual.GetValue(row);
            Assert.True(RandomTable.Same(expected[row], value), $"{actual.Type}, row {row}: {RandomTable.Show(expected[row])} became {RandomTable.Show(value)}");
        }
    }

    private static unsafe void Select(Selection selection, params int[] rows)
    {
        foreach (var row in rows)
        {
            selection.Rows[selection.Count++] = row;
        }
    }
}
