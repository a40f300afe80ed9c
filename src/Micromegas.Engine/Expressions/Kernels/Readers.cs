using System.Runtime.CompilerServices;
using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>Reads flat values by row, however they are encoded. Valid as long as the vector is.</summary>
internal unsafe struct FlatReader<T>
    where T : unmanaged
{
    private T* values;
    private int* codes;
    private int mask;

    public FlatReader(Vector vector)
    {
        codes = null;
        mask = -1;
        var plain = Encodings.Unwrap(vector, ref codes, ref mask);
        values = plain is NullVector ? null : ((FlatVector<T>)plain).Values;
    }

    /// <summary>The value of a row that is not null.</summary>
    public readonly T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => values[codes != null ? codes[row] : row & mask];
    }
}

/// <summary>Reads texts and binaries by row, however they are encoded. Valid as long as the vector is.</summary>
internal unsafe struct BytesReader
{
    private readonly int* offsets;
    private readonly byte* bytes;
    private int* codes;
    private int mask;

    public BytesReader(Vector vector)
    {
        codes = null;
        mask = -1;
        offsets = null;
        bytes = null;
        if (Encodings.Unwrap(vector, ref codes, ref mask) is BinaryVector plain)
        {
            offsets = plain.Offsets;
            bytes = plain.Bytes;
        }
    }

    /// <summary>The value of a row that is not null.</summary>
    public readonly ReadOnlySpan<byte> this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var index = codes != null ? codes[row] : row & mask;
            var start = offsets[index];
            return new ReadOnlySpan<byte>(bytes + start, offsets[index + 1] - start);
        }
    }
}

/// <summary>Reads Booleans by row, however they are encoded. Valid as long as the vector is.</summary>
internal unsafe struct BitReader
{
    private readonly ulong* words;
    private int* codes;
    private int mask;

    public BitReader(Vector vector)
    {
        codes = null;
        mask = -1;
        words = Encodings.Unwrap(vector, ref codes, ref mask) is BitVector plain ? plain.Words : null;
    }

    /// <summary>The value of a row that is not null.</summary>
    public readonly bool this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Bitmap.Get(words, codes != null ? codes[row] : row & mask);
    }
}

/// <summary>Reads lists by row, however they are encoded.</summary>
internal unsafe struct ListReader
{
    private readonly int* offsets;
    private int* codes;
    private int mask;

    public ListReader(Vector vector)
    {
        codes = null;
        mask = -1;
        offsets = null;
        Items = vector;
        if (Encodings.Unwrap(vector, ref codes, ref mask) is ListVector plain)
        {
            offsets = plain.Offsets;
            Items = plain.Items;
        }
    }

    /// <summary>What the ranges count in.</summary>
    public Vector Items { get; }

    /// <summary>First item of a row that is not null.</summary>
    public readonly int Start(int row) => offsets[codes != null ? codes[row] : row & mask];

    /// <summary>Behind the last item of a row that is not null.</summary>
    public readonly int End(int row) => offsets[(codes != null ? codes[row] : row & mask) + 1];

    public readonly int Count(int row) => End(row) - Start(row);
}

/// <summary>What lies below dictionaries and constants.</summary>
internal static unsafe class Encodings
{
    /// <summary>The plain vector; <paramref name="codes"/> are set for a dictionary, <paramref name="mask"/> is 0 for a constant.</summary>
    public static Vector Unwrap(Vector vector, ref int* codes, ref int mask)
    {
        switch (vector)
        {
            case DictionaryVector dictionary:
                codes = dictionary.Codes;
                return dictionary.Values;
            case ConstantVector constant:
                mask = 0;
                return constant.Value;
            default:
                return vector;
        }
    }
}
