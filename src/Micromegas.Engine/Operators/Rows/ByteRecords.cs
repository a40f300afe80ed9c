using System.Runtime.CompilerServices;
using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>A byte string of a <see cref="ByteStringTable"/>, its number and length in front.</summary>
internal unsafe struct ByteRecord
{
    public const int HeaderSize = 8;

    public int Number;
    public int Length;

    public readonly byte* Start => (byte*)Unsafe.AsPointer(ref Unsafe.AsRef(in this)) + HeaderSize;

    public readonly ReadOnlySpan<byte> Span => new(Start, Length);
}

/// <summary>
/// Keeps numbered byte strings at fixed addresses and names their places with 32 bits, never 0. Blocks grow from small to large; each counts as one of the largest
/// size, a longer string as several of them.
/// </summary>
internal sealed unsafe class ByteRecords : IDisposable
{
    private const int SmallestBlock = 4 << 10;
    private const int LargestBlock = 1 << 20;

    /// <summary>Records start at multiples of 8 bytes, which is what places count.</summary>
    private const int UnitShift = 3;
    private const int BlockShift = 20 - UnitShift;
    private const uint BlockMask = (1u << BlockShift) - 1;

    private readonly List<NativeBuffer> buffers = [];
    /// <summary>Address of each block; a block that follows another in one buffer has its own.</summary>
    private readonly NativeList<nint> blocks = new();
    private uint position = BlockMask;
    private uint end;
    private long nextBlock = SmallestBlock;
    private long bytes;

    public long Bytes => bytes + blocks.Bytes;

    /// <summary>Bytes of the block that comes next, if what is left is not plenty.</summary>
    public long GrowthBytes => (long)(end - Math.Min(position, end)) << UnitShift < nextBlock / 2 ? nextBlock : 0;

    /// <summary>The string at a place.</summary>
    public ByteRecord* this[uint place]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (ByteRecord*)(blocks.Items[place >> BlockShift] + ((nint)(place & BlockMask) << UnitShift));
    }

    /// <summary>Copies a string; gives its place.</summary>
    public uint Add(byte* value, int length, int number)
    {
        var units = (uint)(((long)length + ByteRecord.HeaderSize + (1 << UnitShift) - 1) >> UnitShift);
        if (position + (ulong)units > end)
        {
            AddBlock(units);
        }
        var place = position;
        position += units;
        var record = this[place];
        record->Number = number;
        record->Length = length;
        var target = record->Start;
        if (length >= 8)
        {
            // Texts are short: eight bytes at a time, the last of which may overlap those before.
            var last = length - 8;
            if (length <= 64)
            {
                for (var i = 0; i < last; i += 8)
                {
                    Unsafe.WriteUnaligned(target + i, Unsafe.ReadUnaligned<ulong>(value + i));
                }
                Unsafe.WriteUnaligned(target + last, Unsafe.ReadUnaligned<ulong>(value + last));
            }
            else
            {
                Buffer.MemoryCopy(value, target, length, length);
            }
        }
        else
        {
            for (var i = 0; i < length; i++)
            {
                target[i] = value[i];
            }
        }
        return place;
    }

    public void Dispose()
    {
        foreach (var buffer in buffers)
        {
            buffer.Dispose();
        }
        buffers.Clear();
        blocks.Dispose();
        position = BlockMask;
        end = 0;
        bytes = 0;
    }

    private void AddBlock(uint units)
    {
        // The first unit of a block stays free, so that no place is 0.
        var wanted = ((long)units + 1) << UnitShift;
        var buffer = BufferPool.Shared.Rent(Math.Max(wanted, nextBlock));
        buffers.Add(buffer);
        bytes += buffer.Capacity;
        nextBlock = Math.Min(nextBlock * 2, LargestBlock);
        var first = (uint)blocks.Count;
        // A buffer may be larger than asked for, but only strings that do not fit a block make it span several.
        var span = Math.Max(1, (wanted + LargestBlock - 1) / LargestBlock);
        if (first + span >= 1L << (32 - BlockShift))
        {
            Throw.Engine(SqlState.OutOfMemory, "An operator can hold no more than 32 GiB of distinct texts.");
        }
        for (var i = 0; i < span; i++)
        {
            blocks.Add((nint)buffer.Pointer + ((nint)i * LargestBlock));
        }
        position = (first << BlockShift) + 1;
        end = (first << BlockShift) + (uint)(Math.Min(buffer.Capacity, span * LargestBlock) >> UnitShift);
    }
}
