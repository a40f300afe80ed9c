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
