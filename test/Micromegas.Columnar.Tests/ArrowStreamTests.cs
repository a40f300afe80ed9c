using Micromegas.Testing;

namespace Micromegas.Columnar.Tests;

public class ArrowStreamTests
{
    public static TheoryData<bool, bool, bool> Forms => new()
    {
        { false, false, false }, { false, true, false }, { false, false, true }, { false, true, true }, { true, false, false }, { true, true, false },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Random_tables_come_back(bool file, bool compressed, bool replaced)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var tables = new RandomTable(random);
            var schema = tables.NextSchema(random.Next(1, 8), 3);
            var batches = Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(5) == 0 ? 0 : random.Next(400))
                .Select(rows => schema.Fields.Select(field => tables.NextColumn(field, rows)).ToArray()).ToList();
            using var written = new MemoryStream();
            var options = new ArrowWriterOptions
            {
                Lz4 = compressed ? new FrameCodec() : null,
                DictionaryChanges = replaced ? ArrowDictionaryChanges.Replaced : ArrowDictionaryChanges.Added,
            };
            var expected = new List<object?[]>();
            await using (var writer = new TestWriter(file, written, schema, options))
            {
                foreach (var columns in batches)
                {
                    var batch = Disguised(schema, columns, random, expected);
                    await writer.WriteAsync(batch);
                    Array.ForEach(batch.Columns, static column => column.Dispose());
                    batch.Selection?.Dispose();
                }
                await writer.CompleteAsync();
            }
            written.Position = 0;
            var (readSchema, rowsRead) = await ReadAllAsync(file, written, new ArrowReaderOptions { Lz4 = new FrameCodec() });
            Assert.Equal(schema, readSchema);
            Assert.Equal(expected.Count, rowsRead.Count);
            for (var i = 0; i < expected.Count; i++)
            {
                Assert.True(
                    RandomTable.Same(expected[i], rowsRead[i]),
                    $"seed {seed}, row {i} of {schema}: {RandomTable.Show(expected[i])} came back as {RandomTable.Show(rowsRead[i])}");
            }
        }
    }

    [Fact]
    public async Task Dictionaries_stay_dictionaries_and_only_new_values_travel()
    {
        var schema = new Schema(new Field("target", DataType.DictionaryUtf8));
        using var written = new MemoryStream();
        var lengths = new List<long>();
        await using (var writer = new ArrowStreamWriter(written, schema, leaveOpen: true))
        {
            using var values = Texts(DataType.Utf8, "lobby", "match", "canyon");
            foreach (var codes in new[] { new[] { 2, 0 }, [0, 2, 2], [1, 0, 2] })
            {
                using var column = Codes(DataType.DictionaryUtf8, values, codes);
                await writer.WriteAsync(new Batch(schema, [column]) { RowCount = codes.Length });
                lengths.Add(written.Length);
            }
            await writer.CompleteAsync();
        }
        written.Position = 0;
        await using var reader = await ArrowStreamReader.OpenAsync(written);
        string[][] expected = [["canyon", "lobby"], ["lobby", "canyon", "canyon"], ["match", "lobby", "canyon"]];
        int[] counts = [2, 2, 3];
        for (var i = 0; i < 3; i++)
        {
            var batch = (await reader.ReadAsync())!;
            var column = Assert.IsType<DictionaryVector>(batch.Columns[0]);
            Assert.Equal(counts[i], column.Values.Length);
            Assert.Equal(expected[i], Enumerable.Range(0, batch.RowCount).Select(row => column.GetValue(row)));
        }
        Assert.Null(await reader.ReadAsync());
        // The second batch brought no dictionary with it.
        Assert.True(lengths[1] - lengths[0] < lengths[2] - lengths[1]);
    }

    [Fact]
    public async Task Too_many_values_for_the_codes_begin_a_new_dictionary_or_are_refused()
    {
        var type = DataType.Dictionary(DataType.Int8, DataType.Int32);
        var schema = new Schema(new Field("n", type, false));
        using var written = new MemoryStream();
        await using (var writer = new ArrowStreamWriter(written, schema, leaveOpen: true))
        {
            for (var start = 0; start < 300; start += 100)
            {
                using var column = Numbers(type, Enumerable.Range(start, 100));
                await writer.WriteAsync(new Batch(schema, [column]) { RowCount = 100 });
            }
            await writer.CompleteAsync();
        }
        written.Position = 0;
        var (_, rows) = await ReadAllAsync(false, written, null);
        Assert.Equal(Enumerable.Range(0, 300).Cast<object>(), rows.Select(static row => row[0]));

        await using var file = new ArrowFileWriter(new MemoryStream(), schema);
        using var first = Numbers(type, Enumerable.Range(0, 100));
        await file.WriteAsync(new Batch(schema, [first]) { RowCount = 100 });
        using var second = Numbers(type, Enumerable.Range(100, 100));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await file.WriteAsync(new Batch(schema, [second]) { RowCount = 100 }));
        Assert.Contains("200 distinct values", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<bool, bool> DictionaryForms => new() { { false, false }, { false, true }, { true, false } };

    [Theory]
    [MemberData(nameof(DictionaryForms))]
    public async Task Dictionaries_of_every_kind_of_value_come_back(bool file, bool replaced)
    {
        DataType[] values =
        [
            DataType.Boolean, DataType.Float64, DataType.LakeTime, DataType.Decimal256(40, 2), DataType.IntervalMonthDayNano, DataType.FixedSizeBinary(3),
            DataType.LargeUtf8, DataType.BinaryView, DataType.List(DataType.Int32), DataType.List(DataType.DictionaryUtf8),
            DataType.Struct(new Field("a", DataType.DictionaryUtf8), new Field("b", DataType.Boolean)), DataType.Map(DataType.Utf8, DataType.Int64),
            DataType.FixedSizeList(new Field("item", DataType.Int16), 2),
        ];
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var tables = new RandomTable(random);
            var fields = values.Select((type, i) => new Field($"c{i}", DataType.Dictionary(i % 2 == 0 ? DataType.Int16 : DataType.UInt32, type))).ToArray();
            var schema = new Schema(fields);
            using var written = new MemoryStream();
            var expected = new List<object?[]>();
            var options = new ArrowWriterOptions { DictionaryChanges = replaced ? ArrowDictionaryChanges.Replaced : ArrowDictionaryChanges.Added };
            await using (var writer = new TestWriter(file, written, schema, options))
            {
                // The same dictionaries twice, then others, then plain vectors.
                var pools = fields.Select(field => Plain(field.Type.ValueType, [.. Enumerable.Range(0, 5).Select(i => i == 4 ? null : tables.NextValue(field.Type))])).ToArray();
                for (var round = 0; round < 4; round++)
                {
                    if (round == 2)
                    {
                        Array.ForEach(pools, static pool => pool.Dispose());
                        pools = [.. fields.Select(field => Plain(field.Type.ValueType, [.. Enumerable.Range(0, 3).Select(_ => tables.NextValue(field.Type))]))];
                    }
                    var rows = random.Next(1, 12);
                    var vectors = pools.Select((pool, i) => round == 3
                        ? Plain(fields[i].Type.ValueType, [.. Enumerable.Range(0, rows).Select(_ => tables.NextValue(fields[i].Type))])
                        : Codes(fields[i].Type, pool, [.. Enumerable.Range(0, rows).Select(_ => random.Next(pool.Length))])).ToArray();
                    await writer.WriteAsync(new Batch(schema, vectors) { RowCount = rows });
                    expected.AddRange(Enumerable.Range(0, rows).Select(row => Array.ConvertAll(vectors, column => column.GetValue(row))));
                    Array.ForEach(vectors, static column => column.Dispose());
                }
                Array.ForEach(pools, static pool => pool.Dispose());
                await writer.CompleteAsync();
            }
            written.Position = 0;
            var (_, rowsRead) = await ReadAllAsync(file, written, null);
            Assert.Equal(expected.Count, rowsRead.Count);
            for (var i = 0; i < expected.Count; i++)
            {
                Assert.True(RandomTable.Same(expected[i], rowsRead[i]), $"seed {seed}, row {i}: {RandomTable.Show(expected[i])} came back as {RandomTable.Show(rowsRead[i])}");
            }
        }
    }

    private static Vector Plain(DataType type, object?[] values)
    {
        using var builder = VectorBuilder.Create(type, values.Length);
        Array.ForEach(values, builder.AppendValue);
        return builder.Build();
    }

    [Fact]
    public async Task A_stream_without_batches_has_its_schema_and_a_cut_one_says_so()
    {
        var schema = new Schema(new Field("time", DataType.LakeTime, false));
        using var written = new MemoryStream();
        await using (var writer = new ArrowStreamWriter(written, schema, leaveOpen: true))
        {
            await writer.CompleteAsync();
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.CompleteAsync());
        }
        var (read, rows) = await ReadAllAsync(false, new MemoryStream(written.ToArray()), null);
        Assert.Equal(schema, read);
        Assert.Empty(rows);
        // Readers take the end of the stream for its end mark, but not in the middle of a message.
        Assert.Equal(schema, (await ReadAllAsync(false, new MemoryStream(written.ToArray()[..^8]), null)).Schema);
        await Assert.ThrowsAsync<ArrowFormatException>(async () => await ReadAllAsync(false, new MemoryStream(written.ToArray()[..^9]), null));
        await Assert.ThrowsAsync<ArrowFormatException>(async () => await ReadAllAsync(false, new MemoryStream(), null));
        await Assert.ThrowsAsync<ArrowFormatException>(async () => await ReadAllAsync(true, new MemoryStream(written.ToArray()), null));
    }

    [Fact]
    public async Task Vectors_that_do_not_fit_their_fields_are_refused()
    {
        var schema = new Schema(new Field("n", DataType.Int64));
        await using var writer = new ArrowStreamWriter(new MemoryStream(), schema);
        using var texts = Texts(DataType.Utf8, "no number");
        using var narrow = Numbers(DataType.Int32, [1]);
        foreach (var column in new Vector[] { texts, narrow })
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await writer.WriteAsync(new Batch(schema, [column]) { RowCount = 1 }));
        }
        await Assert.ThrowsAsync<ArgumentException>(async () => await writer.WriteAsync(new Batch(schema, []) { RowCount = 1 }));
    }

    [Fact]
    public async Task A_batch_larger_than_the_reader_allows_is_refused()
    {
        var schema = new Schema(new Field("n", DataType.Int32));
        using var written = new MemoryStream();
        await using (var writer = new ArrowStreamWriter(written, schema, new ArrowWriterOptions { Lz4 = new FrameCodec() }, leaveOpen: true))
        {
            using var zeros = Numbers(DataType.Int32, Enumerable.Repeat(0, 100_000));
            await writer.WriteAsync(new Batch(schema, [zeros]) { RowCount = 100_000 });
            await writer.CompleteAsync();
        }
        Assert.InRange(written.Length, 1, 8000);
        foreach (var most in new[] { 2000, 399_999 })
        {
            written.Position = 0;
            var options = new ArrowReaderOptions { Lz4 = new FrameCodec(), MaxBatchBytes = most };
            var copy = new MemoryStream(written.ToArray());
            await Assert.ThrowsAsync<ArrowFormatException>(async () => await ReadAllAsync(false, copy, options));
        }
        var without = await Assert.ThrowsAsync<ArrowFormatException>(async () => await ReadAllAsync(false, written, null));
        Assert.Contains("LZ4_FRAME", without.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_streams_and_files_give_typed_errors()
    {
        var random = new Random(11);
        var tables = new RandomTable(random);
        var refused = 0;
        for (var round = 0; round < 600; round++)
        {
            var file = round % 3 == 0;
            var schema = tables.NextSchema(random.Next(1, 5), 2);
            using var written = new MemoryStream();
            await using (var writer = new TestWriter(file, written, schema, new ArrowWriterOptions { Lz4 = round % 2 == 0 ? new FrameCodec() : null }))
            {
                for (var i = 0; i < 2; i++)
                {
                    var batch = Disguised(schema, [.. schema.Fields.Select(field => tables.NextColumn(field, 20))], random, []);
                    await writer.WriteAsync(batch);
                    Array.ForEach(batch.Columns, static column => column.Dispose());
                }
                await writer.CompleteAsync();
            }
            var bytes = written.ToArray();
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            if (random.Next(4) == 0)
            {
                bytes = bytes[..random.Next(bytes.Length)];
            }
            try
            {
                await ReadAllAsync(file, new MemoryStream(bytes), new ArrowReaderOptions { Lz4 = new FrameCodec(), MaxBatchBytes = 1 << 20 });
            }
            catch (ArrowFormatException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 100, 599);
    }

    /// <summary>A batch of the boxed columns, each encoded at random as a plain, dictionary or constant vector, some rows deselected; what must come back is added to <paramref name="expected"/>.</summary>
    private static Batch Disguised(Schema schema, object?[][] columns, Random random, List<object?[]> expected)
    {
        var rows = columns[0].Length;
        var vectors = new Vector[columns.Length];
        for (var i = 0; i < vectors.Length; i++)
        {
            var type = schema[i].Type;
            if (rows > 0 && type.Kind != TypeKind.Null && random.Next(6) == 0)
            {
                Array.Fill(columns[i], columns[i][0]);
                vectors[i] = new ConstantVector(new Scalar(type, columns[i][0]).ToVector(), rows);
                continue;
            }
            using var builder = VectorBuilder.Create(random.Next(2) == 0 ? type : type.ValueType);
            var distinct = random.Next(3) == 0 ? columns[i].Distinct().ToList() : null;
            foreach (var value in distinct ?? [.. columns[i]])
            {
                builder.AppendValue(value);
            }
            vectors[i] = builder.Build();
            if (distinct is not null && type.Kind != TypeKind.Null)
            {
                vectors[i] = Codes(type, vectors[i], [.. columns[i].Select(value => distinct.IndexOf(value))]);
            }
        }
        var batch = new Batch(schema, vectors) { RowCount = rows };
        var kept = Enumerable.Range(0, rows).ToArray();
        if (random.Next(3) == 0 && rows > 0)
        {
            kept = [.. kept.Where(_ => random.Next(2) == 0)];
            batch.Selection = new Selection(rows) { Count = kept.Length };
            SetRows(batch.Selection, kept);
        }
        expected.AddRange(kept.Select(row => Array.ConvertAll(columns, column => column[row])));
        return batch;
    }

    private static unsafe void SetRows(Selection selection, int[] rows) => rows.CopyTo(new Span<int>(selection.Rows, rows.Length));

    private static unsafe DictionaryVector Codes(DataType type, Vector values, int[] codes)
    {
        var vector = new DictionaryVector(type, values);
        vector.Prepare(values, codes.Length);
        codes.CopyTo(new Span<int>(vector.Codes, codes.Length));
        return vector;
    }

    private static Vector Texts(DataType type, params string[] texts)
    {
        using var builder = new BinaryVectorBuilder(type);
        Array.ForEach(texts, builder.Append);
        return builder.Build();
    }

    private static Vector Numbers(DataType type, IEnumerable<int> numbers)
    {
        using var builder = new FlatVectorBuilder<int>(type);
        foreach (var number in numbers)
        {
            builder.Append(number);
        }
        return builder.Build();
    }

    private static async Task<(Schema Schema, List<object?[]> Rows)> ReadAllAsync(bool file, MemoryStream stream, ArrowReaderOptions? options)
    {
        var rows = new List<object?[]>();
        void Add(Batch batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                rows.Add(Array.ConvertAll(batch.Columns, column => column.GetValue(row)));
            }
        }
        if (file)
        {
            await using var files = await ArrowFileReader.OpenAsync(stream, options, leaveOpen: true);
            for (var i = 0; i < files.BatchCount; i++)
            {
                Add(await files.ReadAsync(i));
            }
            return (files.Schema, rows);
        }
        await using var reader = await ArrowStreamReader.OpenAsync(stream, options, leaveOpen: true);
        while (await reader.ReadAsync() is { } batch)
        {
            Add(batch);
        }
        return (reader.Schema, rows);
    }

    /// <summary>A stream or file writer.</summary>
    private sealed class TestWriter(bool file, Stream stream, Schema schema, ArrowWriterOptions options) : IAsyncDisposable
    {
        private readonly ArrowStreamWriter? streams = file ? null : new ArrowStreamWriter(stream, schema, options, leaveOpen: true);
        private readonly ArrowFileWriter? files = file ? new ArrowFileWriter(stream, schema, options, leaveOpen: true) : null;

        public ValueTask WriteAsync(Batch batch) => streams?.WriteAsync(batch) ?? files!.WriteAsync(batch);

        public ValueTask CompleteAsync() => streams?.CompleteAsync() ?? files!.CompleteAsync();

        public ValueTask DisposeAsync() => streams?.DisposeAsync() ?? files!.DisposeAsync();
    }
}
