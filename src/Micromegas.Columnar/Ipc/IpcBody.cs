using System.Buffers.Binary;
using System.Runtime.InteropServices;
using static Micromegas.Columnar.ArrowMetadata;

namespace Micromegas.Columnar;

/// <summary>
/// One message's body in the making: nodes, buffers, and the pieces of memory that hold them, some of the vectors' own and some of
/// <see cref="Memory"/>. Reused from message to message.
/// </summary>
internal sealed unsafe class IpcBody(IArrowLz4Codec? lz4) : IDisposable
{
    /// <summary>Buffers begin at multiples of this (Arrow recommends 64; 8 is required).</summary>
    private const int Alignment = 64;

    private readonly List<(long Rows, long Nulls)> nodes = [];
    private readonly List<(long Offset, long Length)> buffers = [];
    private readonly List<long> variadicCounts = [];

    /// <summary>What the columns need beside the vectors' own memory.</summary>
    public IpcMemory Memory { get; } = new();

    /// <summary>The pieces in order; a piece without address is padding.</summary>
    public List<(nint Address, long Length)> Pieces { get; } = [];

    /// <summary>Bytes of all pieces.</summary>
    public long Length { get; private set; }

    /// <summary>Rows of the message.</summary>
    public int Rows { get; set; }

    public void AddNode(int rows, int nulls) => nodes.Add((rows, nulls));

    public void AddVariadicCount(int count) => variadicCounts.Add(count);

    public void AddEmptyBuffer() => buffers.Add((Length, 0));

    /// <summary>Adds a buffer; the memory must stay as it is until the message is written.</summary>
    public void AddBuffer(void* bytes, long length)
    {
        var offset = Length;
        if (lz4 == null || length == 0)
        {
            AddPiece(bytes, length);
        }
        else
        {
            AddCompressed((byte*)bytes, length);
        }
        buffers.Add((offset, Length - offset));
        var padding = -Length & (Alignment - 1);
        if (padding > 0)
        {
            AddPiece(null, padding);
        }
    }

    private void AddCompressed(byte* bytes, long length)
    {
        var room = Memory.Rent(length + sizeof(long));
        var packed = -1;
        if (length <= int.MaxValue)
        {
            packed = lz4!.Compress(new ReadOnlySpan<byte>(bytes, (int)length), new Span<byte>(room + sizeof(long), (int)length));
        }
        BinaryPrimitives.WriteInt64LittleEndian(new Span<byte>(room, sizeof(long)), packed < 0 ? -1 : length);
        if (packed < 0)
        {
            AddPiece(room, sizeof(long));
            AddPiece(bytes, length);
        }
        else
        {
            AddPiece(room, sizeof(long) + packed);
        }
    }

    private void AddPiece(void* bytes, long length)
    {
        if (length > 0)
        {
            Pieces.Add(((nint)bytes, length));
            Length += length;
        }
    }

    /// <summary>Writes the RecordBatch table and returns its offset.</summary>
    public int WriteTable(FlatBufferWriter writer)
    {
        var nodeVector = WritePairs(writer, CollectionsMarshal.AsSpan(nodes));
        var bufferVector = WritePairs(writer, CollectionsMarshal.AsSpan(buffers));
        var countVector = variadicCounts.Count == 0
            ? 0
            : writer.WriteStructs(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(variadicCounts)), sizeof(long));
        var compression = 0;
        if (lz4 != null)
        {
            writer.StartTable(BodyCompression.FieldCount);
            writer.AddByte(BodyCompression.Codec, BodyCompression.Lz4Frame);
            writer.AddByte(BodyCompression.Method, BodyCompression.MethodBuffer);
            compression = writer.EndTable();
        }
        writer.StartTable(RecordBatch.FieldCount);
        writer.AddInt64(RecordBatch.Length, Rows);
        writer.AddReference(RecordBatch.Nodes, nodeVector);
        writer.AddReference(RecordBatch.Buffers, bufferVector);
        if (compression != 0)
        {
            writer.AddReference(RecordBatch.Compression, compression);
        }
        if (countVector != 0)
        {
            writer.AddReference(RecordBatch.VariadicCounts, countVector);
        }
        return writer.EndTable();
    }

    private static int WritePairs(FlatBufferWriter writer, Span<(long, long)> pairs) =>
        writer.WriteStructs(MemoryMarshal.AsBytes(pairs), RecordBatch.StructSize);

    /// <summary>Forgets the message and gives its memory back.</summary>
    public void Clear()
    {
        nodes.Clear();
        buffers.Clear();
        variadicCounts.Clear();
        Pieces.Clear();
        Length = 0;
        Rows = 0;
        Memory.Reset();
    }

    public void Dispose() => Memory.Dispose();
}
