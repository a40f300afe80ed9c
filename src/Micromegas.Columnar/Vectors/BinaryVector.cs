using System.Runtime.CompilerServices;

namespace Micromegas.Columnar;

/// <summary>Values of any length: value <c>i</c> is the bytes from <c>Offsets[i]</c> to <c>Offsets[i + 1]</c>; the first offset need not be 0.</summary>
public unsafe class BinaryVector : Vector
{
    private NativeBuffer? offsetBuffer;
    private NativeBuffer? byteBuffer;

    public BinaryVector(DataType type)
        : base(type)
    {
    }

    /// <summary><see cref="Vector.Length"/> + 1 offsets into <see cref="Bytes"/>.</summary>
    public int* Offsets { get; private set; }

    /// <summary>What the offsets count from. Up to <see cref="NativeBuffer.Slack"/> bytes behind the last value may be read.</summary>
    public byte* Bytes { get; private set; }

    public override long OwnedBytes => base.OwnedBytes + (offsetBuffer?.Capacity ?? 0) + (byteBuffer?.Capacity ?? 0);

    /// <summary>Bytes that the own byte memory holds.</summary>
    public long ByteCapacity => byteBuffer?.Capacity ?? 0;

    public ReadOnlySpan<byte> this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Bytes + Offsets[row], Offsets[row + 1] - Offsets[row]);
    }

    /// <summary>An empty vector for a type of storage <see cref="StorageKind.Bytes"/>: <see cref="Utf8Vector"/> for texts.</summary>
    public static BinaryVector Create(DataType type) => type.ValueType.IsUtf8 ? new Utf8Vector(type) : new BinaryVector(type);

    /// <summary>Looks at values that somebody else keeps.</summary>
    public void Attach(int* offsets, byte* bytes, int length)
    {
        Offsets = offsets;
        Bytes = bytes;
        Length = length;
    }

    /// <summary>Own memory for <paramref name="rows"/> values and <paramref name="bytes"/> bytes, without nulls; <c>Offsets[0]</c> is 0, the rest is undefined.</summary>
    public void Prepare(int rows, long bytes)
    {
        EnsureCapacity(ref offsetBuffer, (rows + 1L) * sizeof(int));
        EnsureCapacity(ref byteBuffer, bytes);
        Offsets = (int*)offsetBuffer!.Pointer;
        Bytes = byteBuffer!.Pointer;
        Offsets[0] = 0;
        Length = rows;
        AttachValidity(null);
    }

    /// <summary>Grows the own byte memory to at least <paramref name="bytes"/>, keeping its first <paramref name="used"/> bytes. For kernels that learn the size as they go.</summary>
    public void GrowBytes(long bytes, long used)
    {
        if (byteBuffer != null && byteBuffer.Capacity >= bytes)
        {
            return;
        }
        var grown = BufferPool.Shared.Rent(Math.Max(bytes, (byteBuffer?.Capacity ?? 0) * 2));
        if (used > 0)
        {
            Buffer.MemoryCopy(byteBuffer!.Pointer, grown.Pointer, grown.Capacity, used);
        }
        byteBuffer?.Dispose();
        byteBuffer = grown;
        Bytes = grown.Pointer;
    }

    internal void Adopt(NativeBuffer? offsets, NativeBuffer? bytes, NativeBuffer? validity, int length)
    {
        offsetBuffer?.Dispose();
        byteBuffer?.Dispose();
        offsetBuffer = offsets;
        byteBuffer = bytes;
        Offsets = offsets == null ? null : (int*)offsets.Pointer;
        Bytes = bytes == null ? null : bytes.Pointer;
        AdoptValidity(validity);
        Length = length;
    }

    public override void Dispose()
    {
        base.Dispose();
        offsetBuffer?.Dispose();
        byteBuffer?.Dispose();
        offsetBuffer = null;
        byteBuffer = null;
        Offsets = null;
        Bytes = null;
    }
}

/// <summary>A <see cref="BinaryVector"/> whose values are valid UTF-8.</summary>
public sealed class Utf8Vector(DataType? type = null) : BinaryVector(type ?? DataType.Utf8);
