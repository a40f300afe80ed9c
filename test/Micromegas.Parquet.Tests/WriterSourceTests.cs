using Micromegas.Columnar;

namespace Micromegas.Parquet.Tests;

/// <summary>However a batch's columns are encoded, the file holds their values.</summary>
public unsafe class WriterSourceTests
{
    private static readonly Schema Schema = new(new Field("c", DataType.DictionaryUtf8));

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(0)]
    public void Dictionaries_runs_constants_and_plain_vectors_mix(int dictionaryBytes)
    {
        using var stream = new MemoryStream();
        using var writer = new ParquetWriter(Schema, ParquetSink.To(stream), new ParquetWriterOptions { DictionaryBytes = dictionaryBytes });
        using var first = Build(DataType.Utf8, "a", "b", null);
        using var second = Build(DataType.Utf8, "b", "a", "a", "c");
        using var coded = new DictionaryVector(DataType.DictionaryUtf8, first);
        var codes = stackalloc int[] { 2, 1, 0, 1 };
        coded.Attach(first, codes, 4);
        Append(writer, coded);
        var runs = stackalloc DictionaryRun[] { new(3, 3), new(5, 2) };
        coded.AttachRuns(second, runs, 2, 5);
        Append(writer, coded);
        using var constant = new ConstantVector(Build(DataType.DictionaryUtf8, "d"), 3);
        Append(writer, constant);
        using var none = new ConstantVector(Build(DataType.Utf8, (string?)null), 2);
        Append(writer, none);
        Append(writer, second);
        coded.Attach(first, codes, 3);
        *coded.PrepareValidity(3) = 0b101;
        Append(writer, coded);
        AssertContent(stream, writer, [null, "b", "a", "b", "c", "c", "c", "a", "a", "d", "d", "d", null, null, "b", "a", "a", "c", null, null, "a"]);
    }

    [Fact]
    public void A_dictionary_column_is_written_without_touching_its_values_again()
    {
        // The values of the source dictionary are unmapped after the first batch in the sense that they all hold other bytes:
        // codes that were translated once must not be looked up again.
        using var stream = new MemoryStream();
        using var writer = new ParquetWriter(Schema, ParquetSink.To(stream));
        using var values = (BinaryVector)Build(DataType.Utf8, "aa", "bb");
        using var coded = new DictionaryVector(DataType.DictionaryUtf8, values);
        var codes = stackalloc int[] { 0, 1, 1, 0 };
        coded.Attach(values, codes, 4);
        Append(writer, coded);
        "xxxx"u8.CopyTo(new Span<byte>(values.Bytes, 4));
        Append(writer, coded);
        AssertContent(stream, writer, ["aa", "bb", "bb", "aa", "aa", "bb", "bb", "aa"]);
    }

    private static Vector Build(DataType type, params string?[] values)
    {
        using var builder = VectorBuilder.Create(type);
        Array.ForEach(values, builder.AppendValue);
        return builder.Build();
    }

    private static void Append(ParquetWriter writer, Vector vector) => writer.Append(new Batch(Schema, [vector]) { RowCount = vector.Length });

    private static void AssertContent(MemoryStream stream, ParquetWriter writer, string?[] expected)
    {
        Assert.Equal(expected.Length, Wait(writer.FinishAsync(default).AsTask()).RowCount);
        var (store, file) = Wait(WrittenFile.OpenAsync(stream.ToArray()));
        Assert.Equal(expected, Wait(FileRows.ReadAllAsync(store, file)).Select(static row => (string?)row[0]));
    }

    /// <summary>Memory stores and streams complete at once.</summary>
    private static T Wait<T>(Task<T> task)
    {
        Assert.True(task.IsCompleted);
        return task.GetAwaiter().GetResult();
    }
}
