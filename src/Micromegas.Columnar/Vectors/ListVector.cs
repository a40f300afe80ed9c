namespace Micromegas.Columnar;

/// <summary>Lists and maps: row <c>i</c> is the items from <c>Offsets[i]</c> to <c>Offsets[i + 1]</c> of <see cref="Items"/> (a map's items are key-value structs).</summary>
public sealed unsafe class ListVector : Vector
{
    private NativeBuffer? offsetBuffer;

    public ListVector(DataType type, Vector items)
        : base(type) => Items = items;

    /// <summary><see cref="Vector.Length"/> + 1 offsets into <see cref="Items"/>; the first need not be 0.</summary>
    public int* Offsets { get; private set; }

    public Vector Items { get; private set; }

    /// <summary>Whether this vector disposes <see cref="Items"/> with itself.</summary>
    public bool OwnsItems { get; set; }

    public override long OwnedBytes => base.OwnedBytes + (offsetBuffer?.Capacity ?? 0) + (OwnsItems ? Items.OwnedBytes : 0);

    /// <summary>Looks at offsets that somebody else keeps.</summary>
    public void Attach(Vector items, int* offsets, int length)
    {
        Items = items;
        Offsets = offsets;
        Length = length;
        AttachValidity(null);
    }

    /// <summary>Own memory for <paramref name="rows"/> lists, without nulls; <c>Offsets[0]</c> is 0, the rest is undefined.</summary>
    public void Prepare(Vector items, int rows)
    {
        Items = items;
        EnsureCapacity(ref offsetBuffer, (rows + 1L) * sizeof(int));
        Offsets = (int*)offsetBuffer!.Pointer;
        Offsets[0] = 0;
        Length = rows;
        AttachValidity(null);
    }

    internal void Adopt(NativeBuffer? offsets, NativeBuffer? validity, int length)
    {
        offsetBuffer?.Dispose();
        offsetBuffer = offsets;
        Offsets = offsets == null ? null : (int*)offsets.Pointer;
        AdoptValidity(validity);
        Length = length;
    }

    public override void Dispose()
    {
        base.Dispose();
        offsetBuffer?.Dispose();
        offsetBuffer = null;
        Offsets = null;
        if (OwnsItems)
        {
            Items.Dispose();
        }
    }
}
