using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Expressions;

/// <summary>Writes the values of a text or binary vector, row by row in ascending order; rows that are skipped become empty.</summary>
internal unsafe struct BytesWriter
{
    // Short texts are never asked for; long ones every few microseconds.
    private const long CheckBytes = 256 << 10;

    private readonly BinaryVector output;
    private readonly int* offsets;
    private byte* bytes;
    private long capacity;
    private long used;
    private long nextCheck = CheckBytes;
    private int next;

    public BytesWriter(BinaryVector output)
    {
        this.output = output;
        offsets = output.Offsets;
        bytes = output.Bytes;
        capacity = output.ByteCapacity;
    }

    /// <summary>Starts the value of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin(int row)
    {
        while (next <= row)
        {
            offsets[next++] = (int)used;
        }
        if (used >= nextCheck)
        {
            Check();
        }
    }

    /// <summary>Room for the next <paramref name="count"/> bytes of the current value; <see cref="Advance"/> says how many were written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Reserve(int count)
    {
        if (used + count > capacity)
        {
            Grow(count);
        }
        return new Span<byte>(bytes + used, count);
    }

    public void Advance(int count) => used += count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        used += value.Length;
    }

    /// <summary>The same for bytes of a vector: up to <see cref="NativeBuffer.Slack"/> bytes behind them may be read, and are written where the next value goes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(byte* value, int length)
    {
        if (used + length > capacity)
        {
            Grow(length);
        }
        var target = bytes + used;
        for (var i = 0; i < length; i += Vector256<byte>.Count)
        {
            Vector256.Store(Vector256.Load(value + i), target + i);
        }
        used += length;
    }

    public void Append(byte value)
    {
        Reserve(1)[0] = value;
        used++;
    }

    public void Append(ReadOnlySpan<char> value) => used += Encoding.UTF8.GetBytes(value, Reserve(Encoding.UTF8.GetMaxByteCount(value.Length)));

    public void Append(Rune value) => used += value.EncodeToUtf8(Reserve(4));

    public void Append<T>(T value, ReadOnlySpan<char> format = default)
        where T : IUtf8SpanFormattable
    {
        int written;
        var room = 64;
        while (!value.TryFormat(Reserve(room), out written, format, System.Globalization.CultureInfo.InvariantCulture))
        {
            room *= 2;
        }
        used += written;
    }

    /// <summary>Bytes of the current value so far.</summary>
    public readonly Span<byte> Current => new(bytes + offsets[next - 1], (int)(used - offsets[next - 1]));

    /// <summary>Takes back what was written of the current value and marks its row null.</summary>
    public void SetNull()
    {
        used = offsets[next - 1];
        Nulls.Set(output, next - 1);
    }

    /// <summary>Ends the last value.</summary>
    public void Finish()
    {
        while (next <= output.Length)
        {
            offsets[next++] = (int)used;
        }
    }

    private void Check()
    {
        Interruption.ThrowIfRequested();
        nextCheck = used + CheckBytes;
    }

    private void Grow(int count)
    {
        Interruption.BeforeGrowth(used + count);
        if (used + count > int.MaxValue)
        {
            Throw.Engine(SqlState.OutOfMemory, "The texts of one batch exceed 2 GiB.");
        }
        output.GrowBytes(used + count, used);
        bytes = output.Bytes;
        capacity = output.ByteCapacity;
    }
}
