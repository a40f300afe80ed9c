using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>
/// One column of <see cref="RadixPartitions"/>: where its values lie in the chunk that each partition fills, and how a batch's values get there. A partition's next
/// place is a line of the cache that is written from end to end, so that scattering costs little more than copying.
/// </summary>
internal abstract unsafe class RadixColumn : IDisposable
{
    private readonly NativeList<nint> validity = new();
    private readonly NativeList<byte> hasNulls = new();
    private readonly DataType type;
    private int nullOffset;
    private int chunkRows;

    protected RadixColumn(DataType type)
    {
        this.type = type;
        validity.Resize(RadixPartitions.Count, 0);
        hasNulls.Resize(RadixPartitions.Count, 0);
    }

    protected DataType Type => type;

    public static bool Suits(DataType type) => type.Storage is StorageKind.Bit or StorageKind.Flat or StorageKind.Bytes;

    public static RadixColumn Create(DataType type) => type.Storage switch
    {
        StorageKind.Bit => new BitRadixColumn(type),
        StorageKind.Bytes => new BytesRadixColumn(type),
        _ => FlatVector.Create(type).ElementSize switch
        {
            1 => new FlatRadixColumn<byte>(type),
            2 => new FlatRadixColumn<short>(type),
            4 => new FlatRadixColumn<int>(type),
            8 => new FlatRadixColumn<long>(type),
            16 => new FlatRadixColumn<Int128>(type),
            _ => new FlatRadixColumn<Int256>(type),
        },
    };

    /// <summary>Bytes of memory that outgrew chunks which are still being filled.</summary>
    public virtual long OutgrownBytes => 0;

    /// <summary>Takes its part of a chunk: its first bytes, which have fixed size a row.</summary>
    public virtual long Layout(long at, int rows)
    {
        chunkRows = rows;
        nullOffset = (int)at;
        return RadixPartitions.Align(at + (Bitmap.WordCount(rows) * sizeof(ulong)));
    }

    /// <summary>A partition begins another chunk.</summary>
    public virtual void Open(int partition, byte* chunk)
    {
        validity[partition] = (nint)(chunk + nullOffset);
        hasNulls[partition] = 0;
    }

    /// <summary>A partition's chunk is full: what is not in it goes along.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="ordinal">The column's number.</param>
    public virtual void Close(int partition, RadixChunk chunk, int ordinal)
    {
        if (hasNulls[partition] != 0)
        {
            chunk.NullColumns |= 1UL << ordinal;
        }
    }

    /// <summary>Copies values to their places.</summary>
    /// <param name="access">The values.</param>
    /// <param name="rows">The rows; null = those from <paramref name="first"/> on.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="count">Rows.</param>
    /// <param name="partitions">The partition of each.</param>
    /// <param name="places">Its place in the partition's chunk.</param>
    public void Scatter(in VectorAccess access, int* rows, int first, int count, int* partitions, int* places)
    {
        ScatterValues(access, rows, first, count, partitions, places);
        if (!access.MayHaveNulls)
        {
            return;
        }
        for (var i = 0; i < count; i++)
        {
            if (access.IsNull(rows == null ? first + i : rows[first + i]))
            {
                SetNull(partitions[i], places[i]);
            }
        }
    }

    /// <summary>Looks at the values of a chunk.</summary>
    public Vector View(RadixChunk chunk, int ordinal)
    {
        var vector = ViewValues(chunk, ordinal);
        if ((chunk.NullColumns >> ordinal & 1) != 0)
        {
            vector.AttachValidity((ulong*)(chunk.Buffer.Pointer + nullOffset));
        }
        return vector;
    }

    public virtual void Dispose()
    {
        validity.Dispose();
        hasNulls.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract void ScatterValues(in VectorAccess access, int* rows, int first, int count, int* partitions, int* places);

    protected abstract Vector ViewValues(RadixChunk chunk, int ordinal);

    private void SetNull(int partition, int place)
    {
        var bits = (ulong*)validity[partition];
        if (hasNulls[partition] == 0)
        {
            hasNulls[partition] = 1;
            Bitmap.Fill(bits, chunkRows, true);
        }
        Bitmap.Clear(bits, place);
    }
}

/// <summary>Values of fixed size.</summary>
internal sealed unsafe class FlatRadixColumn<T> : RadixColumn
    where T : unmanaged
{
    private readonly NativeList<nint> values = new();
    private int offset;

    public FlatRadixColumn(DataType type)
        : base(type) => values.Resize(RadixPartitions.Count, 0);

    public override long Layout(long at, int rows)
    {
        offset = (int)at;
        return base.Layout(RadixPartitions.Align(at + ((long)rows * sizeof(T))), rows);
    }

    public override void Open(int partition, byte* chunk)
    {
        base.Open(partition, chunk);
        values[partition] = (nint)(chunk + offset);
    }

    public override void Dispose()
    {
        base.Dispose();
        values.Dispose();
    }

    protected override void ScatterValues(in VectorAccess access, int* rows, int first, int count, int* partitions, int* places)
    {
        if (access.Plain is not FlatVector plain)
        {
            return;
        }
        var from = (T*)plain.Data;
        var to = values.Items;
        if (access.IsDirect && rows == null)
        {
            from += first;
            for (var i = 0; i < count; i++)
            {
                ((T*)to[partitions[i]])[places[i]] = from[i];
            }
            return;
        }
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? first + i : rows[first + i];
            ((T*)to[partitions[i]])[places[i]] = access.MayHaveNulls && access.IsNull(row) ? default : from[access.IndexOf(row)];
        }
    }

    protected override Vector ViewValues(RadixChunk chunk, int ordinal)
    {
        var vector = FlatVector.Create(Type);
        vector.Attach(chunk.Buffer.Pointer + offset, chunk.Rows);
        return vector;
    }
}

/// <summary>Booleans.</summary>
internal sealed unsafe class BitRadixColumn : RadixColumn
{
    private readonly NativeList<nint> words = new();
    private int offset;

    public BitRadixColumn(DataType type)
        : base(type) => words.Resize(RadixPartitions.Count, 0);

    public override long Layout(long at, int rows)
    {
        offset = (int)at;
        return base.Layout(RadixPartitions.Align(at + (Bitmap.WordCount(rows) * sizeof(ulong))), rows);
    }

    public override void Open(int partition, byte* chunk)
    {
        base.Open(partition, chunk);
        words[partition] = (nint)(chunk + offset);
    }

    public override void Dispose()
    {
        base.Dispose();
        words.Dispose();
    }

    protected override void ScatterValues(in VectorAccess access, int* rows, int first, int count, int* partitions, int* places)
    {
        if (access.Plain is not BitVector plain)
        {
            return;
        }
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? first + i : rows[first + i];
            Bitmap.Assign((ulong*)words[partitions[i]], places[i], !access.IsNull(row) && plain[access.IndexOf(row)]);
        }
    }

    protected override Vector ViewValues(RadixChunk chunk, int ordinal)
    {
        var vector = new BitVector(Type);
        vector.Attach((ulong*)(chunk.Buffer.Pointer + offset), chunk.Rows);
        return vector;
    }
}

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
