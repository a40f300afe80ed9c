using System.Data;
using System.Data.Common;
using System.Numerics;
using System.Text;
using Micromegas.Columnar;

namespace Micromegas.Data.Tests;

public class MicromegasDataReaderTests
{
    private static MicromegasDataReader Read(params (Field Field, object?[] Values)[] columns)
        => FakeLake.WithColumns(columns).Open().CreateCommand("SELECT").ExecuteReader();

    private static MicromegasDataReader One(DataType type, object? value)
    {
        var reader = Read((new Field("x", type), [value]));
        Assert.True(reader.Read());
        return reader;
    }

    public static TheoryData<DataType, object?, object> NaturalValues => new()
    {
        { DataType.Boolean, true, true },
        { DataType.Int8, (sbyte)-1, (sbyte)-1 },
        { DataType.UInt64, ulong.MaxValue, ulong.MaxValue },
        { DataType.Int32, 5, 5 },
        { DataType.Float16, (Half)1.5, (Half)1.5 },
        { DataType.Float64, 1.5, 1.5 },
        { DataType.Decimal128(10, 2), (Int128)(-1250), -12.50m },
        { DataType.Decimal256(50, 2), Int256.FromBigInteger(1250), 12.50m },
        { DataType.Decimal128(38, -2), (Int128)3, 300m },
        { DataType.Decimal128(38, 30), (Int128)BigInteger.Pow(10, 30), 1m },
        { DataType.Utf8, "héllo", "héllo" },
        { DataType.DictionaryUtf8, "x", "x" },
        { DataType.Binary, new byte[] { 1, 2 }, new byte[] { 1, 2 } },
        { DataType.Date32, -1, new DateTime(1969, 12, 31) },
        { DataType.Date64, 86_400_000L, new DateTime(1970, 1, 2) },
        { DataType.Time32(TimeUnit.Second), 61, TimeSpan.FromSeconds(61) },
        { DataType.Time64(TimeUnit.Nanosecond), 100L, TimeSpan.FromTicks(1) },
        { DataType.LakeTime, -1L, DateTime.UnixEpoch.AddTicks(-1) },
        { DataType.Timestamp(TimeUnit.Millisecond), 1L, DateTime.UnixEpoch.AddMilliseconds(1) },
        { DataType.Duration(TimeUnit.Microsecond), 1L, TimeSpan.FromTicks(10) },
        { DataType.IntervalMonthDayNano, new MonthDayNano(1, 2, 3), new MicromegasInterval(1, 2, 3) },
        { DataType.IntervalYearMonth, 14, new MicromegasInterval(14, 0, 0) },
        { DataType.IntervalDayTime, (5L << 32) | 3, new MicromegasInterval(0, 3, 5_000_000) },
        { DataType.List(DataType.Int64), new object?[] { 1L, null }, new long?[] { 1, null } },
        { DataType.List(new Field("item", DataType.Int64, false)), new object?[] { 1L, 2L }, new long[] { 1, 2 } },
        { DataType.List(DataType.Utf8), new object?[] { "a", null }, new string?[] { "a", null } },
        { DataType.List(DataType.List(DataType.Int32)), new object?[] { new object?[] { 1 } }, new object[] { new int?[] { 1 } } },
    };

    [Theory]
    [MemberData(nameof(NaturalValues))]
    public void GetValue_gives_the_natural_CLR_value(DataType type, object? stored, object expected)
    {
        using var reader = One(type, stored);
        Assert.Equal(expected, reader.GetValue(0));
        Assert.Equal(expected.GetType(), reader.GetFieldType(0));
        Assert.Equal(expected, reader["x"]);
        Assert.Equal(expected, reader.GetFieldValue<object>(0));
        Assert.Equal(type.ToString(), reader.GetDataTypeName(0));
        if (expected is DateTime)
        {
            Assert.Equal(DateTimeKind.Utc, ((DateTime)reader.GetValue(0)).Kind);
        }
    }

    [Fact]
    public void Structs_and_maps_are_dictionaries()
    {
        var type = DataType.Struct(new Field("a", DataType.Int32), new Field("b", DataType.Utf8));
        using (var reader = One(type, new object?[] { 1, null }))
        {
            var members = Assert.IsType<Dictionary<string, object?>>(reader.GetValue(0));
            Assert.Equal(1, members["a"]);
            Assert.Null(members["b"]);
        }

        using (var reader = One(DataType.Map(DataType.Utf8, DataType.Utf8), new object?[] { new object?[] { "k", "v" } }))
        {
            Assert.Equal("v", reader.GetFieldValue<IReadOnlyDictionary<string, string>>(0)["k"]);
            Assert.Equal("v", ((Dictionary<string, object?>)reader.GetValue(0))["k"]);
        }
    }

    [Fact]
    public void Jsonb_reads_as_text_bytes_and_dictionaries()
    {
        using var builder = new Formats.JsonbBuilder();
        Assert.True(Formats.JsonbText.TryParse("""{"thread-name":"main","n":5,"o":{"a":[1]}}"""u8, builder));
        var document = builder.Finish().ToArray();
        using var reader = Read((new Field("properties", DataType.DictionaryJsonb), [document, document, null]));
        reader.Read();
        const string Text = """{"n":5,"o":{"a":[1]},"thread-name":"main"}""";
        Assert.Equal(typeof(string), reader.GetFieldType(0));
        Assert.Equal("Dictionary(Int32, Binary)", reader.GetDataTypeName(0));
        Assert.Equal(Text, reader.GetValue(0));
        Assert.Equal(Text, reader.GetString(0));
        Assert.Equal(document, reader.GetFieldValue<byte[]>(0));
        Assert.Equal(document.Length, reader.GetStream(0).Length);
        Assert.Equal(5, reader.GetFieldValue<System.Text.Json.JsonElement>(0).GetProperty("n").GetInt32());
        using (var parsed = reader.GetFieldValue<System.Text.Json.JsonDocument>(0))
        {
            Assert.Equal(3, parsed.RootElement.EnumerateObject().Count());
        }

        var properties = reader.GetFieldValue<IReadOnlyDictionary<string, string>>(0);
        Assert.Equal([("n", "5"), ("o", """{"a":[1]}"""), ("thread-name", "main")], properties.Select(static p => (p.Key, p.Value)).Order());
        reader.Read();
        Assert.Same(properties, reader.GetFieldValue<IReadOnlyDictionary<string, string>>(0));
        Assert.Equal(3, reader.GetFieldValue<Dictionary<string, string>>(0).Count);
        reader.Read();
        Assert.True(reader.IsDBNull(0));
        Assert.Throws<InvalidCastException>(() => reader.GetFieldValue<IReadOnlyDictionary<string, string>>(0));
    }

    [Fact]
    public void Integers_convert_and_are_range_checked()
    {
        using var reader = One(DataType.Int64, 300L);
        Assert.Equal(300, reader.GetInt64(0));
        Assert.Equal(300, reader.GetInt32(0));
        Assert.Equal(300, reader.GetInt16(0));
        Assert.Throws<OverflowException>(() => reader.GetByte(0));
        Assert.Equal(300.0, reader.GetDouble(0));
        Assert.Equal(300f, reader.GetFloat(0));
        Assert.Equal(300m, reader.GetDecimal(0));
        Assert.Equal(300u, reader.GetFieldValue<uint>(0));
        Assert.Equal(300ul, reader.GetFieldValue<ulong>(0));
        Assert.Equal((Int128)300, reader.GetFieldValue<Int128>(0));
        Assert.Equal((BigInteger)300, reader.GetFieldValue<BigInteger>(0));
        Assert.Equal(300, reader.GetFieldValue<int?>(0));
        Assert.Equal((short)300, reader.GetFieldValue<short?>(0));
        Assert.Throws<InvalidCastException>(() => reader.GetString(0));
        Assert.Throws<InvalidCastException>(() => reader.GetBoolean(0));
        Assert.Throws<InvalidCastException>(() => reader.GetDateTime(0));

        using var large = One(DataType.UInt64, ulong.MaxValue);
        Assert.Throws<OverflowException>(() => large.GetInt64(0));
        Assert.Equal(ulong.MaxValue, large.GetFieldValue<ulong>(0));
        Assert.Equal((Int128)ulong.MaxValue, large.GetFieldValue<Int128>(0));
    }

    [Fact]
    public void Times_keep_nine_digits()
    {
        const long Time = 1795366440123456789;
        using var reader = One(DataType.LakeTime, Time);
        Assert.Equal(new NanoTimestamp(Time), reader.GetFieldValue<NanoTimestamp>(0));
        Assert.Equal(new NanoTimestamp(Time), reader.GetNanoTimestamp(0));
        Assert.Equal(new NanoTimestamp(Time), reader.GetFieldValue<NanoTimestamp?>(0));
        Assert.Equal(Time, reader.GetInt64(0));
        Assert.Equal(Time, reader.GetFieldValue<long>(0));
        Assert.Equal(new NanoTimestamp(Time).ToDateTime(), reader.GetDateTime(0));
        Assert.Equal(new NanoTimestamp(Time).ToDateTimeOffset(), reader.GetFieldValue<DateTimeOffset>(0));
        Assert.Equal(new DateOnly(2026, 11, 22), reader.GetFieldValue<DateOnly>(0));

        using var seconds = One(DataType.Timestamp(TimeUnit.Second), long.MaxValue);
        Assert.Throws<OverflowException>(() => seconds.GetDateTime(0));
        Assert.Throws<OverflowException>(() => seconds.GetNanoTimestamp(0));
        Assert.Equal(long.MaxValue, seconds.GetInt64(0));
    }

    [Fact]
    public void Decimals_that_do_not_fit_are_text_or_BigInteger()
    {
        var value = BigInteger.Pow(10, 37) + 7;
        using var reader = One(DataType.Decimal128(38, 0), (Int128)value);
        Assert.Throws<OverflowException>(() => reader.GetDecimal(0));
        Assert.Equal(value, reader.GetFieldValue<BigInteger>(0));
        Assert.Equal(value.ToString(System.Globalization.CultureInfo.InvariantCulture), reader.GetString(0));
        using var fraction = One(DataType.Decimal128(5, 3), (Int128)(-7));
        Assert.Equal("-0.007", fraction.GetString(0));
        Assert.Equal(-0.007, fraction.GetDouble(0));
        Assert.Throws<InvalidCastException>(() => fraction.GetInt64(0));
    }

    [Fact]
    public void Texts_convert()
    {
        var guid = Guid.NewGuid();
        using var reader = Read((new Field("x", DataType.Utf8), [guid.ToString(), "c", "Tuesday"]));
        reader.Read();
        Assert.Equal(guid, reader.GetGuid(0));
        Assert.Equal(guid, reader.GetFieldValue<Guid?>(0));
        Assert.Equal(guid.ToString(), reader.GetTextReader(0).ReadToEnd());
        Assert.Equal(Encoding.UTF8.GetBytes(guid.ToString()), reader.GetFieldValue<byte[]>(0));
        reader.Read();
        Assert.Equal('c', reader.GetChar(0));
        Assert.Throws<InvalidCastException>(() => reader.GetGuid(0));
        reader.Read();
        Assert.Equal(DayOfWeek.Tuesday, reader.GetFieldValue<DayOfWeek>(0));
        Assert.Throws<InvalidCastException>(() => reader.GetChar(0));
        Assert.Equal(7, reader.GetChars(0, 0, null, 0, 0));
        var buffer = new char[4];
        Assert.Equal(3, reader.GetChars(0, 4, buffer, 1, 3));
        Assert.Equal("day", new string(buffer, 1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.GetChars(0, 0, buffer, 2, 3));
    }

    [Fact]
    public void Bytes_are_read_in_pieces()
    {
        using var reader = One(DataType.Binary, new byte[] { 1, 2, 3, 4 });
        var buffer = new byte[8];
        Assert.Equal(4, reader.GetBytes(0, 0, null, 0, 0));
        Assert.Equal(2, reader.GetBytes(0, 2, buffer, 1, 5));
        Assert.Equal(new byte[] { 0, 3, 4, 0 }, buffer[..4]);
        Assert.Equal(0, reader.GetBytes(0, 9, buffer, 0, 5));
        Assert.Equal(4, reader.GetStream(0).Length);
        Assert.Equal(4, reader.GetFieldValue<ReadOnlyMemory<byte>>(0).Length);
    }

    [Fact]
    public void Lists_read_as_arrays_and_lists()
    {
        using var reader = Read((new Field("x", DataType.List(DataType.Int64)), [new object?[] { 1L, 2L }, new object?[] { null }]));
        reader.Read();
        Assert.Equal([1, 2], reader.GetFieldValue<long[]>(0));
        Assert.Equal([1, 2], reader.GetFieldValue<List<int>>(0));
        Assert.Equal([1, 2], reader.GetFieldValue<long?[]>(0));
        reader.Read();
        Assert.Equal([null], reader.GetFieldValue<long?[]>(0));
        Assert.Throws<InvalidCastException>(() => reader.GetFieldValue<long[]>(0));
    }

    [Fact]
    public void Nulls_are_reported()
    {
        using var reader = One(DataType.Utf8, null);
        Assert.True(reader.IsDBNull(0));
        Assert.Equal(DBNull.Value, reader.GetValue(0));
        Assert.Equal(DBNull.Value, reader.GetFieldValue<object>(0));
        var error = Assert.Throws<InvalidCastException>(() => reader.GetString(0));
        Assert.Contains("'x'", error.Message, StringComparison.Ordinal);
        using var number = One(DataType.Int64, null);
        Assert.Null(number.GetFieldValue<long?>(0));
        Assert.Throws<InvalidCastException>(() => number.GetFieldValue<long>(0));
        using var nothing = One(DataType.Null, null);
        Assert.Equal(DBNull.Value, nothing[0]);
    }

    [Fact]
    public void Encoded_vectors_read_like_plain_ones()
    {
        var field = new Field("x", DataType.DictionaryUtf8);
        using var builder = VectorBuilder.Create(DataType.Utf8);
        builder.AppendValue("only");
        var lake = FakeLake.WithColumns((field, ["a", "b", null, "a"]));
        lake.Batches.Add(new Batch(lake.Schema, [new ConstantVector(builder.Build(), 3)]) { RowCount = 3 });
        using var reader = lake.Open().CreateCommand("SELECT").ExecuteReader();
        var values = new List<object>();
        while (reader.Read())
        {
            values.Add(reader[0]);
        }

        Assert.Equal(["a", "b", DBNull.Value, "a", "only", "only", "only"], values);
    }

    [Fact]
    public void Selections_and_empty_batches_are_respected()
    {
        var lake = FakeLake.WithColumns((new Field("x", DataType.Int32), [0, 1, 2, 3]));
        var selection = new Selection();
        unsafe
        {
            selection.Rows[0] = 1;
            selection.Rows[1] = 3;
        }

        selection.Count = 2;
        lake.Batches[0].Selection = selection;
        lake.Batches.Insert(0, new Batch(lake.Schema, lake.Batches[0].Columns) { RowCount = 0 });
        using var reader = lake.Open().CreateCommand("SELECT").ExecuteReader();
        Assert.True(reader.HasRows);
        Assert.True(reader.Read());
        Assert.Equal(1, reader.GetInt32(0));
        Assert.True(reader.Read());
        Assert.Equal(3, reader.GetInt32(0));
        Assert.False(reader.Read());
        Assert.False(reader.Read());
    }

    [Fact]
    public void Names_and_ordinals()
    {
        using var reader = Read((new Field("time", DataType.Int32), [1]), (new Field("Time", DataType.Int32), [2]), (new Field("level", DataType.Int32), [3]));
        Assert.Equal(3, reader.FieldCount);
        Assert.Equal(0, reader.GetOrdinal("time"));
        Assert.Equal(1, reader.GetOrdinal("Time"));
        Assert.Equal(2, reader.GetOrdinal("LEVEL"));
        Assert.Throws<IndexOutOfRangeException>(() => reader.GetOrdinal("nope"));
        Assert.Throws<IndexOutOfRangeException>(() => reader.GetName(3));
        Assert.Throws<IndexOutOfRangeException>(() => reader.GetFieldType(-1));
        Assert.Throws<InvalidOperationException>(() => reader.GetValue(0));
        Assert.Throws<InvalidOperationException>(() => reader.IsDBNull(0));
        Assert.True(reader.Read());
        var values = new object[2];
        Assert.Equal(2, reader.GetValues(values));
        Assert.Equal([1, 2], values);
        Assert.False(reader.Read());
        Assert.Throws<InvalidOperationException>(() => reader.GetInt32(0));
        Assert.False(reader.NextResult());
    }

    [Fact]
    public void A_closed_reader_says_so()
    {
        var reader = One(DataType.Int32, 1);
        reader.Close();
        reader.Close();
        Assert.True(reader.IsClosed);
        Assert.Equal(-1, reader.RecordsAffected);
        Assert.Throws<InvalidOperationException>(() => reader.Read());
        Assert.Throws<InvalidOperationException>(() => reader.FieldCount);
        Assert.Throws<InvalidOperationException>(() => reader.HasRows);
        Assert.Throws<InvalidOperationException>(() => reader.GetInt32(0));
        Assert.Throws<InvalidOperationException>(() => reader.GetSchemaTable());
        Assert.Throws<InvalidOperationException>(() => reader.NextResult());
    }

    [Fact]
    public void Enums_are_numbers_or_names()
    {
        using var number = One(DataType.Int64, 300L);
        Assert.Throws<OverflowException>(() => number.GetFieldValue<Tiny>(0));
        Assert.Throws<OverflowException>(() => number.GetFieldValue<Tiny?>(0));
        Assert.Equal((DayOfWeek)300, number.GetFieldValue<DayOfWeek?>(0));
        using var name = One(DataType.Utf8, "one");
        Assert.Equal((Tiny.One, Tiny.One), (name.GetFieldValue<Tiny>(0), name.GetFieldValue<Tiny?>(0)));
        Assert.Contains("'x'", Assert.Throws<InvalidCastException>(() => name.GetFieldValue<DayOfWeek>(0)).Message, StringComparison.Ordinal);
        Assert.Contains("'x'", Assert.Throws<InvalidCastException>(() => name.GetFieldValue<DayOfWeek?>(0)).Message, StringComparison.Ordinal);
        using var wide = One(DataType.UInt64, ulong.MaxValue);
        Assert.Equal((Wide.Most, Wide.Most), (wide.GetFieldValue<Wide>(0), wide.GetFieldValue<Wide?>(0)));
    }

    private enum Tiny : byte
    {
        One = 1,
    }

    private enum Wide : ulong
    {
        Most = ulong.MaxValue,
    }

    [Fact]
    public void Batches_of_every_kind_follow_each_other()
    {
        // What a getter may look at itself changes from batch to batch: with nulls, without, coded, constant.
        var (number, text) = (new Field("n", DataType.Int64), new Field("t", DataType.Utf8));
        var lake = FakeLake.WithColumns((number, [1L, 2L]), (text, ["a", "b"]));
        lake.Add((number, [3L, null]), (text, [null, "c"]));
        using var numbers = VectorBuilder.Create(DataType.Int64);
        numbers.AppendValue(7L);
        using var texts = VectorBuilder.Create(DataType.DictionaryUtf8);
        foreach (var value in new[] { "x", "y", "x" })
        {
            texts.AppendValue(value);
        }

        lake.Batches.Add(new Batch(lake.Schema, [new ConstantVector(numbers.Build(), 3), texts.Build()]) { RowCount = 3 });
        lake.Add((number, [8L]), (text, ["z"]));
        using var reader = lake.Open().CreateCommand("SELECT").ExecuteReader();
        var rows = new List<(long?, string?)>();
        while (reader.Read())
        {
            rows.Add((reader.IsDBNull(0) ? null : reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1)));
            Assert.Throws<IndexOutOfRangeException>(() => reader.GetInt64(2));
            if (reader.IsDBNull(0))
            {
                Assert.Throws<InvalidCastException>(() => reader.GetInt64(0));
            }
        }

        Assert.Equal([(1, "a"), (2, "b"), (3, null), (null, "c"), (7, "x"), (7, "y"), (7, "x"), (8, "z")], rows);
        Assert.Throws<InvalidOperationException>(() => reader.GetInt64(0));
    }

    [Fact]
    public async Task A_token_that_is_cancelled_before_the_call_gives_what_one_gives_during_it()
    {
        var canceled = new CancellationToken(canceled: true);
        await using var reader = Read((new Field("x", DataType.Int64), [1L, 2L, 3L]));
        Assert.True(await reader.ReadAsync());
        await CheckAsync(() => reader.GetColumnSchemaAsync(canceled));
        await CheckAsync(() => reader.NextResultAsync(canceled));

        // Rows are in hand still; the statement ends all the same.
        await CheckAsync(() => reader.ReadAsync(canceled));
        Assert.False(await reader.ReadAsync());
        await CheckAsync(() => reader.ReadAsync(canceled));

        async Task CheckAsync(Func<Task> call)
        {
            var task = call();
            var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
            Assert.True(task.IsCanceled);
            Assert.Equal(canceled, error.CancellationToken);
            Assert.Equal(MicromegasErrorCodes.QueryCanceled, Assert.IsType<MicromegasException>(error.InnerException).SqlState);
        }
    }

    [Fact]
    public async Task Describes_its_columns_asynchronously()
    {
        await using var reader = Read((new Field("d", DataType.Decimal128(10, 2), false), [(Int128)1]));
        var column = Assert.Single(await reader.GetColumnSchemaAsync());
        Assert.Equal(("d", false, 2), (column.ColumnName, column.AllowDBNull, column.NumericScale));
        Assert.Equal("d", (await reader.GetSchemaTableAsync())!.Rows[0][SchemaTableColumn.ColumnName]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.GetColumnSchemaAsync(new CancellationToken(canceled: true)));
        await reader.CloseAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.GetColumnSchemaAsync());
    }

    [Fact]
    public void Describes_its_columns()
    {
        using var reader = Read((new Field("d", DataType.Decimal128(10, 2), false), [(Int128)1]), (new Field("t", DataType.LakeTime), [1L]));
        var columns = reader.GetColumnSchema();
        Assert.Equal("d", columns[0].ColumnName);
        Assert.False(columns[0].AllowDBNull);
        Assert.Equal(10, columns[0].NumericPrecision);
        Assert.Equal("Timestamp(ns, \"+00:00\")", columns[1].DataTypeName);
        Assert.Equal(new Field("t", DataType.LakeTime), columns[1].ArrowField);
        Assert.Equal(2, ((IDbColumnSchemaGenerator)reader).GetColumnSchema().Count);
        var table = reader.GetSchemaTable()!;
        Assert.Equal(2, table.Rows.Count);
        Assert.Equal(typeof(decimal), table.Rows[0][SchemaTableColumn.DataType]);
        Assert.Equal(1, table.Rows[1][SchemaTableColumn.ColumnOrdinal]);
    }

    [Fact]
    public void DataTable_loads()
    {
        using var reader = Read((new Field("a", DataType.Int32), [1, null]), (new Field("b", DataType.LakeTime), [1L, 2L]));
        var table = new DataTable();
        table.Load(reader);
        Assert.Equal(2, table.Rows.Count);
        Assert.Equal(DBNull.Value, table.Rows[1]["a"]);
    }

    [Fact]
    public void Typed_getters_do_not_allocate()
    {
        var rows = Enumerable.Range(0, 2000).ToArray();
        using var reader = Read(
            (new Field("a", DataType.Int64), Array.ConvertAll(rows, static i => (object?)(long)i)),
            (new Field("b", DataType.LakeTime), Array.ConvertAll(rows, static i => (object?)(long)i)),
            (new Field("c", DataType.DictionaryUtf8), Array.ConvertAll(rows, static i => (object?)(i % 2 == 0 ? "even" : "odd"))),
            (new Field("d", DataType.Float64), Array.ConvertAll(rows, static i => (object?)(double)i)));
        for (var i = 0; i < 100; i++)
        {
            Take(reader);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Take(reader);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Take(MicromegasDataReader reader)
        {
            Assert.True(reader.Read());
            _ = reader.GetFieldValue<long>(0) + reader.GetInt32(0) + reader.GetFieldValue<int>(0);
            _ = reader.GetFieldValue<long?>(0);
            _ = reader.GetFieldValue<NanoTimestamp>(1).UnixNanoseconds + reader.GetDateTime(1).Ticks;
            _ = reader.GetString(2).Length + reader.GetFieldValue<string>(2).Length;
            _ = reader.GetDouble(3) + reader.GetFieldValue<double>(3);
            _ = reader.GetFieldValue<DayOfWeek>(0);
        }
    }
}
