using System.Runtime.Intrinsics.X86;

namespace Micromegas.Parquet.Encodings;

/// <summary>
/// Unpacks little-endian bit-packed integers. All methods take whole groups of 8 values, which start at a byte; they may read up to 64 bytes
/// behind the packed ones and write nothing behind the values.
/// </summary>
/// <remarks>
/// The variant is chosen once. The environment variable MICROMEGAS_SIMD forces one: <c>scalar</c>, <c>avx2</c> or <c>avx512</c> (a variant that the
/// machine lacks counts as scalar).
/// </remarks>
internal abstract unsafe class BitUnpacker
{
    /// <summary>Widths above this need more than the 8 bytes that a lane sees, whatever the bit they start at.</summary>
    protected const int WidestInLane = 57;

    /// <summary>The variant for this machine, or the forced one.</summary>
    public static BitUnpacker Best { get; } = Choose(Environment.GetEnvironmentVariable("MICROMEGAS_SIMD"));

    public static BitUnpacker Choose(string? forced) => forced switch
    {
        "avx512" when Avx512BitUnpacker.IsSupported => new Avx512BitUnpacker(),
        "avx2" when Avx2.IsSupported => new Avx2BitUnpacker(),
        null or "" when Avx512BitUnpacker.IsSupported => new Avx512BitUnpacker(),
        null or "" when Avx2.IsSupported => new Avx2BitUnpacker(),
        _ => new ScalarBitUnpacker(),
    };

    /// <summary>Unpacks values of up to 32 bits; <paramref name="count"/> is a multiple of 8.</summary>
    public abstract void Unpack32(byte* source, int width, uint* target, int count);

    /// <summary>Unpacks values of up to 64 bits; <paramref name="count"/> is a multiple of 8.</summary>
    public abstract void Unpack64(byte* source, int width, ulong* target, int count);

    /// <summary>Unpacks differences and gives their running sums, which wrap around.</summary>
    /// <param name="source">The packed differences, each less <paramref name="offset"/>.</param>
    /// <param name="width">Bits a difference, at most 64.</param>
    /// <param name="target">Receives the sums.</param>
    /// <param name="count">How many; a multiple of 8.</param>
    /// <param name="last">What the first is added to.</param>
    /// <param name="offset">What each difference is larger.</param>
    public virtual void UnpackSums(byte* source, int width, long* target, int count, long last, long offset)
    {
        Unpack64(source, width, (ulong*)target, count);
        for (var i = 0; i < count; i++)
        {
            last += target[i] + offset;
            target[i] = last;
        }
    }

    /// <summary>Counts values of 1 to 8 bits by comparing.</summary>
    /// <param name="source">The packed values, from the start of a group.</param>
    /// <param name="width">Bits a value.</param>
    /// <param name="skip">Values of the group to pass over, at most 7.</param>
    /// <param name="count">Values to count.</param>
    /// <param name="counts">A counter a value; added to.</param>
    /// <param name="values">How many different values there are, at most 16.</param>
    /// <returns>Values that were counted: all, or none where the variant has no way to; -1 when some value has no counter.</returns>
    public virtual int CountFew(byte* source, int width, int skip, int count, uint* counts, int values) => 0;
}
