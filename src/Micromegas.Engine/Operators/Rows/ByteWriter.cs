using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>A growing string of bytes.</summary>
internal sealed unsafe class ByteWriter : IDisposable
{
    private readonly NativeList<byte> bytes = new();

    public int Length => bytes.Count;

    public ReadOnlySpan<byte> Span => bytes.Span;

    public void Clear() => bytes.Count = 0;

    public void Add(byte value) => bytes.Add(value);

    public void Add(byte* value, long length)
    {
        Reserve(length);
        Buffer.MemoryCopy(value, bytes.Items + bytes.Count, length, length);
        bytes.Count += (int)length;
    }

    public void AddBigEndian(ulong value)
    {
        Reserve(8);
        BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(bytes.Items + bytes.Count, 8), value);
        bytes.Count += 8;
    }

    public void AddBigEndian(uint value)
    {
        Reserve(4);
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(bytes.Items + bytes.Count, 4), value);
        bytes.Count += 4;
    }

    public void AddBigEndian(ushort value)
    {
        Add((byte)(value >> 8));
        Add((byte)value);
    }

    /// <summary>Adds bytes so that comparing keeps their order although more follows: 0 becomes 0 255, the end is 0 0.</summary>
    public void AddTerminated(ReadOnlySpan<byte> value)
    {
        Reserve((value.Length * 2L) + 2);
        if (!value.Contains((byte)0))
        {
            value.CopyTo(new Span<byte>(bytes.Items + bytes.Count, value.Length));
            bytes.Count += value.Length;
        }
        else
        {
            foreach (var one in value)
            {
                bytes.Items[bytes.Count++] = one;
                if (one == 0)
                {
                    bytes.Items[bytes.Count++] = 255;
                }
            }
        }
        bytes.Items[bytes.Count++] = 0;
        bytes.Items[bytes.Count++] = 0;
    }

    /// <summary>Inverts everything from <paramref name="start"/> on: the order of what is there turns round.</summary>
    public void InvertFrom(int start)
    {
        for (var i = start; i < bytes.Count; i++)
        {
            bytes.Items[i] = (byte)~bytes.Items[i];
        }
    }

    public void Dispose() => bytes.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(long more)
    {
        if (bytes.Count + more > bytes.Capacity)
        {
            Grow(more);
        }
    }

    private void Grow(long more)
    {
        if (bytes.Count + more > int.MaxValue)
        {
            Throw.Engine(SqlState.OutOfMemory, "A sort key exceeds two GiB.");
        }
        bytes.EnsureCapacity((int)(bytes.Count + more));
    }
}
