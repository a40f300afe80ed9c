using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>Texts and binaries: offsets, and bytes behind everything of fixed size. Where a chunk's texts are longer than expected, they go to memory of their own.</summary>
internal sealed unsafe class BytesRadixColumn : RadixColumn
{
    /// <summary>How far ahead of a partition's next text the memory is asked for that is to be written.</summary>
    private const int Ahead = 128;

    private readonly NativeList<Place> places = new();
    private readonly NativeBuffer?[] outgrown = new NativeBuffer?[RadixPartitions.Count];
    private long outgrownBytes;
    private int offset;
    private int byteOffset;

    public BytesRadixColumn(DataType type)
        : base(type) => places.Resize(RadixPartitions.Count, default);

    /// <summary>Bytes of a chunk for texts of this column.</summary>
    public int ByteCapacity { get; set; }

    public override long OutgrownBytes => outgrownBytes;

    public override long Layout(long at, int rows)
    {
        offset = (int)at;
        return base.Layout(RadixPartitions.Align(at + ((rows + 1L) * sizeof(int))), rows);
    }

    /// <summary>Takes the room for texts; they are copied in pieces that may run over the end.</summary>
    public long LayoutBytes(long at)
    {
        byteOffset = (int)at;
        return RadixPartitions.Align(at + ByteCapacity + Vector256<byte>.Count);
    }

    public override void Open(int partition, byte* chunk)
    {
        base.Open(partition, chunk);
        places[partition] = new Place { Offsets = (int*)(chunk + offset), Bytes = chunk + byteOffset, Capacity = ByteCapacity };
        *places[partition].Offsets = 0;
    }

    public override void Close(int partition, RadixChunk chunk, int ordinal)
    {
        base.Close(partition, chunk, ordinal);
        if (outgrown[partition] is { } buffer)
        {
            chunk.Outgrown ??= [];
            chunk.Outgrown.Add(ordinal, buffer);
            outgrownBytes -= buffer.Capacity;
            outgrown[partition] = null;
        }
    }

    /// <summary>Bytes of texts in a partition's chunk.</summary>
    public int BytesOf(int partition) => places[partition].End;

    public override void Dispose()
    {
        base.Dispose();
        places.Dispose();
        foreach (var buffer in outgrown)
        {
            buffer?.Dispose();
        }
    }

    protected override void ScatterValues(in VectorAccess access, int* rows, int first, int count, int* partitions, int* places)
    {
        if (access.Plain is not BinaryVector plain)
        {
            for (var i = 0; i < count; i++)
            {
                Append(partitions[i], places[i], null, 0);
            }
            return;
        }
        var offsets = plain.Offsets;
        var bytes = plain.Bytes;
        if (access.IsDirect && !access.MayHaveNulls)
        {
            for (var i = 0; i < count; i++)
            {
                var row = rows == null ? first + i : rows[first + i];
                var start = offsets[row];
                Append(partitions[i], places[i], bytes + start, offsets[row + 1] - start);
            }
            return;
        }
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? first + i : rows[first + i];
            if (access.IsNull(row))
            {
                Append(partitions[i], places[i], null, 0);
                continue;
            }
            var index = access.IndexOf(row);
            Append(partitions[i], places[i], bytes + offsets[index], offsets[index + 1] - offsets[index]);
        }
    }

    protected override Vector ViewValues(RadixChunk chunk, int ordinal)
    {
        var vector = BinaryVector.Create(Type);
        var bytes = chunk.Outgrown is { } buffers && buffers.TryGetValue(ordinal, out var own) ? own.Pointer : chunk.Buffer.Pointer + byteOffset;
        vector.Attach((int*)(chunk.Buffer.Pointer + offset), bytes, chunk.Rows);
        return vector;
    }

    /// <summary>Vectors may be read, and chunks written, some bytes beyond their last value (<see cref="NativeBuffer.Slack"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Append(int partition, int row, byte* value, int length)
    {
        ref var place = ref places[partition];
        var start = place.End;
        if (length > place.Capacity - start)
        {
            Grow(partition, length);
        }
        place.End = start + length;
        place.Offsets[row + 1] = start + length;
        var target = place.Bytes + start;
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(target + Ahead);
        }
        for (var i = 0; i < length; i += Vector256<byte>.Count)
        {
            Vector256.Store(Vector256.Load(value + i), target + i);
        }
    }

    private void Grow(int partition, int length)
    {
        ref var place = ref places[partition];
        var wanted = place.End + (long)length;
        if (wanted > int.MaxValue)
        {
            Throw.Engine(SqlState.OutOfMemory, "The texts of a batch exceed two GiB.");
        }
        var grown = BufferPool.Shared.Rent(Math.Min(int.MaxValue, Math.Max(wanted, place.Capacity * 2L)));
        Buffer.MemoryCopy(place.Bytes, grown.Pointer, grown.Capacity, place.End);
        if (outgrown[partition] is { } before)
        {
            outgrownBytes -= before.Capacity;
            before.Dispose();
        }
        outgrown[partition] = grown;
        outgrownBytes += grown.Capacity;
        place.Bytes = grown.Pointer;
        place.Capacity = (int)Math.Min(grown.Capacity, int.MaxValue);
    }

    /// <summary>Where a partition's next text goes.</summary>
    private struct Place
    {
        public int* Offsets;
        public byte* Bytes;
        public int End;
        public int Capacity;
    }
}
