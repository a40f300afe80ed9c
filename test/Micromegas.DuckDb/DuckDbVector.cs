using System.Numerics;
using System.Text;
using Micromegas.DuckDb.Native;

namespace Micromegas.DuckDb;

/// <summary>A column of a chunk; valid until the next chunk is read.</summary>
public readonly unsafe ref struct DuckDbVector
{
    private readonly nint vector;
    private readonly DuckDbType type;
    private readonly void* data;
    private readonly ulong* validity;

    internal DuckDbVector(nint vector, DuckDbType type)
    {
        this.vector = vector;
        this.type = type;
        data = DuckDbNative.VectorData(vector);
        validity = DuckDbNative.VectorValidity(vector);
    }

    /// <summary>Whether a row has no value. No validity mask at all means that every row has one.</summary>
    public bool IsNull(int row) => validity != null && (validity[row >> 6] & (1UL << (row & 63))) == 0;

    /// <summary>The values as they are stored; the caller knows their type.</summary>
    public ReadOnlySpan<T> Values<T>(int count)
        where T : unmanaged => new(data, count);

    /// <summary>The bytes of a text or blob.</summary>
    public ReadOnlySpan<byte> Bytes(int row) => NativeString.Read((NativeString*)data + row);

    /// <summary>
    /// A value as CLR object. Everything temporal is a number in the type's unit (see <see cref="DuckDbTypeId"/>); decimals that do not fit into
    /// <see cref="decimal"/> are their unscaled digits as <see cref="BigInteger"/>; lists are arrays, structs dictionaries, maps arrays of pairs.
    /// </summary>
    public object? GetValue(int row)
    {
        if (IsNull(row))
        {
            return null;
        }

        return type.Id switch
        {
            DuckDbTypeId.Null => null,
            DuckDbTypeId.Boolean => ((byte*)data)[row] != 0,
            DuckDbTypeId.TinyInt => ((sbyte*)data)[row],
            DuckDbTypeId.SmallInt => ((short*)data)[row],
            DuckDbTypeId.Integer or DuckDbTypeId.Date => ((int*)data)[row],
            DuckDbTypeId.BigInt or DuckDbTypeId.Timestamp or DuckDbTypeId.TimestampSeconds or DuckDbTypeId.TimestampMilliseconds
                or DuckDbTypeId.TimestampNanoseconds or DuckDbTypeId.TimestampWithZone or DuckDbTypeId.Time
                or DuckDbTypeId.TimeNanoseconds => ((long*)data)[row],
            DuckDbTypeId.UTinyInt => ((byte*)data)[row],
            DuckDbTypeId.USmallInt => ((ushort*)data)[row],
            DuckDbTypeId.UInteger => ((uint*)data)[row],
            DuckDbTypeId.UBigInt => ((ulong*)data)[row],
            DuckDbTypeId.Float => ((float*)data)[row],
            DuckDbTypeId.Double => ((double*)data)[row],
            DuckDbTypeId.HugeInt => ((Int128*)data)[row],
            DuckDbTypeId.UHugeInt => ((UInt128*)data)[row],
            DuckDbTypeId.Varchar => Encoding.UTF8.GetString(Bytes(row)),
            DuckDbTypeId.Blob => Bytes(row).ToArray(),
            DuckDbTypeId.Interval => Interval(((NativeInterval*)data)[row]),
            DuckDbTypeId.Uuid => Uuid(((UInt128*)data)[row]),
            DuckDbTypeId.Decimal => Decimal(row),
            DuckDbTypeId.Enum => type.Names[(int)Stored(type.Storage, row)],
            DuckDbTypeId.List => Items(((NativeListEntry*)data)[row]),
            DuckDbTypeId.Array => Items(new(DuckDbNative.ArrayVectorChild(vector), type.Children[0]), row * type.ArraySize, type.ArraySize),
            DuckDbTypeId.Struct => Fields(row),
            DuckDbTypeId.Map => Entries(((NativeListEntry*)data)[row]),
            _ => throw new NotSupportedException($"DuckDB's type {type.Id} is not read here; cast it to VARCHAR in the query."),
        };
    }

    private static DuckDbInterval Interval(NativeInterval value) => new(value.Months, value.Days, value.Microseconds);

    // The most significant bit is flipped so that the stored number sorts as the text does.
    private static Guid Uuid(UInt128 stored)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, stored ^ (UInt128.One << 127));
        return new Guid(bytes, bigEndian: true);
    }

    private Int128 Stored(DuckDbTypeId storage, int row) => storage switch
    {
        DuckDbTypeId.UTinyInt => ((byte*)data)[row],
        DuckDbTypeId.USmallInt => ((ushort*)data)[row],
        DuckDbTypeId.UInteger => ((uint*)data)[row],
        DuckDbTypeId.SmallInt => ((short*)data)[row],
        DuckDbTypeId.Integer => ((int*)data)[row],
        DuckDbTypeId.BigInt => ((long*)data)[row],
        DuckDbTypeId.HugeInt => ((Int128*)data)[row],
        _ => throw new NotSupportedException($"{type.Id} stored as {storage}."),
    };

    private object Decimal(int row)
    {
        const int decimalDigits = 28;
        var unscaled = Stored(type.Storage, row);
        if (type.Width > decimalDigits)
        {
            return (BigInteger)unscaled;
        }

        var magnitude = (UInt128)Int128.Abs(unscaled);
        return new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), (int)(uint)(magnitude >> 64), unscaled < 0, (byte)type.Scale);
    }

    private object?[] Items(NativeListEntry entry) =>
        Items(new(DuckDbNative.ListVectorChild(vector), type.Children[0]), checked((int)entry.Offset), checked((int)entry.Length));

    private static object?[] Items(DuckDbVector child, int offset, int length)
    {
        var items = new object?[length];
        for (var i = 0; i < length; i++)
        {
            items[i] = child.GetValue(offset + i);
        }

        return items;
    }

    private Dictionary<string, object?> Fields(int row)
    {
        var fields = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var i = 0; i < type.Children.Count; i++)
        {
            fields.Add(type.Names[i], new DuckDbVector(DuckDbNative.StructVectorChild(vector, (ulong)i), type.Children[i]).GetValue(row));
        }

        return fields;
    }

    // A map is a list of structs of key and value.
    private KeyValuePair<object, object?>[] Entries(NativeListEntry entry)
    {
        var child = DuckDbNative.ListVectorChild(vector);
        var keys = Items(new(DuckDbNative.StructVectorChild(child, 0), type.Children[0]), checked((int)entry.Offset), checked((int)entry.Length));
        var values = Items(new(DuckDbNative.StructVectorChild(child, 1), type.Children[1]), checked((int)entry.Offset), checked((int)entry.Length));
        return [.. keys.Zip(values, (key, value) => new KeyValuePair<object, object?>(key!, value))];
    }
}
