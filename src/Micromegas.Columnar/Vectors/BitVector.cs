using System.Runtime.CompilerServices;

namespace Micromegas.Columnar;

/// <summary>Booleans, one bit a row (see <see cref="Bitmap"/>); the first row is bit 0.</summary>
public sealed unsafe class BitVector : Vector
{
    private NativeBuffer? buffer;

    public BitVector(DataType? type = null)
        : base(type ?? DataType.Boolean)
    {
    }

    /// <summary>First word.</summary>
    public ulong* Words { get; private set; }

    public override long OwnedBytes => base.OwnedBytes + (buffer?.Capacity ?? 0);

    public bool this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Bitmap.Get(Words, row);
    }

    /// <summary>Looks at bits that somebody else keeps.</summary>
    public void Attach(ulong* words, int length)
    {
        Words = words;
        Length = length;
    }

    /// <summary>Own memory for <paramref name="rows"/> bits, without nulls; the bits are undefined.</summary>
    public void Prepare(int rows)
    {
        EnsureCapacity(ref buffer, Bitmap.WordCount(rows) * 8L);
        Words = (ulong*)buffer!.Pointer;
        Length = rows;
        AttachValidity(null);
    }

    internal void Adopt(NativeBuffer? words, NativeBuffer? validity, int length)
    {
        buffer?.Dispose();
        buffer = words;
        Words = words == null ? null : (ulong*)words.Pointer;
        AdoptValidity(validity);
        Length = length;
    }

    public override void Dispose()
    {
        base.Dispose();
        buffer?.Dispose();
        buffer = null;
        Words = null;
    }
}
