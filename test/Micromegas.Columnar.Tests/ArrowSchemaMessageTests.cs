using System.Buffers.Binary;
using Micromegas.Testing;

namespace Micromegas.Columnar.Tests;

public class ArrowSchemaMessageTests
{
    private static readonly DataType[] Types =
    [
        DataType.Null, DataType.Boolean, DataType.Int8, DataType.Int16, DataType.Int32, DataType.Int64, DataType.UInt8, DataType.UInt16, DataType.UInt32,
        DataType.UInt64, DataType.Float16, DataType.Float32, DataType.Float64, DataType.Decimal128(38, -3), DataType.Decimal256(76, 20), DataType.Utf8,
        DataType.LargeUtf8, DataType.Utf8View, DataType.Binary, DataType.LargeBinary, DataType.BinaryView, DataType.FixedSizeBinary(0), DataType.FixedSizeBinary(16),
        DataType.Date32, DataType.Date64, DataType.Time32(TimeUnit.Second), DataType.Time32(TimeUnit.Millisecond), DataType.Time64(TimeUnit.Microsecond),
        DataType.Time64(TimeUnit.Nanosecond), DataType.LakeTime, DataType.Timestamp(TimeUnit.Second), DataType.Timestamp(TimeUnit.Millisecond, "Europe/Berlin"),
        DataType.Timestamp(TimeUnit.Microsecond, ""), DataType.Duration(TimeUnit.Second), DataType.Duration(TimeUnit.Nanosecond), DataType.IntervalYearMonth,
        DataType.IntervalDayTime, DataType.IntervalMonthDayNano, DataType.List(new Field("tag", DataType.Utf8, false)), DataType.LargeList(new Field("item", DataType.LakeTime)),
        DataType.FixedSizeList(new Field("item", DataType.Float32), 3), DataType.Struct(new Field("ä", DataType.Int32), new Field("", DataType.DictionaryUtf8, false)),
        DataType.Struct(), DataType.Map(DataType.Utf8, DataType.List(DataType.DictionaryUtf8)), DataType.DictionaryUtf8, DataType.Dictionary(DataType.UInt16, DataType.LakeTime),
        DataType.Dictionary(DataType.Int8, DataType.List(DataType.Int64)),
    ];

    [Fact]
    public void Every_type_comes_back()
    {
        foreach (var type in Types)
        {
            var schema = new Schema(new Field("nullable", type), new Field("required", type, false));
            Assert.Equal(schema, ArrowSchemaMessage.Read(ArrowSchemaMessage.Write(schema)));
        }
        var all = new Schema(Types.Select(static (type, i) => new Field($"c{i}", type, i % 2 == 0)).ToArray());
        Assert.Equal(all, ArrowSchemaMessage.Read(ArrowSchemaMessage.Write(all)));
        Assert.Equal(Schema.Empty, ArrowSchemaMessage.Read(ArrowSchemaMessage.Write(Schema.Empty)));
    }

    [Fact]
    public void Jsonb_is_written_as_binary()
    {
        var schema = new Schema(new Field("properties", DataType.DictionaryJsonb, false), new Field("events", DataType.Jsonb));
        var binary = new Schema(new Field("properties", DataType.Dictionary(DataType.Int32, DataType.Binary), false), new Field("events", DataType.Binary));
        Assert.Equal(binary, ArrowSchemaMessage.Read(ArrowSchemaMessage.Write(schema)));
        Assert.Equal(ArrowSchemaMessage.Write(binary), ArrowSchemaMessage.Write(schema));
    }

    [Fact]
    public void Random_schemas_come_back()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var schema = new RandomTable(new Random(seed)).NextSchema(seed % 30, 4);
            Assert.Equal(schema, ArrowSchemaMessage.Read(ArrowSchemaMessage.Write(schema)));
        }
    }

    [Fact]
    public void The_message_is_encapsulated_and_aligned()
    {
        var message = ArrowSchemaMessage.Write(new Schema(new Field("time", DataType.LakeTime, false)));
        Assert.Equal(0xFFFFFFFF, BinaryPrimitives.ReadUInt32LittleEndian(message));
        Assert.Equal(message.Length - 8, BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(4)));
        Assert.Equal(0, message.Length % 8);
        // The forms without marker, and without any prefix, are read too.
        Assert.Equal(1, ArrowSchemaMessage.Read(message.AsSpan(4)).Count);
        Assert.Equal(1, ArrowSchemaMessage.Read(message.AsSpan(8)).Count);
    }

    [Fact]
    public void Damaged_messages_give_a_typed_error()
    {
        var intact = ArrowSchemaMessage.Write(new Schema(Types.Select(static (type, i) => new Field($"c{i}", type)).ToArray()));
        var random = new Random(5);
        var refused = 0;
        for (var round = 0; round < 5000; round++)
        {
            var bytes = (byte[])intact.Clone();
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            try
            {
                ArrowSchemaMessage.Read(bytes.AsSpan(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length));
            }
            catch (ArrowFormatException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 500, 5000);
    }
}
