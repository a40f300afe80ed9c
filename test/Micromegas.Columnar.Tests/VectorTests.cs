namespace Micromegas.Columnar.Tests;

public unsafe class VectorTests
{
    [Fact]
    public void Runs_are_written_out_as_codes_when_asked_for()
    {
        using var values = VectorBuilderTests.Build(DataType.Utf8, ["a", "b"]);
        var runs = stackalloc DictionaryRun[3] { new(2, 1), new(5, 0), new(6, 1) };
        using var vector = new DictionaryVector(DataType.DictionaryUtf8, values);
        vector.AttachRuns(values, runs, 3, 6);
        Assert.Equal(3, vector.Runs.Length);
        Assert.Equal(new[] { 1, 1, 0, 0, 0, 1 }, new ReadOnlySpan<int>(vector.Codes, 6).ToArray());
        VectorBuilderTests.AssertValues(["b", "b", "a", "a", "a", "b"], vector);
        // Attached again, the codes written out before are forgotten.
        vector.AttachRuns(values, runs, 1, 2);
        Assert.Equal(new[] { 1, 1 }, new ReadOnlySpan<int>(vector.Codes, 2).ToArray());
    }

    [Fact]
    public void A_row_is_null_when_its_value_in_the_dictionary_is()
    {
        using var values = VectorBuilderTests.Build(DataType.Utf8, ["a", null]);
        using var vector = new DictionaryVector(DataType.DictionaryUtf8, values);
        vector.Prepare(values, 3);
        (vector.Codes[0], vector.Codes[1], vector.Codes[2]) = (0, 1, 0);
        Bitmap.Clear(vector.PrepareValidity(3), 2);
        VectorBuilderTests.AssertValues(["a", null, null], vector);
        Assert.True(vector.MayHaveNulls);
    }

    [Fact]
    public void A_constant_is_the_same_in_every_row()
    {
        using var vector = new ConstantVector(VectorBuilderTests.Build(DataType.DictionaryUtf8, ["a"]), 4);
        VectorBuilderTests.AssertValues(["a", "a", "a", "a"], vector);
        var row = 3;
        Assert.IsType<Utf8Vector>(vector.Resolve(ref row));
        Assert.Equal(0, row);
        using var none = new ConstantVector(VectorBuilderTests.Build(DataType.Int32, [null]), 4);
        Assert.True(none.MayHaveNulls && none.IsNull(2));
    }

    [Fact]
    public void Attached_vectors_own_nothing()
    {
        var numbers = stackalloc long[3] { 1, 2, 3 };
        using var vector = new FlatVector<long>(DataType.LakeTime);
        vector.Attach(numbers, 3);
        Assert.Equal(0, vector.OwnedBytes);
        Assert.Equal(2, vector[1]);
        Assert.Equal(3, vector.Span.Length);
        vector.Prepare(10);
        Assert.True(vector.OwnedBytes >= 80);
        Assert.Equal(10, vector.Length);
    }

    [Fact]
    public void Byte_memory_grows_with_its_content()
    {
        using var vector = new Utf8Vector();
        vector.Prepare(2, 4);
        "abcd"u8.CopyTo(new Span<byte>(vector.Bytes, 4));
        vector.GrowBytes(100_000, 4);
        vector.Bytes[4] = (byte)'e';
        (vector.Offsets[1], vector.Offsets[2]) = (4, 5);
        VectorBuilderTests.AssertValues(["abcd", "e"], vector);
    }
}
