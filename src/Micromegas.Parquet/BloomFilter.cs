using System.Buffers.Binary;
using System.Text;
using Micromegas.Columnar;
using Micromegas.Formats;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Schemas;

namespace Micromegas.Parquet;

/// <summary>Tells of most values that a column chunk lacks that it lacks them. Format: "Parquet Bloom Filter", split blocks of 256 bits.</summary>
public sealed unsafe class BloomFilter : IDisposable
{
    internal const int BlockBytes = 32;

    private static ReadOnlySpan<uint> Salts =>
        [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31];

    private readonly LeafNode leaf;
    private readonly FetchedBytes bytes;
    private readonly int start;
    private readonly uint blocks;

    /// <param name="leaf">The column.</param>
    /// <param name="bytes">Header and blocks; disposed with this.</param>
    /// <param name="start">Where the blocks begin.</param>
    /// <param name="blocks">Their number.</param>
    internal BloomFilter(LeafNode leaf, FetchedBytes bytes, int start, int blocks)
    {
        this.leaf = leaf;
        this.bytes = bytes;
        this.start = start;
        this.blocks = (uint)blocks;
    }

    /// <summary>Bytes in the file.</summary>
    public long Size => bytes.Length;

    /// <summary>Whether the chunk may hold a value equal to this one; true also for values of which the filter can say nothing.</summary>
    public bool MayContain(Scalar value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (Hash(leaf, value) is not { } hash)
        {
            return true;
        }
        var block = (uint*)(bytes.Pointer + start) + (BlockOf(hash, blocks) * (BlockBytes / 4));
        for (var i = 0; i < Salts.Length; i++)
        {
            if ((block[i] & BitOf(hash, i)) == 0)
            {
                return false;
            }
        }
        return true;
    }

    public void Dispose() => bytes.Dispose();

    internal static void Insert(Span<byte> target, ulong hash)
    {
        var block = target.Slice((int)BlockOf(hash, (uint)(target.Length / BlockBytes)) * BlockBytes, BlockBytes);
        for (var i = 0; i < Salts.Length; i++)
        {
            var word = block.Slice(i * 4, 4);
            BinaryPrimitives.WriteUInt32LittleEndian(word, BinaryPrimitives.ReadUInt32LittleEndian(word) | BitOf(hash, i));
        }
    }

    internal static ulong Hash(ReadOnlySpan<byte> plain) => XxHash64.Hash(plain);

    private static uint BlockOf(ulong hash, uint blocks) => (uint)(((hash >> 32) * blocks) >> 32);

    private static uint BitOf(ulong hash, int word) => 1u << (int)(unchecked((uint)hash * Salts[word]) >> 27);

    /// <summary>Hash of the value as PLAIN writes it; null where equal values may be written differently (floats: zero has two forms) or types do not fit.</summary>
    private static ulong? Hash(LeafNode leaf, Scalar value)
    {
        Span<byte> number = stackalloc byte[8];
        switch (leaf.Leaf.Physical, value.Value)
        {
            case (PhysicalType.ByteArray, string text) when leaf.Type.ValueType.IsUtf8:
                return Hash(Encoding.UTF8.GetBytes(text));
            case (PhysicalType.ByteArray or PhysicalType.FixedLenByteArray, byte[] binary) when !leaf.Type.ValueType.IsDecimal:
                return Hash(binary);
            case (PhysicalType.Int32, sbyte or short or int or byte or ushort or uint):
                BinaryPrimitives.WriteInt32LittleEndian(number, unchecked((int)ToInt64(value.Value)));
                return Hash(number[..4]);
            case (PhysicalType.Int64, long or ulong):
                BinaryPrimitives.WriteInt64LittleEndian(number, ToInt64(value.Value));
                return Hash(number);
            default:
                return null;
        }
    }

    private static long ToInt64(object value) => value switch
    {
        sbyte small => small,
        short small => small,
        int small => small,
        byte small => small,
        ushort small => small,
        uint small => small,
        ulong large => unchecked((long)large),
        _ => (long)value,
    };
}
