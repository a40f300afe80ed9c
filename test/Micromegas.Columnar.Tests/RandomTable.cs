using System.Text;
using Micromegas.Columnar;

namespace Micromegas.Testing;

/// <summary>Random schemas, values and columns for property tests. Everything follows from the seed of the generator.</summary>
internal sealed class RandomTable(Random random)
{
    private static readonly DataType[] Leaves =
    [
        DataType.Boolean, DataType.Int8, DataType.Int16, DataType.Int32, DataType.Int64, DataType.UInt8, DataType.UInt16, DataType.UInt32, DataType.UInt64,
        DataType.Float16, DataType.Float32, DataType.Float64, DataType.Utf8, DataType.LargeUtf8, DataType.Utf8View, DataType.Binary, DataType.LargeBinary,
        DataType.BinaryView, DataType.Date32, DataType.Date64, DataType.IntervalYearMonth, DataType.IntervalDayTime, DataType.LakeTime,
        DataType.Timestamp(TimeUnit.Second, "Europe/Berlin"), DataType.Timestamp(TimeUnit.Millisecond), DataType.Timestamp(TimeUnit.Microsecond, "UTC"),
        DataType.Time32(TimeUnit.Second), DataType.Time32(TimeUnit.Millisecond), DataType.Time64(TimeUnit.Microsecond), DataType.Time64(TimeUnit.Nanosecond),
        DataType.Duration(TimeUnit.Nanosecond), DataType.Decimal128(5, 2), DataType.Decimal128(18, 0), DataType.Decimal128(38, 10),
        DataType.Decimal256(60, 3), DataType.FixedSizeBinary(7), DataType.FixedSizeBinary(16), DataType.DictionaryUtf8,
        DataType.Dictionary(DataType.Int32, DataType.Binary), DataType.Dictionary(DataType.UInt8, DataType.Int64), DataType.Null,
    ];

    public Schema NextSchema(int columns, int depth)
    {
        var fields = new Field[columns];
        for (var i = 0; i < columns; i++)
        {
            fields[i] = NextField($"c{i}", depth);
        }
        return new Schema(fields);
    }

    public Field NextField(string name, int depth)
    {
        var type = NextType(depth);
        return new Field(name, type, type.Kind == TypeKind.Null || random.Next(3) > 0);
    }

    public DataType NextType(int depth)
    {
        if (depth == 0 || random.Next(3) == 0)
        {
            return Leaves[random.Next(Leaves.Length)];
        }
        switch (random.Next(5))
        {
            case 0:
                return DataType.List(NextField("tag", depth - 1));
            case 1:
                return DataType.LargeList(NextField("item", depth - 1));
            case 2:
                return DataType.Map(new Field("entries", DataType.Struct(new Field("key", DataType.Utf8, false), NextField("value", depth - 1)), false));
            case 3:
                return DataType.FixedSizeList(NextField("item", depth - 1), random.Next(4));
            default:
                var members = new Field[random.Next(1, 4)];
                for (var i = 0; i < members.Length; i++)
                {
                    members[i] = NextField($"m{i}", depth - 1);
                }
                return DataType.Struct(members);
        }
    }

    /// <summary>A column of boxed values; how much they repeat differs from column to column.</summary>
    public object?[] NextColumn(Field field, int rows)
    {
        var values = new object?[rows];
        var distinct = random.Next(4) switch { 0 => 1, 1 => random.Next(1, 20), 2 => random.Next(20, 2000), _ => int.MaxValue };
        var pool = new List<object?>();
        var nulls = field.Nullable ? random.Next(3) * 0.3 : 0;
        for (var i = 0; i < rows;)
        {
            var run = random.Next(4) == 0 ? random.Next(1, 300) : 1;
            object? value;
            if (field.Nullable && random.NextDouble() < nulls)
            {
                value = null;
            }
            else if (pool.Count < distinct)
            {
                pool.Add(value = NextValue(field.Type));
            }
            else
            {
                value = pool[random.Next(pool.Count)];
            }
            for (; run > 0 && i < rows; run--)
            {
                values[i++] = value;
            }
        }
        return values;
    }

    public object? NextValue(DataType type)
    {
        type = type.ValueType;
        switch (type.Kind)
        {
            case TypeKind.Null:
                return null;
            case TypeKind.Boolean:
                return random.Next(2) == 0;
            case TypeKind.Int8:
                return (sbyte)NextBits();
            case TypeKind.UInt8:
                return (byte)NextBits();
            case TypeKind.Int16:
                return (short)NextBits();
            case TypeKind.UInt16:
                return (ushort)NextBits();
            case TypeKind.UInt32:
                return (uint)NextBits();
            case TypeKind.Int32 or TypeKind.Date32 or TypeKind.Time32 or TypeKind.IntervalYearMonth:
                return (int)NextBits();
            case TypeKind.UInt64:
                return (ulong)NextBits();
            case TypeKind.Float16:
                return random.Next(10) == 0 ? Half.NaN : (Half)((random.NextDouble() * 2000) - 1000);
            case TypeKind.Float32:
                return random.Next(10) switch { 0 => float.NaN, 1 => -0f, _ => (float)((random.NextDouble() * 2e6) - 1e6) };
            case TypeKind.Float64:
                return random.Next(10) switch { 0 => double.NaN, 1 => 0d, 2 => double.NegativeInfinity, _ => (random.NextDouble() * 2e6) - 1e6 };
            case TypeKind.Decimal128:
                return (Int128)NextNumber(type.Precision);
            case TypeKind.Decimal256:
                return Int256.FromBigInteger(NextNumber(type.Precision));
            case TypeKind.IntervalMonthDayNano:
                return new MonthDayNano(random.Next(-1000, 1000), random.Next(-1000, 1000), NextBits());
            case TypeKind.FixedSizeBinary:
                return NextBytes(type.Width);
            case TypeKind.List or TypeKind.LargeList:
                return NextItems(type.ItemField, random.Next(5));
            case TypeKind.FixedSizeList:
                return NextItems(type.ItemField, type.Width);
            case TypeKind.Map:
                return NextItems(type.ItemField, random.Next(4));
            case TypeKind.Struct:
                return type.Fields.Select(NextMember).ToArray();
            default:
                return type.IsUtf8 ? NextText() : type.IsBinary ? NextBytes(random.Next(4) == 0 ? 0 : random.Next(40)) : NextBits();
        }
    }

    private object? NextMember(Field field) => field.Nullable && random.Next(4) == 0 ? null : NextValue(field.Type);

    private object?[] NextItems(Field item, int count)
    {
        var items = new object?[count];
        for (var i = 0; i < count; i++)
        {
            items[i] = NextMember(item);
        }
        return items;
    }

    private long NextBits() => random.Next(4) switch
    {
        0 => random.NextInt64(long.MinValue, long.MaxValue),
        1 => random.Next(2) == 0 ? long.MinValue : long.MaxValue,
        _ => random.Next(-1000, 1000),
    };

    private System.Numerics.BigInteger NextNumber(int digits)
    {
        var limit = System.Numerics.BigInteger.Pow(10, digits);
        var value = new System.Numerics.BigInteger(NextBytes(32)) % limit;
        return random.Next(3) == 0 ? value % 1000 : value;
    }

    private byte[] NextBytes(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private string NextText()
    {
        string[] parts = ["lobby ", "connected from ", "10.1.2.", "tick", "é", "漢字", "🚀", "\0", "slow: "];
        var text = new StringBuilder();
        for (var i = random.Next(8); i > 0; i--)
        {
            text.Append(random.Next(2) == 0 ? parts[random.Next(parts.Length)] : random.Next(100_000).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        return random.Next(200) == 0 ? new string('\u07FF', 100) + text : text.ToString();
    }

    /// <summary>Compares boxed values, arrays by content and NaN equal to itself.</summary>
    public static bool Same(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        (object?[] a, object?[] b) => a.Length == b.Length && a.Zip(b).All(static pair => Same(pair.First, pair.Second)),
        _ => Equals(left, right),
    };

    public static string Show(object? value) => value switch
    {
        null => "null",
        byte[] bytes => Convert.ToHexString(bytes),
        object?[] items => "[" + string.Join(", ", items.Select(Show)) + "]",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };
}
