using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>A column whose values take as much room in every row: they lie side by side from one place of the chunk on.</summary>
internal abstract unsafe class FixedRadixColumn : RadixColumn
{
    private readonly NativeList<nint> places = new();

    protected FixedRadixColumn(DataType type)
        : base(type) => places.Resize(RadixPartitions.Count, 0);

    /// <summary>Where the values lie in the chunk that each partition fills.</summary>
    protected nint* Places => places.Items;

    /// <summary>Where they begin in a chunk.</summary>
    protected int Offset { get; private set; }

    public override long Layout(long at, int rows)
    {
        Offset = (int)at;
        return base.Layout(RadixPartitions.Align(at + BytesOf(rows)), rows);
    }

    public override void Open(int partition, byte* chunk)
    {
        base.Open(partition, chunk);
        places[partition] = (nint)(chunk + Offset);
    }

    public override void Dispose()
    {
        base.Dispose();
        places.Dispose();
    }

    /// <summary>Bytes of the values of so many rows.</summary>
    protected abstract long BytesOf(int rows);
}

/// <summary>Values of whole bytes.</summary>
internal sealed unsafe class FlatRadixColumn<T>(DataType type) : FixedRadixColumn(type)
    where T : unmanaged
{
    protected override long BytesOf(int rows) => (long)rows * sizeof(T);

    protected override void ScatterValues(in VectorAccess access, int* rows, int first, int count, int* partitions, int* places)
    {
        if (access.Plain is not FlatVector plain)
        {
            return;
        }
        var from = (T*)plain.Data;
        var to = Places;
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
        vector.Attach(chunk.Buffer.Pointer + Offset, chunk.Rows);
        return vector;
    }
}

/// <summary>Booleans.</summary>
internal sealed unsafe class BitRadixColumn(DataType type) : FixedRadixColumn(type)
{
    protected override long BytesOf(int rows) => Bitmap.WordCount(rows) * sizeof(ulong);

    protected override void ScatterValues(in VectorAccess access, int* rows, int first, int count, int* partitions, int* places)
    {
        if (access.Plain is not BitVector plain)
        {
            return;
        }
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? first + i : rows[first + i];
            Bitmap.Assign((ulong*)Places[partitions[i]], places[i], !access.IsNull(row) && plain[access.IndexOf(row)]);
        }
    }

    protected override Vector ViewValues(RadixChunk chunk, int ordinal)
    {
        var vector = new BitVector(Type);
        vector.Attach((ulong*)(chunk.Buffer.Pointer + Offset), chunk.Rows);
        return vector;
    }
}
