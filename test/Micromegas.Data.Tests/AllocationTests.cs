using Micromegas.Columnar;

namespace Micromegas.Data.Tests;

/// <summary>Counts what the calling thread allocates; other tests do not disturb that.</summary>
public class AllocationTests(GoldenLakeFixture golden) : IClassFixture<GoldenLakeFixture>
{
    private const int Rows = 1000;

    [Fact]
    public void TypedGettersDoNotBox()
    {
        var lake = FakeLake.WithColumns(
            Column("long", DataType.Int64, static i => (long)i),
            Column("int", DataType.Int32, static i => i),
            Column("double", DataType.Float64, static i => i * 0.5),
            Column("bool", DataType.Boolean, static i => i % 2 == 0),
            Column("time", DataType.LakeTime, static i => 1_795_366_440_123_456_789L + i),
            Column("decimal", DataType.Decimal128(20, 4), static i => (Int128)i * 100_000_000_000_000),
            Column("duration", DataType.Duration(TimeUnit.Nanosecond), static i => (long)i),
            Column("interval", DataType.IntervalMonthDayNano, static i => new MonthDayNano(1, i, i)),
            Column("date", DataType.Date32, static i => i),
            Column("float", DataType.Float32, static i => (float)i),
            Column("ulong", DataType.UInt64, static i => (ulong)i),
            Column("null", DataType.Int64, static i => i % 2 == 0 ? null : (long)i));
        using var connection = lake.Open();
        using var reader = connection.CreateCommand("SELECT").ExecuteReader();
        Assert.True(reader.Read());
        ReadAll(reader);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var rows = 1;
        while (reader.Read())
        {
            ReadAll(reader);
            rows++;
            if (rows == Rows)
            {
                break;
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(Rows, rows);
    }

    [Fact]
    public void TextsOfADictionaryAreMadeOnce()
    {
        var values = new Utf8Vector();
        using (var builder = VectorBuilder.Create(DataType.Utf8))
        {
            builder.AppendValue("one");
            builder.AppendValue("two");
            values = (Utf8Vector)builder.Build();
        }

        var type = DataType.Dictionary(DataType.Int32, DataType.Utf8);
        var vector = new DictionaryVector(type, values);
        vector.Prepare(values, Rows);
        unsafe
        {
            for (var i = 0; i < Rows; i++)
            {
                vector.Codes[i] = i & 1;
            }
        }

        var lake = new FakeLake { Schema = new Schema(new Field("c", type)) };
        lake.Batches.Add(new Batch(lake.Schema, [vector]) { RowCount = Rows });
        using var connection = lake.Open();
        using var reader = connection.CreateCommand("SELECT").ExecuteReader();
        Assert.True(reader.Read() && reader.GetString(0) == "one" && reader.Read() && reader.GetString(0) == "two");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 2; i < Rows; i++)
        {
            Assert.True(reader.Read() && reader.GetString(0).Length == 3);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void OpeningAConnectionCostsLessThanAKilobyte()
    {
        var text = golden.Lake.ConnectionString;
        Cycle();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Cycle();
        }

        // Without optimization the compiler makes classes of asynchronous methods; a release needs 520 bytes.
#if DEBUG
        const int limit = 2047;
#else
        const int limit = 1023;
#endif
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 0, limit);

        void Cycle()
        {
            using var connection = new MicromegasConnection(text);
            connection.Open();
        }
    }

    private static void ReadAll(MicromegasDataReader reader)
    {
        var sum = reader.GetInt64(0) + reader.GetInt32(1) + (long)reader.GetDouble(2) + (reader.GetBoolean(3) ? 1 : 0);
        sum += reader.GetFieldValue<long>(0) + reader.GetFieldValue<int>(1) + reader.GetFieldValue<short>(1) + (long)reader.GetFieldValue<double>(2);
        sum += reader.GetNanoTimestamp(4).UnixNanoseconds + reader.GetDateTime(4).Ticks + reader.GetFieldValue<NanoTimestamp>(4).UnixNanoseconds;
        sum += reader.GetFieldValue<DateTimeOffset>(4).Ticks + reader.GetFieldValue<NanoTimestamp?>(4)!.Value.UnixNanoseconds;
        sum += (long)reader.GetDecimal(5) + (long)reader.GetFieldValue<decimal>(5) + reader.GetTimeSpan(6).Ticks + reader.GetFieldValue<MicromegasInterval>(7).Days;
        sum += reader.GetFieldValue<DateOnly>(8).DayNumber + (long)reader.GetFloat(9) + (long)reader.GetFieldValue<ulong>(10) + (long)reader.GetFieldValue<TelemetryLevel>(1);
        sum += (reader.IsDBNull(11) ? 0 : reader.GetInt64(11)) + (reader.GetFieldValue<long?>(11) ?? 0) + (long)reader.GetFieldValue<Int128>(0);
        GC.KeepAlive(reader);
        Assert.True(sum != 1);
    }

    private static (Field Field, object?[] Values) Column(string name, DataType type, Func<int, object?> value)
        => (new Field(name, type, true), [.. Enumerable.Range(0, Rows).Select(value)]);
}
