using System.Runtime.CompilerServices;

namespace Micromegas.Formats;

/// <summary>Which repetitions a compressor looks for.</summary>
public enum Lz4Matches
{
    /// <summary>Four bytes and more: the trade-off of liblz4's default level.</summary>
    Any,

    /// <summary>
    /// Eight bytes and more. Fewer and longer matches are decoded faster, and in texts that are made of the same phrases, such as messages, they take less than many short ones.
    /// Numbers lose what they share in fewer bytes.
    /// </summary>
    Long,
}

/// <summary>What the compressor counts as a match; its loop is compiled for each kind.</summary>
internal interface ILz4Match
{
    /// <summary>The place in the table of the bytes that a match begins with.</summary>
    static abstract uint Hash(ulong word);

    /// <summary>Whether as many bytes as a match must have agree.</summary>
    static abstract unsafe bool IsMatch(byte* left, byte* right);
}

internal readonly struct Lz4AnyMatch : ILz4Match
{
    public const int HashBits = 12;

    // Multiplicative hash of the first five bytes: longer keys than the four a match needs give fewer but better candidates.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(ulong word) => (uint)(((word << 24) * 0x9E3779B185EBCA87UL) >> (64 - HashBits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe bool IsMatch(byte* left, byte* right) => Unsafe.ReadUnaligned<uint>(left) == Unsafe.ReadUnaligned<uint>(right);
}

internal readonly struct Lz4LongMatch : ILz4Match
{
    /// <summary>As many places as an offset reaches back.</summary>
    public const int HashBits = 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(ulong word) => (uint)((word * 0x9E3779B185EBCA87UL) >> (64 - HashBits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe bool IsMatch(byte* left, byte* right) => Unsafe.ReadUnaligned<ulong>(left) == Unsafe.ReadUnaligned<ulong>(right);
}
