using Micromegas.Columnar;
using Micromegas.Parquet.Encodings;
using Micromegas.Parquet.Writing;

namespace Micromegas.Parquet.Tests;

/// <summary>Codes are counted as they are read, whatever the instructions, widths and pages.</summary>
public class CodeHistogramTests
{
    [Theory]
    [InlineData("scalar")]
    [InlineData("avx2")]
    [InlineData("avx512")]
    [InlineData(null)]
    public unsafe void Packed_codes_of_every_width_are_counted(string? variant)
    {
        var unpacker = BitUnpacker.Choose(variant);
        var random = new Random(3);
        using var source = new ScratchBuffer();
        using var histogram = new CodeHistogram();
        for (var width = 1; width <= 14; width++)
        {
            foreach (var values in new[] { 1, 2, 5, 8, 9, 16, 17, 200, 3000 }.Where(values => values <= 1 << width))
            {
                foreach (var count in new[] { 8, 64, 72, 136, 2048, 4104 })
                {
                    var codes = Enumerable.Range(0, count).Select(_ => (ulong)random.Next(values)).ToArray();
                    var packed = Pack(codes, width, source);
                    var from = random.Next(Math.Min(count, 20));
                    var some = random.Next(1, count - from + 1);
                    var offset = random.Next(3) * values;
                    histogram.Reset(offset + values + 1);
                    histogram.AddPacked(unpacker, packed, width, from, some, values, offset);
                    for (var value = 0; value < values; value++)
                    {
                        Assert.Equal(codes.Skip(from).Take(some).LongCount(code => code == (ulong)value), histogram[offset + value]);
                    }
                    Assert.Equal(some, Enumerable.Range(0, histogram.Size).Sum(value => histogram[value]));
                }
            }
        }
    }

    [Theory]
    [InlineData("scalar", 3)]
    [InlineData("avx2", 3)]
    [InlineData("avx512", 3)]
    [InlineData("avx512", 100)]
    public unsafe void A_code_beyond_the_dictionary_is_refused(string variant, int values)
    {
        using var source = new ScratchBuffer();
        using var histogram = new CodeHistogram();
        foreach (var place in new[] { 0, 63, 64, 130, 199 })
        {
            var codes = new ulong[200];
            codes[place] = (ulong)values;
            var width = values < 4 ? 2 : 7;
            var packed = Pack(codes, width, source);
            histogram.Reset(values + 1);
            Assert.Throws<ParquetException>(() => histogram.AddPacked(BitUnpacker.Choose(variant), packed, width, 0, 200, values));
        }
        histogram.Reset(values + 1);
        Assert.Throws<ParquetException>(() => histogram.AddRun(values, 10, values));
        Assert.Throws<ParquetException>(() => histogram.AddRun(-1, 10, values));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(300)]
    [InlineData(5000)]
    public unsafe void Numbers_with_an_offset_are_counted(int size)
    {
        var random = new Random(5);
        using var histogram = new CodeHistogram();
        var offset = size / 3;
        histogram.Reset(size);
        var numbers = Enumerable.Range(0, 1000).Select(_ => random.Next(size - offset)).ToArray();
        fixed (int* first = numbers)
        {
            histogram.Add(first, 1000, offset, size - offset - 1);
            histogram.Add(first, 20, offset, size - offset - 1);
        }
        histogram.Add(0, 7);
        var expected = Enumerable.Range(0, size).Select(number => numbers.Concat(numbers.Take(20)).LongCount(other => other + offset == number) + (number == 0 ? 7 : 0)).ToArray();
        Assert.Equal(expected, Enumerable.Range(0, size).Select(number => histogram[number]));
        histogram.Gather();
        Assert.Equal(expected, Enumerable.Range(0, size).Select(number => histogram[number]));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    [InlineData(700)]
    public async Task Rows_of_a_column_are_counted_as_they_are_read(int values)
    {
        const int rows = 20_000;
        var random = new Random(values);
        var schema = new Schema(new Field("a", DataType.Utf8));
        object?[] column =
        [
            .. Enumerable.Range(0, rows).Select(i => i / 3000 % 2 == 0 && random.Next(7) == 0 ? null : (object)$"v{(i / 500 % 3 == 0 ? i / 500 : random.Next(values)) % values}")
        ];
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(schema, [column], new ParquetWriterOptions { RowGroupRows = rows, PageRows = 1700 }));
        using var reader = file.OpenRowGroup(0, [0]);
        await reader.PrefetchAsync(store, default);
        var dictionary = reader.Column(0).Dictionary!;
        using var histogram = new CodeHistogram();
        for (var at = 0; at < rows;)
        {
            reader.Column(0).Skip(Math.Min(random.Next(50), rows - at));
            at = rows - (int)reader.Column(0).RowsLeft;
            var count = Math.Min(random.Next(6000), rows - at);
            var offset = random.Next(50);
            histogram.Reset(offset + dictionary.Length + 1);
            reader.Column(0).CountCodes(count, histogram, offset);
            var expected = column.Skip(at).Take(count).ToLookup(static value => value);
            for (var code = 0; code < dictionary.Length; code++)
            {
                Assert.Equal(expected[dictionary.GetValue(code)].Count(), histogram[offset + code]);
            }
            Assert.Equal(expected[null].Count(), histogram[offset + dictionary.Length]);
            at += count;
        }
        histogram.Reset(dictionary.Length);
        Assert.Throws<InvalidOperationException>(() => reader.Column(0).CountCodes(0, histogram));
    }

    private static unsafe byte* Pack(ulong[] codes, int width, ScratchBuffer into)
    {
        var packed = new ByteBuffer();
        var padded = new ulong[(codes.Length + 7) & ~7];
        codes.CopyTo(padded, 0);
        BitPacker.Pack<ulong>(padded, width, padded.Length, packed);
        packed.WrittenSpan.CopyTo(new Span<byte>(into.Ensure(packed.Length + 64), packed.Length));
        return into.Pointer;
    }
}
