using System.Runtime.CompilerServices;

namespace Micromegas.Columnar;

/// <summary>
/// A column of values of one type. A vector either looks at memory that somebody else keeps (a page, another vector) or owns its buffers
/// and gives them back on <see cref="Dispose"/>. Vectors of a batch are borrowed: valid until the call that hands them over returns.
/// <para>
/// The class says how the values lie, <see cref="Type"/> what they mean: a <see cref="DictionaryVector"/> or <see cref="ConstantVector"/>
/// may stand for a column of any type, and a column of type <c>Dictionary(…)</c> may come as a plain vector of its value type.
/// </para>
/// </summary>
public abstract unsafe class Vector : IDisposable
{
    private NativeBuffer? validityBuffer;
    private ulong* validity;

    protected Vector(DataType type) => Type = type;

    /// <summary>Logical type.</summary>
    public DataType Type { get; private set; }

    /// <summary>Rows.</summary>
    public int Length { get; protected set; }

    /// <summary>A bit a row, one = valid; <see langword="null"/> when no row of this layer is null (a dictionary's values may still be).</summary>
    public ulong* Validity
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => validity;
    }

    /// <summary>Whether some row may be null.</summary>
    public virtual bool MayHaveNulls => validity != null;

    /// <summary>Whether the row is null.</summary>
    public virtual bool IsNull(int row) => validity != null && !Bitmap.Get(validity, row);

    /// <summary>Looks at validity bits that somebody else keeps; <see langword="null"/> = no nulls.</summary>
    public void AttachValidity(ulong* bits) => validity = bits;

    /// <summary>Own validity bits for <paramref name="rows"/> rows, all set to <paramref name="value"/>.</summary>
    public ulong* PrepareValidity(int rows, bool value = true)
    {
        var bytes = Bitmap.WordCount(rows) * 8L;
        EnsureCapacity(ref validityBuffer, bytes);
        validity = (ulong*)validityBuffer!.Pointer;
        Bitmap.Fill(validity, rows, value);
        return validity;
    }

    /// <summary>Takes over the buffer that holds the validity bits.</summary>
    internal void AdoptValidity(NativeBuffer? buffer)
    {
        validityBuffer?.Dispose();
        validityBuffer = buffer;
        validity = buffer == null ? null : (ulong*)buffer.Pointer;
    }

    /// <summary>Gives the same values another logical type of the same storage (text kinds, dictionary and its value type, units of one width).</summary>
    public void Relabel(DataType type) => Type = type;

    /// <summary>Changes the number of rows; memory and validity must be in place.</summary>
    public void SetLength(int rows) => Length = rows;

    /// <summary>The plain vector and the row in it that hold the value of <paramref name="row"/>: dictionaries and constants resolved.</summary>
    public virtual Vector Resolve(ref int row) => this;

    public virtual void Dispose()
    {
        validityBuffer?.Dispose();
        validityBuffer = null;
        validity = null;
    }

    /// <summary>Bytes of native memory that this vector owns.</summary>
    public virtual long OwnedBytes => validityBuffer?.Capacity ?? 0;

    /// <summary>Makes sure that a buffer holds at least that many bytes; the old content is lost.</summary>
    protected static void EnsureCapacity(ref NativeBuffer? buffer, long bytes)
    {
        if (buffer == null || buffer.Capacity < bytes)
        {
            buffer?.Dispose();
            buffer = BufferPool.Shared.Rent(bytes);
        }
    }
}
