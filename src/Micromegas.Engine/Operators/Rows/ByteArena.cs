using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>Where the bytes of a stored value lie.</summary>
internal readonly unsafe struct ByteString(byte* start, int length)
{
    public readonly byte* Start = start;
    public readonly int Length = length;

    public ReadOnlySpan<byte> Span => new(Start, Length);
}

/// <summary>Keeps byte strings at fixed addresses, in blocks that grow from small to large.</summary>
internal sealed unsafe class ByteArena : IDisposable
{
    private const int SmallestBlock = 4 << 10;
    private const int LargestBlock = 1 << 20;

    private readonly List<NativeBuffer> blocks = [];
    private byte* position;
    private long left;
    private long nextBlock = SmallestBlock;

    public long Bytes { get; private set; }

    /// <summary>Bytes of the block that comes next, if what is left is not plenty.</summary>
    public long GrowthBytes => left < nextBlock / 2 ? nextBlock : 0;

    public ByteString Add(ReadOnlySpan<byte> value)
    {
        if (value.Length > left)
        {
            AddBlock(value.Length);
        }
        var start = position;
        value.CopyTo(new Span<byte>(start, value.Length));
        position += value.Length;
        left -= value.Length;
        return new ByteString(start, value.Length);
    }

    public void Dispose()
    {
        foreach (var block in blocks)
        {
            block.Dispose();
        }
        blocks.Clear();
        left = 0;
        Bytes = 0;
    }

    private void AddBlock(int atLeast)
    {
        var block = BufferPool.Shared.Rent(Math.Max(atLeast, nextBlock));
        nextBlock = Math.Min(nextBlock * 2, LargestBlock);
        blocks.Add(block);
        Bytes += block.Capacity;
        position = block.Pointer;
        left = block.Capacity;
    }
}
