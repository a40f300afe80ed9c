using System.Buffers;

namespace Micromegas.Parquet.Writing;

/// <summary>A growing array of bytes that is used again and again.</summary>
internal sealed class ByteBuffer : IBufferWriter<byte>
{
    private byte[] bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> WrittenSpan => bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return bytes.AsSpan(Length);
    }

    public void Put(byte value)
    {
        Reserve(1);
        bytes[Length++] = value;
    }

    public void Put(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(bytes.AsSpan(Length));
        Length += value.Length;
    }

    public void PutVarint(ulong value)
    {
        while (value >= 0x80)
        {
            Put((byte)(value | 0x80));
            value >>= 7;
        }
        Put((byte)value);
    }

    public void PutZigZag(long value) => PutVarint((ulong)((value << 1) ^ (value >> 63)));

    private void Reserve(int count)
    {
        if (bytes.Length - Length < count)
        {
            Array.Resize(ref bytes, (int)Math.Min(Math.Max(bytes.Length * 2L, Length + (long)count), Array.MaxLength));
        }
    }
}

/// <summary>A growing list of numbers that is used again and again.</summary>
internal sealed class NumberBuffer<T>
    where T : unmanaged
{
    private T[] values = new T[1024];

    public int Count { get; private set; }

    public Span<T> Span => values.AsSpan(0, Count);

    public T this[int index]
    {
        get => values[index];
        set => values[index] = value;
    }

    public void Clear() => Count = 0;

    public void Add(T value)
    {
        if (Count == values.Length)
        {
            Array.Resize(ref values, Count * 2);
        }
        values[Count++] = value;
    }

    /// <summary>Room for more values, which count as added.</summary>
    public Span<T> Extend(int count)
    {
        if (values.Length - Count < count)
        {
            Array.Resize(ref values, Math.Max(values.Length * 2, Count + count));
        }
        Count += count;
        return values.AsSpan(Count - count, count);
    }
}
