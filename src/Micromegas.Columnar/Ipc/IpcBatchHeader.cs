using System.Buffers.Binary;
using static Micromegas.Columnar.ArrowMetadata;

namespace Micromegas.Columnar;

/// <summary>
/// A RecordBatch table, decoded: rows, one node a field (depth first), one entry a buffer, and how the buffers are compressed.
/// Filled anew for every message; the columns take nodes and buffers in order.
/// </summary>
internal sealed class IpcBatchHeader
{
    private (long Rows, long Nulls)[] nodes = [];
    private (long Offset, long Length)[] buffers = [];
    private long[] variadicCounts = [];
    private int nodeCount;
    private int bufferCount;
    private int variadicCount;
    private int nextNode;
    private int nextBuffer;
    private int nextVariadic;

    /// <summary>Rows of the batch.</summary>
    public int Rows { get; private set; }

    /// <summary>Whether buffers are LZ4 frames.</summary>
    public bool Compressed { get; private set; }

    /// <summary>Decodes a RecordBatch table.</summary>
    public void Read(FlatBufferTable batch)
    {
        Rows = CheckedRows(batch.Int64(RecordBatch.Length));
        nodeCount = ReadPairs(batch.Structs(RecordBatch.Nodes, RecordBatch.StructSize), ref nodes);
        bufferCount = ReadPairs(batch.Structs(RecordBatch.Buffers, RecordBatch.StructSize), ref buffers);
        var counts = batch.Structs(RecordBatch.VariadicCounts, sizeof(long));
        variadicCount = counts.Length / sizeof(long);
        if (variadicCounts.Length < variadicCount)
        {
            variadicCounts = new long[variadicCount];
        }
        for (var i = 0; i < variadicCount; i++)
        {
            variadicCounts[i] = BinaryPrimitives.ReadInt64LittleEndian(counts[(i * sizeof(long))..]);
        }
        nextNode = nextBuffer = nextVariadic = 0;
        Compressed = ReadCompression(batch);
    }

    /// <summary>Rows and nulls of the next field.</summary>
    public (int Rows, long Nulls) TakeNode()
    {
        if (nextNode == nodeCount)
        {
            throw Missing("field nodes");
        }
        var (rows, nulls) = nodes[nextNode++];
        return (CheckedRows(rows), nulls);
    }

    /// <summary>Place of the next buffer in the body.</summary>
    public (long Offset, long Length) TakeBuffer() => nextBuffer < bufferCount ? buffers[nextBuffer++] : throw Missing("buffers");

    /// <summary>How many data buffers the next column of views has.</summary>
    public int TakeVariadicCount()
    {
        if (nextVariadic == variadicCount)
        {
            throw Missing("counts of data buffers");
        }
        var count = variadicCounts[nextVariadic++];
        return count >= 0 && count <= bufferCount - nextBuffer ? (int)count : throw Missing("buffers");
    }

    private static int ReadPairs(ReadOnlySpan<byte> structs, ref (long, long)[] pairs)
    {
        var count = structs.Length / RecordBatch.StructSize;
        if (pairs.Length < count)
        {
            pairs = new (long, long)[count];
        }
        for (var i = 0; i < count; i++)
        {
            var pair = structs.Slice(i * RecordBatch.StructSize, RecordBatch.StructSize);
            pairs[i] = (BinaryPrimitives.ReadInt64LittleEndian(pair), BinaryPrimitives.ReadInt64LittleEndian(pair[8..]));
        }
        return count;
    }

    private static bool ReadCompression(FlatBufferTable batch)
    {
        if (!batch.Has(RecordBatch.Compression))
        {
            return false;
        }
        var compression = batch.Table(RecordBatch.Compression);
        if (compression.Byte(BodyCompression.Method) != BodyCompression.MethodBuffer)
        {
            throw new ArrowFormatException("Arrow bodies that are not compressed buffer by buffer are not supported.");
        }
        return compression.Byte(BodyCompression.Codec) switch
        {
            BodyCompression.Lz4Frame => true,
            BodyCompression.Zstandard => throw new ArrowFormatException("Arrow bodies compressed with ZSTD are not supported; LZ4_FRAME is."),
            var other => throw new ArrowFormatException($"Damaged Arrow metadata: unknown compression codec {other}."),
        };
    }

    private static int CheckedRows(long rows) =>
        rows is >= 0 and <= int.MaxValue - 64 ? (int)rows : throw new ArrowFormatException($"An Arrow batch of {rows} rows is not supported.");

    private static ArrowFormatException Missing(string what) => new($"Damaged Arrow batch: it has fewer {what} than its columns need.");
}
