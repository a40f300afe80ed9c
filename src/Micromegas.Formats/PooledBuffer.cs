using System.Buffers;
using System.Runtime.CompilerServices;

namespace Micromegas.Formats;

/// <summary>A growing byte buffer on rented arrays. Writers append to it, and it is used again after <see cref="Clear"/>.</summary>
/// <remarks>Not thread-safe. Spans taken from it are valid until the next write, <see cref="Clear"/> or <see cref="Dispose"/>.</remarks>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int SmallestArray = 256;

    private byte[] array = [];
    private int length;

    /// <summary>Bytes written so far.</summary>
    public int Length => length;

    /// <summary>The bytes written so far.</summary>
    public ReadOnlySpan<byte> WrittenSpan => array.AsSpan(0, length);

    /// <summary>The bytes written so far.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => array.AsMemory(0, length);

    /// <summary>The written bytes for changes in place.</summary>
    public Span<byte> WritableSpan => array.AsSpan(0, length);

    /// <summary>Forgets the content and keeps the memory.</summary>
    public void Clear() => length = 0;

    /// <summary>Drops everything after the first <paramref name="newLength"/> bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The new length is negative or more than there is.</exception>
    public void Truncate(int newLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)newLength, (uint)length, nameof(newLength));
        length = newLength;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(array.Length - length), nameof(count));
        length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return array.AsMemory(length);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return array.AsSpan(length);
    }

    /// <summary>Appends bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > array.Length - length)
        {
            Grow(bytes.Length);
        }

        bytes.CopyTo(array.AsSpan(length));
        length += bytes.Length;
    }

    /// <summary>Appends one byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(byte value)
    {
        if (length == array.Length)
        {
            Grow(1);
        }

        array[length++] = value;
    }

    /// <summary>Appends <paramref name="count"/> bytes of undefined content and returns them.</summary>
    public Span<byte> Append(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Reserve(count);
        Span<byte> appended = array.AsSpan(length, count);
        length += count;
        return appended;
    }

    /// <summary>Gives the memory back; the buffer is empty afterwards and may be used again.</summary>
    public void Dispose()
    {
        byte[] old = array;
        array = [];
        length = 0;
        if (old.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(old);
        }
    }

    private void Reserve(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        int needed = Math.Max(sizeHint, 1);
        if (needed > array.Length - length)
        {
            Grow(needed);
        }
    }

    private void Grow(int needed)
    {
        long wanted = Math.Max(Math.Max((long)length + needed, Math.Min(array.Length * 2L, Array.MaxLength)), SmallestArray);
        if (wanted > Array.MaxLength)
        {
            throw new InsufficientMemoryException("A buffer would exceed 2 GiB.");
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent((int)wanted);
        array.AsSpan(0, length).CopyTo(larger);
        byte[] old = array;
        array = larger;
        if (old.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(old);
        }
    }
}
